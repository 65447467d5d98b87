"""Two groups of stations, or two votes at the same stations.

Question
--------
Do stations that were observed, had a machine or another kind of ballot differ from the others of their
area; and what changed at the same stations between two votes?

Statistic
---------
*Two groups.* The case says which stations are in a group and whether chance put them there. For turnout, for
the share of the favoured option and for invalid ballots: the mean over the group less the mean over the
others of the same area, in points, each area weighted by its stations in the group. Where chance decided, its
p follows from drawing the group again. Where it did not, each station of the group also gets a partner in its
area that is most like it in size (and in the earlier vote, where the case holds one), and Gamma is told: how
many times likelier one of two like stations would have to be in the group for that alone to explain the
difference; and the E-value of the difference and of the nearer end of its interval: how strongly something
unseen must go both with the group and with the figure to explain it, as a ratio of chances. Of groups that
the case names every row is meant, electronic and postal votes too; else such rows are left out.

*Stations that left the group.* Where the case names stations that were drawn and left it (observers who were
sent away), they are counted with the group: the lot says nothing of those that stayed. Beside it stand bounds
for these: as large a part of the others would have left, and these are taken to be the ones with the highest,
then with the lowest figures. Stations without results are told apart: whether they are more frequent in the
group (``with results``), and between what each difference lies if their figures were 0 or 100 per cent. Both
pairs of bounds have an interval that covers what lies between.

*Extrapolation.* In each area with stations of the group, the favoured option's votes less what they would be
if everybody had voted as in the group: ``L - N L' / N'`` with votes L, registered voters N, and the same of
the group. Its interval leaves out each area in turn.

*Two votes.* At each station the change of turnout and of the share: the slope of the one on the other inside
areas, and the votes that the favoured option and all others gain for each further voter.
Intervals leave out each area in turn, by Student's law. In one area each station is left out: then they tell
of its stations, and not what another area would have given.

*A vote beside its past.* For turnout, and for the share of the favoured option, a straight line predicts each
station's logit from its own in the other vote or, where the option was none there, from the shares of all
options and turnout; a station does not help to predict itself, and those far off pull less (Huber). What it
is off, in units of its chance and of the natural spread, is set against the median in median deviations of
its own side, above or below: more than 3.5 is far off. Where half of the stations or more are off by no more
than half a vote, or than the pull of the slopes towards 0 makes, nothing measures how far the others lie.
Then pairs of stations of one area that are far off the same way are counted.

Fair vote
---------
By lot: chance decided which stations are in the group, inside the areas that the case names; every draw of
as many is equally likely. Draws are counted where there are few, else their law is approximated. Not by lot:
the same inside areas, which nobody knows to hold, so that the answer is shown and not judged. Two votes:
inside an area the change of the share has nothing to do with the change of turnout:
``(1 + as steep) / (1 + draws)`` of changes shuffled. Beside its past: stations far off lie in any area alike,
inside the next larger area and a quarter of sizes; p likewise from dealing them out again.

By lot nothing else is assumed. Of 500 simulated fair votes of one kind turnout differed in 7 of 100, and of
25 of another the share beside an earlier vote in 28 of 100. Both are chance: of 2,000 and of 1,000 further
votes of these kinds, drawn from other seeds, these differed in 4 of 100.

Assumptions
-----------
* Chance, or what is as good, decided which stations are in the group: the case says so, or says why the
  choice is as good as chance (``as_by_lot``), which stays doubtful and is quoted. Else this fails, however
  large Gamma is: what is found is shown and not judged, and no number of votes is told from it. Of simulated
  fair votes in which the largest stations of each area are the group, turnout or share differs
  in 0 to 100 of 100, by how size goes with the vote; intervals of the difference held zero in 0 to 100 of
  100, those of the extrapolation in 0 to 100 too.
* Which stations are in the group has nothing to do with how people vote there. Checked: whether the group
  differs in registered voters and, where the case holds another vote at the same stations, in that vote. If
  it was not drawn by lot and Gamma is below 2, this fails too.
* Extrapolation: the stations of the group are enough to tell how all voters of their areas vote. Checked: by
  how much it is off on average over all draws, as it is where the group has few stations an area and large
  ones vote otherwise than small ones. Of simulated fair votes in which that was more than half its standard
  error, its interval held zero in 78 to 92 of 100 (elsewhere in 90 to 96).
* Stations without results are like the others of their group. Checked by the bounds.
* Observers, machines or ballots change what is counted, not how people vote. The table cannot say.
* Stations of the group do not change their neighbours, to which what was prevented here may move.
* Of two votes: the stations are the same, and whom one brings to the polls does not go with whom they choose.
  The second fails of any two votes: between the Italian referendums of 2016 and 2020, which nobody doubts, no
  shuffled order of the municipalities inside provinces was as steep as theirs; of pairs of simulated fair
  votes at the same stations, as few were in 24 to 100 of 100. So the slope is shown and not judged; the
  stations that changed most are named for a look.
* Nothing else changes at the stations of one area together. Fails of any two votes: between the same
  referendums 1,012 pairs of municipalities of one province are far off in the share the same way, where
  chance puts 546 inside regions, and no draw had as many. Of turnout it was 6,117 pairs for 5,084. Of 100
  pairs of simulated fair votes they gathered so that p was .05 or less in 20 to 100. So this is shown and
  not judged.

Innocent causes
---------------
Machines and observers go to towns first, where people vote otherwise. A machine takes no invalid ballots,
which is why shares are of valid ones. Parties bring their voters to the polls more in one vote than in the
other. Voters choose among fewer options in a second round. A candidate of the place, another election on the
same day, new houses or a strike move the stations of one area together, and so do redrawn borders.

Blind spots
-----------
What is done in both groups alike, or in both votes. Observers who were sent away, if the case does not
name them (``lost``): what observers changed where they were let in is then mixed up with who let them in.
Stations in areas where the group has none. What was done to most stations, of which the prediction is made.

References
----------
Enikolopov et al. (2013), doi:10.1073/pnas.1206770110 (observers sent by lot); Rosenbaum (2002),
doi:10.1007/978-1-4757-3692-2 (Gamma); VanderWeele and Ding (2017), doi:10.7326/M16-2607 (E-value); Lee (2009)
(those that stayed); Horowitz and Manski (2000) (unknown figures); Imbens and Manski (2004) (intervals of
bounds); Callen and Long (2015), doi:10.1257/aer.20120427; Huber (1964) (lines that outliers do not pull).
Deviations by side, and prediction of places from past votes, are what the Swiss cantons' plausi does; there
sides go by position and here by the figure.

Example
-------
Of six stations three drew an observer; the favoured option has 40, 42 and 44 per cent there, 50, 52 and 54
elsewhere. Of the 20 draws of three, two are as far apart:

>>> import numpy as np
>>> from plebiscope.methods.contrast.difference import difference
>>> shares, observed = np.array([40.0, 42, 44, 50, 52, 54]), np.arange(6) < 3
>>> found = difference(shares, observed, np.zeros(6, dtype=np.int64))
>>> round(found.value, 1), round(found.p, 3)
(-10.0, 0.1)
"""

from __future__ import annotations

import numpy as np

from plebiscope.methods.contrast import groups, pairs, past
from plebiscope.methods.contrast.asking import Asked, Params
from plebiscope.model.method import Evidence, Method, StationScore, Subject


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare the groups of the case, then each vote held at the same stations; ``rng`` shuffles."""
    found: list[Asked] = []
    if "group" in subject.results.extras:
        found.append(groups.ask(METHOD, subject, params))
    for other in subject.pairs:
        found += [question.ask(METHOD, subject, params, other, rng) for question in (pairs, past)]
    scores: dict[int, StationScore] = {}
    for one in found:
        for score in one.stations:
            if score.row not in scores or scores[score.row].bits < score.bits:
                scores[score.row] = score
    ranked = sorted(scores.values(), key=lambda score: (-score.bits, score.row))[: params.listed]
    return Evidence(
        tuple(answer for one in found for answer in one.answers),
        tuple(figure for one in found for figure in one.figures),
        tuple(ranked),
    )


METHOD = Method(
    id="contrast",
    title="Designed comparison",
    question="Do groups of stations that should vote alike differ, and what changed between two votes at "
    "the same stations?",
    tier="B",
    null="conditional",
    needs=("returns", ("options", "registered"), ("group", "pairs")),
    tail="two-sided",
    params=Params,
    measure=measure,
    spares=groups.watched,
    references=(
        "enikolopov2013",
        "rosenbaum2002",
        "vanderweele2017",
        "lee2009",
        "horowitz2000",
        "imbens2004",
        "callen2015",
        "huber1964",
    ),
    assumes="the group was chosen without regard to how people vote there, and that it changes what is "
    "counted, not how people vote",
    innocent=(
        "Observers and machines go to towns first, where people vote otherwise.",
        "A machine takes no invalid ballots.",
        "Parties bring their voters to the polls more in one vote than in the other.",
        "What was prevented in one station can move to the next.",
        "Stations of one area change together: a local candidate, another election that day, new houses.",
    ),
    blind=(
        "what is done in both groups or both votes alike",
        "observers who were sent away, where the case does not name them",
        "areas where the group has no station",
    ),
)
