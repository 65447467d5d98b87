"""The one road: read, measure, calibrate, assemble.

Everything that a command or the workbench does with a case is a call of a function here. What a module does
with a case, those below it know nothing of: ``verifying`` and ``examining`` go the ``road``; the road asks
what the table could have shown (``sight``), reads ``contests`` and ``reports``, and looks at ``fair`` votes;
contests are read from ``tables`` and ``announcements``.
"""

from __future__ import annotations

from plebiscope.asking import generator
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject
from plebiscope.study.examining import examine
from plebiscope.study.gathering import example
from plebiscope.study.plan import checked
from plebiscope.study.reports import conduct, on_reports, write_texts
from plebiscope.study.road import Examined, run, write
from plebiscope.study.sight import imitable
from plebiscope.study.tables import read
from plebiscope.study.telling import Heard, Progress
from plebiscope.study.verifying import Verified, verify

__all__ = [
    "Contest",
    "Examined",
    "Heard",
    "Progress",
    "Subject",
    "Verified",
    "checked",
    "conduct",
    "examine",
    "example",
    "generator",
    "imitable",
    "on_reports",
    "read",
    "run",
    "verify",
    "write",
    "write_texts",
]
