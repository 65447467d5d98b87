"""Stations that report what others report: clusters of one percentage, runs, copies, a vote at each.

Question
--------
Do more stations than chance allows give one and the same result: a percentage at which stations of an area
gather, a run of equal percentages from one station number to the next, records equal in every count, or a
small option that has its vote or two at nearly every station?

Statistic
---------
*Clusters.* In each main area with at least 50 stations, every window of 0.02, 0.1 or 0.5 points about every
hundredth of a point is looked at, for turnout and for the share of the favoured option (in a vote between
two, of both). ``S`` stations lie in the window, ``M`` within one point of its centre, all decided in whole
numbers. *Runs.* Within the finest area that puts stations together by tens (the commission, as a rule), in
the order of station numbers, the run of equal percentages, rounded to a tenth or to a whole, that is least
likely. *Duplicates.* Records of a commission that are equal in registered voters, ballots cast, valid ballots
and the votes for every option, as far as given; then the same across the contest. *Zeros.* For every option
and commission, the number of stations that have not a single vote for it.

Fair vote
---------
The voters of a station decide each by themselves, at rates of the station's own; of the rates nothing is
assumed. Everything below takes the rates that make a coincidence most likely, station by station. So places
may differ or be alike, neighbours may resemble one another, and groups may vote together: the test only
becomes more cautious. It also knows which percentages a small electorate can reach at all, and that 100 % is
no surprise where everybody agrees.

* Clusters: a station within one point of the centre is in the window with a chance of at most
  ``max P(window) / P(neighbourhood)``, the binomial probabilities at the best rate. ``S`` given ``M`` is
  bounded by the Poisson-binomial law of these chances; p is multiplied by the number of windows (30,003) and
  of areas. No density is smoothed or fitted. The effect is the number of stations that must have been added
  to what the stations beside the window make likely.
* Runs: a station agrees with the one before it with at most ``max P(K rounds to that)``. The product of these
  chances along a run, times the number of stations to begin at and of roundings, bounds p (Ville's
  inequality). Permutation of the order would be the obvious null, and is given beside; it fires on honest
  votes, because ships and hospitals have neighbouring numbers, and so have districts that are alike.
* Duplicates: given its registered voters, a record repeats an earlier one with at most the chance that its
  counts have at the rates that fit them best. Only records for which that is below a threshold are counted,
  so that small and unanimous stations, which repeat one another by nature, play no part.
* Zeros: given the votes of an option in a commission, fewest stations are left without one if all stations
  are equal: any difference in size or support leaves more. The law of that number is the classical law of
  occupancy, computed exactly.

Assumptions
-----------
* Voters decide by themselves. Checked: in no area do shares vary less between stations than by the binomial
  law (what varies less was not counted, or was balanced on purpose).
* Each station is there once. Checked: stations whose key occurs twice, which are left out of duplicates.
* Stations are numbered (runs). Checked: share of stations with a number.
* A deficit of zeros is more than one loyal voter, such as a member of the commission, at each station leaves.
  Checked: the same test after taking one vote away wherever there is one.

Innocent causes
---------------
One figure apportioned to several stations; a protocol entered twice, or one for stations that were merged
(in the votes of Turkey in 2014 and Mexico in 2012 about one record in ten thousand repeats a neighbour's);
percentages transmitted in place of counts. One member or observer of a small party at each station, who
votes there.

Blind spots
-----------
Figures invented at percentages that differ from station to station by some points. A commission in which
everything is invented alike with natural scatter. Copies with a count or two changed.

References
----------
Hong (2013) on the law of the count; Howard, Ramdas, McAuliffe and Sekhon (2020) on Ville's inequality;
Marshall, Olkin and Arnold (2011) on the number of empty cells.

Example
-------
A station of 1,000 ballots has a share within one point of 62.2 %. What is the chance at most that it lies
within 0.05 points of it, whatever its voters think? And for 40 ballots, of which 25 are 62.5 %?

>>> import numpy as np
>>> from plebiscope.kernels import windows
>>> def most(ballots, centre):
...     n = np.array([ballots])
...     close, around = (windows.counts_inside(n, centre, reach) for reach in (5, 100))
...     return float(windows.conditional_chance_at_most(n, close, around)[0])
>>> round(most(1000, 6220), 2), most(40, 6250)
(0.05, 1.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plebiscope.evidence.ratio import ratio_columns
from plebiscope.methods.identical_results import clusters, duplicates, runs, zeros
from plebiscope.methods.identical_results.asking import Asked, Found, Params, form
from plebiscope.model.method import Evidence, Method, StationScore, Subject


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Look for stations that report the same; ``rng`` is not used."""
    asked = Asked(METHOD, subject, params, subject.results.finest_area(params.least_area))
    found = Found()
    columns, missing = ratio_columns(subject, params.turnout, params.share, subject.favoured)
    others = (ratio_columns(subject, (), params.share, option)[0][-1:] for option in subject.examined[1:])
    first = [form(asked, column) for column in columns]
    for ratio in (*first, *(form(asked, column) for several in others for column in several)):
        clusters.search(asked, ratio, found)
    for ratio in first:
        runs.follow(asked, ratio, found)
    for quantity, why in missing.items():
        found.heads += [METHOD.untestable(subject, f"{quantity}-{of}", why) for of in ("cluster", "runs")]
    duplicates.compare(asked, found)
    zeros.count(asked, found)
    return Evidence((*found.heads, *found.areas), tuple(found.figures), _named(found.scores)[: params.listed])


def _named(scores: Sequence[StationScore]) -> tuple[StationScore, ...]:
    """Name each station once: with its strongest score, and all that was found there in the same area."""
    strongest: dict[int, StationScore] = {}
    for score in sorted(scores, key=lambda one: -one.bits):
        first = strongest.setdefault(score.row, score)
        if first is not score and first.area == score.area:
            strongest[score.row] = replace(first, reason=f"{first.reason}; {score.reason}")
    return tuple(strongest.values())


METHOD = Method(
    id="identical-results",
    title="Stations with identical results",
    question="Do more stations than chance allows report one and the same result?",
    tier="A",
    null="conditional",
    needs=("returns", ("options", "registered")),
    tail="upper",
    params=Params,
    measure=measure,
    references=("hong2013", "howard2020", "marshall2011"),
    innocent=(
        "One figure apportioned to several stations, or a protocol entered twice.",
        "Percentages transmitted in place of counts.",
        "One member or observer of a small party at each station, who votes there.",
    ),
    blind=(
        "Figures invented at percentages that differ from station to station by some points.",
        "Copies with a count or two changed.",
        "A commission in which everything is invented with natural scatter.",
    ),
)
