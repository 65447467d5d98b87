"""How often a method cries wolf, and where a vote stands among reference votes.

The votes are listed in ``reference.toml``, with figures that others computed on some of them; what the
methods gave on those whose results are published is in ``reference.csv``
(:mod:`plebiscope.calibrate.table`). Every rate, range and place is computed from these lines.

None of these votes is proved to be clean. Some are *held to be clean*: nothing serious is known to us against
their count. Some are *disputed*, on grounds other than figures invented on paper. Left out are votes whose
own figures are doubted or that a court set aside, and the vote under examination with those held with it:
known by its table, or by the country and year of its case.

Rates of false alarm and places count both kinds, and say how many there are of each. A rate counts votes,
not options or areas: two options of one vote are one chance to cry wolf. For a test of invented figures a
disputed vote is as good as a clean one. For an estimate of votes added by whatever means it is not: it may
hold what is looked for. So the range of such an estimate is that of the clean votes where these are at least
ten. Where they are fewer, they are no yardstick, and the disputed votes are counted as well: that can only
widen the range, so that less is named, and nothing is called usual because a disputed vote gave as much
(:mod:`plebiscope.dossier.words`).

A rate asks what the grades ask, of each vote and question by itself: q below the level after correction
for all options that the question was put for, an effect large enough to matter, and no assumption that
fails. In a dossier q is also corrected for everything else that was asked, so that the rate is, if anything,
too high.
"""

from __future__ import annotations

from plebiscope.calibrate.reference.alarms import Level, at_most, false_alarm, small, too_common
from plebiscope.calibrate.reference.figures import own
from plebiscope.calibrate.reference.placing import CHANCE, place
from plebiscope.calibrate.reference.ranges import Span, silent, spans, yardstick
from plebiscope.calibrate.reference.slope import slopes
from plebiscope.calibrate.reference.vote import FEWEST, counted, described, votes

__all__ = [
    "CHANCE",
    "FEWEST",
    "Level",
    "Span",
    "at_most",
    "counted",
    "described",
    "false_alarm",
    "own",
    "place",
    "silent",
    "slopes",
    "small",
    "spans",
    "too_common",
    "votes",
    "yardstick",
]
