"""The case file: what it may say, and how it is read.

A case file may come from anybody, so a path in it must stay inside its own folder.
"""

from __future__ import annotations

from plebiscope.intake.case_file.found import Found, copies_key
from plebiscope.intake.case_file.kinds import REVIEWS, is_case, is_review, only_review
from plebiscope.intake.case_file.reading import from_file
from plebiscope.intake.case_file.template import TEMPLATE

__all__ = [
    "REVIEWS",
    "TEMPLATE",
    "Found",
    "copies_key",
    "from_file",
    "is_case",
    "is_review",
    "only_review",
]
