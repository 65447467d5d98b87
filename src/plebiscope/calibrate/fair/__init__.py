"""How methods behave on fair votes: how often each cries wolf, and how often its intervals hold the truth.

Fair worlds (:mod:`plebiscope.worlds.fair`) are put to the methods, and what came back is counted here. The
table that is shipped, ``fair.csv``, is made by ``benchmarks/calibration.py``; it says of every question, on
every ground and in both versions of fair:

* ``test``: the share of worlds in which p was at most 0.05;
* ``areas``: the same share among the answers for areas; null where only the areas with the smallest p are
  reported;
* ``arithmetic``: the share of worlds in which figures were said to contradict each other;
* ``interval``: the share of worlds in which an interval held the truth. That is zero for what is in excess
  and for votes without a counterpart, because nothing was done in these worlds. For everything else the mean
  of the estimate over the worlds stands in: what is described (a slope, a mean digit) differs from one fair
  world to the next, because areas do, so that these lines are shown and not judged;
* ``description``: nothing to calibrate, no test and no interval;
* ``unasked``: the method answered nothing, because these worlds lack what it needs.

Beside a share of rejections stands the share of worlds that would have been *named*: in which the dossier
grades an answer ``contradiction``, ``strong`` or ``notable``. The grading is handed in, because the dossier
stands above: correction for everything that was asked of the world, an effect large enough to matter, no
assumption that fails, and of tier C an estimate outside what reference votes gave. One line for each ground
and version says in how many worlds anything was named; it rests on those worlds only that every method saw,
and tells these methods.

Where a design is needed, each world is given one (:mod:`plebiscope.worlds.designs`), as the method asks for
it or as the world is. What is asked of the first worlds in another way has a question of its own
(:data:`BESIDE`); no dossier holds both, so that it is never counted as named.
"""

from __future__ import annotations

from plebiscope.calibrate.fair.judging import (
    HIGHEST,
    LEVEL,
    LOWEST,
    SEEN,
    TOO_OFTEN,
    enough,
    judged,
    verdict,
)
from plebiscope.calibrate.fair.lookup import covered, rejected, shipped
from plebiscope.calibrate.fair.row import ALL, BESIDE, Row, Verdict, parse, write
from plebiscope.calibrate.fair.tally import Tally, ask

__all__ = [
    "ALL",
    "BESIDE",
    "HIGHEST",
    "LEVEL",
    "LOWEST",
    "SEEN",
    "TOO_OFTEN",
    "Row",
    "Tally",
    "Verdict",
    "ask",
    "covered",
    "enough",
    "judged",
    "parse",
    "rejected",
    "shipped",
    "verdict",
    "write",
]
