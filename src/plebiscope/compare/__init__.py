"""Votes side by side: what two or more dossiers say, and the same stations before and after.

Only what dossiers hold is read, ``dossier.json`` and the table of stations beside it; no method is asked
again. A difference between two dossiers is no evidence by itself, and :mod:`plebiscope.compare.cautions` says
what else stands between them.
"""

from __future__ import annotations

from plebiscope.compare.comparing import MOST, Chosen, Compared, compare
from plebiscope.compare.record import Comparison

__all__ = ["MOST", "Chosen", "Compared", "Comparison", "compare"]
