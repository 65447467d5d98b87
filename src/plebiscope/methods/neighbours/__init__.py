"""Stations that differ from their neighbours more than neighbours do by nature.

Question
--------
How many stations have a turnout or a share far from that of the stations next to them, do such stations
gather in some commissions, and do results jump where a commission's area ends?

Statistic
---------
A station's neighbours are the others of the smallest area that the table names and that has enough: one
other, where areas put eight stations or fewer together on average (a building, a section, a quarter), four
where they are larger. Given the neighbours, its count follows a beta-binomial law whose mean they tell, each
weighted by how much it can tell, and whose intraclass correlation says how far neighbours differ anyway. The
correlation is measured twice: on this table, by the half of the stations nearest their neighbours, so that
the others cannot hide themselves; and on votes held to be clean, where the middle country counts. The larger
is used: by a smaller one than its own, many stations of a varied country would be far for what its places
are; and its own is too small where the nearest half was made alike. The price is that stations which were
changed in different ways widen the measure and hide in it: of a simulated vote with ballots added to 60 of
100 stations, 20 to 95 % of those who stayed at home, the correlation is 0.152, in clean votes 0.0012 to
0.0044, and no station is far. Where it is larger than in any clean vote, the answer says so, how often one
more clean vote would be, and that few far stations are no reassurance. ``p`` is twice the smaller tail of
that law, the count included.

Asked are the turnout and the share of one option, in a vote between two as well: there the other's is its
counterpart, and a question asked twice would get two answers.

* *Far*: stations with ``p`` below 0.001; of two that have only each other, both are far or none, and they
  count as one. The estimate is their number beyond one in a thousand.
* *Gathered*: the stations of each area (the finest that puts half of them together with seven others or
  more) by the rank of their distance, tested by higher criticism in its exact form: each of the smaller half
  of the area's ``m`` ranks is asked how likely the k-th smallest of ``m`` is to be as small, and the smallest
  of these chances counts. The distance is that from the *median* of the neighbours, on the scale of logits:
  one station far out moves a mean, and then its neighbours seem far out too. A rank is that among stations
  *alike*, in groups of 400 or more: by the number of neighbours side by side, by the rate of the neighbours,
  and by what counting alone lets the station's count vary. So only areas of the same sort are compared. Of
  stations side by side the farthest counts. Areas are named by the rule of Benjamini and Hochberg at 5 %, the
  contest is answered by the test of Simes over them.
* *Side by side*: pairs in the small areas, each station in one pair at most; how many differ by more than
  five standard deviations, with the same correlation.
* *On the ground* (with longitudes and latitudes): Moran's I over the eight nearest places, each place less
  the mean of its area, and the same for each place.
* *Across borders* (likewise): the mean difference of the places to the two sides of the border between two
  areas of one larger area, against the same places cut by straight lines of random direction. Without
  coordinates it is not testable: areas with neighbouring numbers need not be neighbours.

Fair vote
---------
The law of a station given its neighbours is exact for its model, and its promise holds where stations differ
as the model says: of simulated fair votes without outliers 0.01 to 0.09 % of the stations are far, and 2 to 5
% have ``p`` below 0.05. With outliers as long as real ones 0.1 to 1.2 % are far, and in votes held to be
clean 0 to 4.5 %, because some places differ from their neighbours much more than most. So the interval of the
number of far stations, which stands for chance alone, held zero in 0 to 100 of 100 simulated fair votes, by
their outliers. Therefore that number has no p; it is compared with that in reference votes. The turnouts of
nine Russian votes (2.9 to 3.9 % far) all lie among those of reference votes. Of their shares (1.4 to 3.6 %)
all do but that of 2021, which is larger than any. So this question seldom tells invented figures from a
varied country.

What can be tested is whether far stations gather. Among stations alike, ranks fall on areas by chance,
whatever the tails: distances need no law, only one law for all who are alike. The chance of higher criticism
is then exact but for two things, and both make p too large: ranks are whole numbers, and where an area fills
much of a group, its ranks cannot all be small. In simulated fair votes p was below 0.05 in at most 5 of 100,
with a leader above 85 % and long tails too. In most votes held to be clean some areas still stand out; so
this too is compared. On the ground, values are exchanged at random within areas; that people live among
their like is no departure, so that there is no p. Lines through borders are drawn at random; their p has a
simulation error of ``sqrt(p (1 - p) / 4999)``.

Assumptions
-----------
* Stations have neighbours. Checked: how many have too few in every area.
* Most stations differ from their neighbours as in clean votes. Checked: both correlations, which are told.
* Stations of one area serve voters of one kind. The table cannot say; town and country, old and new
  quarters, institutions.
* For gathering: areas with like rates and sizes are alike in how far their stations differ. An area of town
  and country is not.
* The law has the tails that stations have: it has not, as said above.

Innocent causes
---------------
Hospitals, barracks, prisons, student hostels and villages of one faith among ordinary stations. New quarters
and villages within one commission. Small stations, whose turnout differs. A candidate at home. Voters divided
over the stations of one building by age, sex or date of registration.

Blind spots
-----------
Commissions in which all stations were changed alike: then neighbours agree. Changes smaller than the natural
differences. More than half of the stations changed in different ways, which then pass for natural. Few
stations far out in each of many areas. An area with rates that hardly another one has: its stations are
ranked among themselves. Stations in one building that the table does not name as an area of its own:
addresses and suffixes of numbers are not read.

References
----------
Skellam (1948) and Kleinman (1973) on the law and its weights; Anscombe (1956) on logits of counts; Hodges and
Lehmann (1962) on ranks of distances from the middle of a block; Donoho and Jin (2004) on higher criticism;
Noé (1972) for its exact law; Moran (1950), Anselin (1995); Keele and Titiunik (2015) on borders.

Example
-------
A station with 90 % among ten with 60 %, all of 500 voters, where neighbours are correlated by 0.01:

>>> import numpy as np
>>> from plebiscope.kernels import neighbours
>>> cast, registered = np.array([300] * 10 + [450]), np.full(11, 500)
>>> mean, spread = neighbours.predict(cast, registered, np.zeros(11, dtype=np.int64), 0.01)
>>> f"{mean[10]:.2f}"
'0.60'
>>> log_p, _ = neighbours.chance(cast, registered, mean, spread)
>>> f"{np.exp(log_p[10]):.1e}"
'7.5e-11'
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from plebiscope.evidence.ratio import Columns, ratio_columns
from plebiscope.methods.neighbours.answers import Question, gathering, side_by_side, whole
from plebiscope.methods.neighbours.gathered import gather
from plebiscope.methods.neighbours.ground import NO_COORDINATES, examine
from plebiscope.methods.neighbours.pictures import figures
from plebiscope.methods.neighbours.sets import Floats, Judged, Params, choose, judge
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Method, StationScore, Subject, most_surprising, too_few
from plebiscope.model.wording import per_cent


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Hold every station against its neighbours; ``rng`` only exchanges places on the ground."""
    columns, missing = ratio_columns(subject, params.turnout, params.share, subject.favoured)
    if not columns:
        return Evidence((METHOD.untestable(subject, "turnout", "; ".join(missing.values())),))
    heads: list[Measurement] = []
    more: list[Measurement] = []
    below: list[Measurement] = []
    pictures: list[Figure] = []
    asked: list[Question] = []
    for one in columns:
        question = _ask(subject, params, one)
        if isinstance(question, str):
            heads.append(METHOD.untestable(subject, one.quantity, question, option=one.option))
            continue
        asked.append(question)
        heads.append(whole(question, METHOD.answer))
        gathered, areas = gathering(question, METHOD.answer)
        more += [*gathered, *side_by_side(question, METHOD.answer)]
        below += areas
        on_ground, maps = examine(question, METHOD.answer, rng) if _has_coordinates(subject) else ([], [])
        more += on_ground
        pictures += [*figures(question, heads[-1].id), *maps]
    if asked and not any("on the ground" in found.quantity for found in more):
        reason = "too few places with coordinates lie together in one area"
        reason = reason if _has_coordinates(subject) else NO_COORDINATES
        for quantity in ("on the ground", "across borders"):
            more.append(METHOD.untestable(subject, quantity, reason))
    heads += [METHOD.untestable(subject, quantity, reason) for quantity, reason in missing.items()]
    return Evidence((*heads, *more, *below), tuple(pictures), _scores(asked, params))


def _ask(subject: Subject, params: Params, one: Columns) -> Question | str:
    """Prepare one question; else say why it cannot be asked."""
    stations = choose(subject, params, one)
    reason = too_few(stations, params.least_stations, subject.rows_are)
    if reason is not None:
        return reason
    judged = judge(subject, params, one, stations)
    if judged is None:
        return (
            f"no column of areas gives {params.least_stations} {subject.rows_are} enough others "
            f"({params.least_others}, or one where areas are small)"
        )
    return Question(subject, params, judged, gather(judged, subject.results, params))


def _has_coordinates(subject: Subject) -> bool:
    return {"longitude", "latitude"} <= set(subject.results.extras)


def _scores(asked: Sequence[Question], params: Params) -> tuple[StationScore, ...]:
    """Name the stations that lie far from their neighbours: the largest of their surprises, all reasons."""
    if not asked:
        return ()
    height = len(asked[0].subject.results)
    bits = np.zeros(height)
    place: list[tuple[Question, dict[int, int]]] = []
    for question in asked:
        judged = question.judged
        far = np.flatnonzero(judged.far(params.mark))
        own: Floats = -judged.log_p[far] / math.log(2.0)
        np.maximum.at(bits, judged.rows[far], own)
        place.append((question, dict(zip(judged.rows[far].tolist(), far.tolist(), strict=True))))

    def why(row: int) -> str:
        return "; ".join(_reason(question.judged, known[row]) for question, known in place if row in known)

    def area(row: int) -> str | None:
        for question, known in place:
            found = question.gathered
            if row in known and found is not None and found.area[known[row]] >= 0:
                return found.names[int(found.area[known[row]])]
        return None

    return most_surprising(np.arange(height, dtype=np.int64), bits, params.listed, why, area)


def _reason(judged: Judged, at: int) -> str:
    k, n = int(judged.successes[at]), int(judged.trials[at])
    column = judged.levels[int(judged.level[at])].column
    others = per_cent(100.0 * judged.mean[at])
    return f"{judged.name} {per_cent(100.0 * k / n)} ({k:,} of {n:,}), its neighbours ({column}) {others}"


METHOD = Method(
    id="neighbours",
    title="Stations far from their neighbours",
    question="Do more stations than in other votes differ from their neighbours, and do they gather?",
    tier="C",
    null="conditional",
    needs=("returns", "areas", ("options", "registered")),
    tail="upper",
    params=Params,
    measure=measure,
    references=(
        "skellam1948",
        "kleinman1973",
        "anscombe1956",
        "hodges1962",
        "donoho2004",
        "noe1972",
        "moran1950",
        "anselin1995",
        "keele2015",
    ),
    assumes="stations vote like the others of their area but for a natural spread, and that what those far "
    "out have beyond their neighbours was added",
    innocent=(
        "Hospitals, barracks, hostels and villages of one faith among ordinary stations.",
        "New quarters or villages within one commission; small stations, whose turnout differs.",
        "Voters divided over the stations of one building by age, sex or date of registration.",
    ),
    blind=(
        "Commissions in which all stations were changed alike.",
        "Changes smaller than the natural differences between neighbours.",
        "Stations in one building that the table does not name as an area of its own.",
    ),
    longest=0.15,
)
