"""By which columns the rows of two tables belong together: the values decide, the headers help.

Values are compared as a person would: numbers without the zeros in front of them, names without regard to
capitals, spaces and the ways in which one letter can be encoded. Looked for is the smallest set of pairs of
columns that tells the rows of one table apart and is met in nearly all rows. Where two sets would put the
rows together differently, nobody can tell which is meant, and the user is asked.
"""

from __future__ import annotations

from plebiscope.intake.matching.alike import header, normal
from plebiscope.intake.matching.choosing import find, told
from plebiscope.intake.matching.keying import Match, agreement
from plebiscope.intake.matching.pairing import NEARLY, Side

__all__ = ["NEARLY", "Match", "Side", "agreement", "find", "header", "normal", "told"]
