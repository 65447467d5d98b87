"""Votes for one option that have no counterpart among the other ballots as turnout rises.

Question
--------
Where more people voted, did only one option gain? If so, by how many votes, and how much does the answer
depend on the stations that are taken as the yardstick?

Statistic
---------
Stations are put into bins of one per cent of turnout, ``t = floor(100 cast / registered)``. In bin ``t``
stand ``L(t)`` votes for the option and ``O(t) = cast - L`` other ballots, invalid ones included. A core is
an interval of turnout ``[low, high)``; there ``k = sum L / sum O``. The anomalous votes are::

    A = sum over t >= high of  L(t) - k O(t)

a signed sum: bins in which the option falls short count against it. If ballots for the option were added to
an otherwise even vote, ``A`` is their number. If votes were moved to it, each moved vote counts ``1 + k``
times. The number follows from the core, so what is reported is the *set of admissible cores*:

* intervals of 2 to 6 whole per cent that contain a peak of ``O(t)``. The other ballots show where the bulk
  of stations lies, because ballots added for the option do not raise them;
* of the peaks, those not above the median turnout of registered voters, or the lowest one if all lie above:
  added ballots move stations only towards higher turnout, so of two bulks the lower is the undisturbed one.

A share may go with turnout of itself. If the odds of the option rise by ``exp(g)`` for every ten points of
turnout, ``k`` becomes ``k exp(g (t - middle of the core) / 10)`` and ``A`` becomes ``A(g)``. The headline is
the range of ``A(g)`` over all admissible cores and over ``g`` from -0.33 to 0.34, the flattest and the
steepest slope that the library was founded on (disputed tallies of Venezuela 2024, Poland 2007); its value
is that of the admissible core with most registered voters at ``g = 0``. The range over the cores alone, at
``g = 0``, stands second; it is what is compared with reference votes, whose own slopes are in what they gave.
Where it lies outside these and the headline still holds nought, the answer is shown and not judged: a share
that rises with turnout as in a clean vote would explain all of it, and yet no reference vote came to as much
(:mod:`plebiscope.dossier.words`).
The explain-away slope is the ``g`` for which ``A(g)`` is zero.

Beside these stand the automatic core (the highest bin of ``O(t)`` with two bins on either side, summed over
all bins above the highest one), the centre of the densest half of the electorate in turnout and share, the
turnout and share that remain without ``A``, and three other ways to ask:

* *a ratio for each area*, drawn towards that of all by a random-effects model, most where its core is small.
  The core itself is that of all areas: the bins of one area are too empty for peaks of its own, and an area
  that was disturbed throughout has no undisturbed bulk but that of the others. It is the one that can be
  divided among places; how exact a part of it is, is told by leaving out twenty groups of the smallest areas
  in turn and taking all ratios anew;
* *over the participation of the others*: ``(cast - votes) / registered`` in place of turnout. Ballots added
  for the option do not move a station along this axis. The cores are intervals of 2 to 6 per cent that hold a
  peak of registered voters; the ratio is that in the middle of the core (half of its other ballots were cast
  where it is larger), and all stations are summed;
* *by the invalid ballots*, which added ballots do not bring with them. In the core of each area, valid and
  invalid ballots stand in a ratio (drawn towards that of all, as above); what valid ballots there are above
  the core beyond that ratio is a second estimate of the ballots added, with areas drawn again. It must agree
  with the first if ballots were added and nothing else was done. It is an estimate for the vote and not for
  an option: told beside the option that is examined, and beside another only where that one gained.

No more votes can be lacking than there are registered voters who cast no ballot, nor can more be too many
than the option has: each range is cut there, and the answer says so. Where the estimate itself, at ``g = 0``,
is impossible, the model does not fit the option, and no number is told of it.

Fair vote
---------
There is none that could be computed: how a share goes with turnout is a matter of geography, so the method
returns no p. The yardstick is what the very same estimates give on reference votes
(:mod:`plebiscope.calibrate.reference`). Whole areas are drawn again to show how far the answer rests on a few
of them; every draw selects its peaks and cores anew.

Assumptions
-----------
* One bulk of stations is undisturbed. Checked: number of peaks; whether the automatic core lies above the
  median turnout; how far the admissible cores agree. Where more than half of the electorate lies off the
  undisturbed bulk, the automatic core and the densest half lock onto the disturbed one.
* Without interference the share does not rise with turnout. It cannot be checked on the returns of one vote;
  the explain-away slope says how far it would have to be wrong. In simulated fair votes, in which the share
  goes with turnout as it does in the table that they imitate, the interval over every admissible core with
  areas drawn again held zero in 19 to 99 of 100 votes of one kind, instead of 95, and that of the automatic
  core in 3 to 93. The headline, which lets
  the share go with turnout, reached zero in 99 to 100 of 100; that is what it costs in sharpness.
* The ways to ask agree: with one ratio and one for each area, by turnout and by the others' participation, by
  votes and by invalid ballots. Checked: where their ranges lie apart by more than a quarter of the estimate
  or five per cent of the option's votes, whichever is less, the assumption fails, so that the answer is not
  judged and no number is told of it; where they do not, but either estimate lies as far from the range of
  the other, it is doubtful; and where a range is wider than the estimate (or those five per cent), it could
  not tell it from none, so that nothing is known.
  By invalid ballots as many were added as by the votes in
  Russia 2016, 2018 and 2021, but 17 instead of 49 per cent in Russia 2020, so that something else than adding
  ballots must be part of the picture, be it only geography. In Poland 2007, held to be clean, they agree too:
  where turnout is higher, fewer ballots are spoilt there. So agreement is no proof.
* Enough areas for drawing them again (20).

Innocent causes
---------------
Places that turn out more may differ: rural against urban, old against young, strongholds with a strong
campaign. Where people come in numbers, they may spoil fewer ballots. A boycott by one side empties the other
stations. Stations without a fixed electorate.

Blind spots
-----------
Votes moved from one option to another without a change in turnout. Votes added evenly everywhere. Votes
removed. A vote disturbed everywhere has no undisturbed bulk. Who was pressed to vote, and how. With a
constant share it fails as an estimate of votes added: in simulated votes whose shares go with turnout as in a
clean vote, it finds votes where none were added, and its range over cores seldom holds their number. The
headline held it in 85 or more of 100, but not where a tenth of the stations had invented figures, or voted
loyally in numbers of itself; the invalid ballots held it where up to a tenth of the stations were added to,
and not where more were, or where voters were invented too (`docs/estimates.md`).

References
----------
The picture is Sobyanin and Sukhovolsky's (Democracy limited by falsifications, Moscow 1995), the estimate
Shpilkin's (Troitsky Variant 40, 2009); Myagkov, Ordeshook and Shakin (2009), doi:10.1017/CBO9780511626807;
Kobak, Shpilkin and Pshenichnikov (2016), doi:10.1214/16-AOAS904. Invalid ballots as a second estimate are
Podlazov's (Sociological Studies, 2018). Centre of the densest half: Rousseeuw and
Van Driessen (1999), doi:10.1080/00401706.1999.10485670.

Example
-------
>>> import numpy as np
>>> others = np.zeros(101)
>>> others[40:61] = 1000.0
>>> leader = others.copy()
>>> leader[80] = 5000.0
>>> ratio, votes = estimate(leader, others, 48, 52)
>>> float(ratio), float(votes)
(1.0, 5000.0)
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels.density import binned_sums, minimum_covariance_centre, percent_bins
from plebiscope.kernels.turnout_core import Core, Curves, each_area, estimate
from plebiscope.methods.anomalous_votes.answer import Answer
from plebiscope.methods.anomalous_votes.companions import Diluted, diluted, over_others
from plebiscope.methods.anomalous_votes.cores import (
    Params,
    admissible_cores,
    automatic_core,
    bulks,
    redraw,
)
from plebiscope.methods.anomalous_votes.parts import Sorted, parts
from plebiscope.methods.anomalous_votes.pictures import draw
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Method, Subject, by_option
from plebiscope.model.returns import Selection

__all__ = ["METHOD", "Params", "estimate", "measure"]


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Estimate the anomalous votes for each examined option; ``rng`` draws areas again.

    There are no station scores, because a sum over stations accuses none.
    """
    return by_option(subject, lambda option: _examine(subject, option, params, rng))


def _examine(
    subject: Subject, option: str, params: Params, rng: np.random.Generator
) -> tuple[Measurement, list[Figure]]:
    returns, picked = subject.results, subject.possible(option, marked=params.marked)
    said: dict[str, Any] = {"n": len(picked), "params": {**asdict(params), "dropped": dict(picked.dropped)}}
    if len(picked) < params.fewest_stations:
        reason = (
            f"bins of one per cent of turnout need at least {params.fewest_stations:,} stations, and "
            f"{len(picked):,} can be used"
        )
        return METHOD.untestable(subject, "votes", reason, option=option, **said), []

    areas, names = subject.areas(picked.rows)
    registered, cast, votes = picked["registered"], picked["cast"], picked[option]
    bins = percent_bins(cast, registered)
    counted = (votes, cast - votes, registered, np.ones_like(cast))
    apart = Curves(*(binned_sums(bins, areas, values, len(names)) for values in counted))
    curves = Curves(*(binned_sums(bins, np.zeros_like(bins), values, 1)[0] for values in counted))
    cores = admissible_cores(curves, params)
    if not cores:
        reason = "the ballots for other options form no peak over turnout that could serve as a yardstick"
        return METHOD.untestable(subject, "votes", reason, option=option, **said), []

    centre = None
    if option == subject.favoured:
        order = np.lexsort((votes, cast, registered))  # the same rounding whatever the order of rows
        centre = minimum_covariance_centre(
            (100.0 * cast / registered)[order],
            (100.0 * votes / cast)[order],
            registered[order].astype(np.float64),
        )
    redrawn = redraw(apart, params, rng)
    invalid, no_invalid = _by_invalid(subject, picked, bins, areas, cores, params, rng)
    local = [float(each_area(apart.leader, apart.others, core).sum()) for core in cores]
    answer = Answer(
        option=option,
        favoured=option == subject.favoured,
        whose=f"the {'leader' if option == returns.leader else 'option'}'s votes",
        curves=curves,
        cores=cores,
        automatic=automatic_core(curves, params),
        found=bulks(curves, params),
        centre=centre,
        by_area=local if len(names) > 1 else [],
        redrawn=redrawn,
        over=over_others(votes, cast - votes, registered, params),
        diluted=invalid,
        no_invalid=no_invalid,
        areas=f"{len(names)} areas ({returns.main_area})" if returns.main_area else "no areas to compare",
        enough_areas=len(names) >= params.fewest_areas,
        params=params,
    )
    where = parts(subject, picked.rows, Sorted(bins, areas, votes, cast - votes), cores)
    headline, *effects = answer.effects() or (None,)
    filled = METHOD.answer(
        subject,
        "votes",
        option=option,
        observed=None if headline is None else headline.value,
        expected=None if headline is None else 0.0,
        effect=headline,
        effects=tuple(effects),
        affected=answer.affected(where),
        assumptions=answer.assumptions(),
        statement=answer.statement(),
        **said,
    )
    return filled, draw(filled.id, answer) if answer.fits else []


def _by_invalid(
    subject: Subject,
    picked: Selection,
    bins: NDArray[np.int64],
    areas: NDArray[np.int64],
    cores: list[Core],
    params: Params,
    rng: np.random.Generator,
) -> tuple[Diluted | None, str]:
    """Estimate by the invalid ballots; or say why that cannot be."""
    if "invalid" not in subject.results.quantities:
        return None, "how many ballots were invalid is not part of this case"
    spoilt = subject.results.table["invalid"].gather(picked.rows).fill_null(-1).to_numpy().astype(np.int64)
    known = (spoilt >= 0) & (spoilt <= picked["cast"])
    n_areas = int(areas.max(initial=0)) + 1
    good, bad = (
        binned_sums(bins[known], areas[known], ballots[known], n_areas)
        for ballots in (picked["cast"] - spoilt, spoilt)
    )
    found = diluted(good, bad, cores, params, rng)
    if found is None:
        return None, f"a core holds fewer than {params.fewest_invalid} invalid ballots"
    return found, ""


METHOD = Method(
    id="anomalous-votes",
    title="Votes without a counterpart as turnout rises",
    question="Where more people voted, did only one option gain, and by how many votes?",
    tier="C",
    null="none",
    needs=("returns", "station", "registered", "cast", "options"),
    tail="upper",
    params=Params,
    measure=measure,
    references=("myagkov2009", "kobak2016", "podlazov2018", "rousseeuw1999"),
    assumes="without interference the option's share would not have risen with turnout, that the bulk of "
    "stations at lower turnout is undisturbed, and that votes were added; one that was moved counts for more",
    innocent=(
        "Places with higher turnout also favour the option (rural, older, strongholds).",
        "A boycott or weak campaign of the other side empties the other stations.",
        "Where people come in numbers, fewer ballots are spoilt.",
        "Stations without a fixed electorate.",
    ),
    blind=(
        "votes moved from one option to another at unchanged turnout",
        "votes added evenly everywhere, or votes removed",
        "pressure on voters",
        "a vote that was disturbed everywhere, so that no undisturbed bulk is left",
    ),
    slow=True,
    longest=0.1,
)
