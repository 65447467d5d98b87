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
difference. Where the case names stations that were drawn and left the group (observers who were sent away),
they count among neither; as large a part of the others would have left it, and the difference is bounded by
taking these for the ones with the highest or with the lowest figures. Beside it: that of all that were drawn.

*Extrapolation.* In each area with stations of the group, the favoured option's votes less what they would be
if everybody had voted as in the group: ``L - N L' / N'`` with votes L, registered voters N, and the same of
the group. Its interval draws areas again.

*Two votes.* At each station the change of turnout and of the share: the slope of the one on the other inside
areas, and the votes that the favoured option and all others gain for each further voter.

Fair vote
---------
By lot: chance decided which stations are in the group, inside the areas that the case names; every draw of
as many is equally likely. Draws are counted where there are few, else their law is approximated. Not by lot:
the same inside areas, which is an assumption and is told as such. Two votes: inside an area the change of the
share has nothing to do with the change of turnout: ``(1 + as steep) / (1 + draws)`` of changes shuffled.

Assumptions
-----------
* Which stations are in the group has nothing to do with how people vote there. Checked: whether the group
  differs in registered voters and, where the case holds another vote at the same stations, in that vote. If
  it was not drawn by lot and Gamma is below 2, this counts as failed, and what is found is shown, not judged.
* Observers, machines or ballots change what is counted, not how people vote. The table cannot say.
* Stations of the group do not change their neighbours, to which what was prevented here may move.
* Of two votes: the stations are the same, and whom one brings to the polls does not go with whom they choose.

Innocent causes
---------------
Machines and observers go to towns first, where people vote otherwise. A machine takes no invalid ballots,
which is why shares are of valid ones. Parties bring their voters to the polls more in one vote than in the
other. Voters choose among fewer options in a second round.

Blind spots
-----------
What is done in both groups alike, or in both votes. Observers who were sent away, if the case does not
name them (`lost`). Stations in areas where the group has none.

References
----------
Enikolopov et al. (2013), doi:10.1073/pnas.1206770110 (observers sent by lot); Rosenbaum (2002),
doi:10.1007/978-1-4757-3692-2 (Gamma); Lee (2009) (bounds); Callen and Long (2015), doi:10.1257/aer.20120427.

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

from plebiscope.methods.contrast import groups, pairs
from plebiscope.methods.contrast.asking import Asked, Params
from plebiscope.model.method import Evidence, Method, StationScore, Subject


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare the groups of the case, then each vote held at the same stations."""
    found: list[Asked] = []
    if "group" in subject.results.extras:
        found.append(groups.ask(METHOD, subject, params, rng))
    found += [pairs.ask(METHOD, subject, params, other, rng) for other in subject.pairs]
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
    references=("enikolopov2013", "rosenbaum2002", "lee2009", "callen2015"),
    assumes="the group was chosen without regard to how people vote there, and that it changes what is "
    "counted, not how people vote",
    innocent=(
        "Observers and machines go to towns first, where people vote otherwise.",
        "A machine takes no invalid ballots.",
        "Parties bring their voters to the polls more in one vote than in the other.",
        "What was prevented in one station can move to the next.",
    ),
    blind=(
        "what is done in both groups or both votes alike",
        "observers who were sent away, where the case does not name them",
        "areas where the group has no station",
    ),
)
