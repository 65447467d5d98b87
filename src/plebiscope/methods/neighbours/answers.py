"""What is said of one question: of the contest, of areas, and of pairs side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import special

from plebiscope.evidence.excess import excess
from plebiscope.evidence.located import located
from plebiscope.methods.neighbours.gathered import TEN, Gathered
from plebiscope.methods.neighbours.sets import Bools, Judged, Level, Params, pairs
from plebiscope.model.affected import Affected
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.model.method import Subject, checked, effect, surprise
from plebiscope.model.wording import capital, counted, few, listed, none_of, part, per_cent, written

_NAMED = 5
_FIVE = 0.05
_TAILS = (
    "in votes held to be clean up to 4.5 stations of 100 were far from their neighbours, not one in 1,000, "
    "because some places differ from theirs much more than most; so their number has no p and is compared "
    "with that in other votes"
)
_ALIKE = (
    "an area of town and country has more stations far from the others than a town has, and the table does "
    "not say which is which; in simulated fair votes, which have no such areas, p was below 0.05 in at most "
    "5 of 100, but in most votes held to be clean some areas stand out"
)

Answer = Callable[..., Measurement]
"""``METHOD.answer``."""


@dataclass(frozen=True)
class Question:
    """One question with what was found."""

    subject: Subject
    params: Params
    judged: Judged
    gathered: Gathered | None

    @property
    def rows_are(self) -> str:
        """What one row is, in the plural."""
        return self.subject.rows_are

    @property
    def where(self) -> str:
        """Which neighbours stations are held against, in words."""
        parts = [
            f"{counted(one.stations, self.rows_are)} with the others of their area ({one.column})"
            for one in self.judged.levels
        ]
        return listed(parts)

    @property
    def trials(self) -> str:
        """What the ratio is of."""
        return "registered voters" if self.judged.quantity == "turnout" else "ballots"


def whole(question: Question, answer: Answer) -> Measurement:
    """Say how many stations lie far from their neighbours."""
    judged, params, rows_are = question.judged, question.params, question.rows_are
    far = judged.far(params.mark)
    n, seen = int(judged.once.sum()), int((far & judged.once).sum())
    more = excess(np.full(n, params.mark), seen, params.coverage, rows_are)
    main = max(judged.levels, key=lambda one: one.stations)
    one_in = round(1.0 / params.mark)
    upper = judged.z > 0.0
    statement = (
        f"{capital(none_of(seen, counted(n, rows_are)))} have a {judged.label} far from that of their "
        f"neighbours: where neighbours differ as most do, one in {one_in:,} would be so far out, here "
        f"{few(params.mark * n)}. Compared were {question.where}. "
        f"{_spread(main)}"
    )
    return answer(
        question.subject,
        judged.quantity,
        option=judged.option,
        n=n,
        observed=seen,
        expected=params.mark * n,
        null="conditional",
        effect=more,
        effects=tuple(_effects(question, main, upper)),
        affected=(_affected(question, far),),
        assumptions=_assumptions(question, main),
        statement=statement,
        params={
            **asdict(params),
            "ratio": judged.label,
            "neighbours": [
                {**asdict(one), "used": one.correlation, "rule": "side by side" if one.close else "area"}
                for one in judged.levels
            ],
            "left_out": judged.left_out,
        },
    )


def _spread(level: Level) -> str:
    """Tell both measures of how far neighbours differ."""
    used = "that of this table" if level.here >= level.natural else "that of the clean votes"
    kind = "side by side" if level.close else "in one area"
    low, high = (written(end, ".4f") for end in level.clean)
    words = (
        "How far neighbours differ by nature is told by a correlation, nought where only counting parts "
        f"them: {written(level.here, '.4f')} here inside an area ({level.column}), "
        f"{written(level.natural, '.4f')} between stations {kind} in clean votes ({low} to {high} in "
        f"{level.clean_votes:,} votes); the larger is used, {used}."
    )
    if level.beyond:
        words += (
            " Here neighbours differ more than in any of these clean votes, as one more clean vote would by "
            f"chance in one of {level.clean_votes + 1:,}. Measured by that few can be far from their "
            "neighbours, and that few are is no reassurance."
        )
    return words


def _effects(question: Question, main: Level, upper: Any) -> Iterator[Effect]:
    judged, rows_are = question.judged, question.rows_are
    far = judged.far(question.params.mark)
    n = max(1, int(judged.once.sum()))
    total = max(1, int(judged.trials.sum()))
    of = "per cent of ballots cast" if judged.option is None else "per cent of the option's votes"
    whole = max(1, int(judged.successes.sum()))
    for name, side in (("above", upper), ("below", ~upper)):
        at = far & side
        yield effect(f"{rows_are} far {name} their neighbours", int((at & judged.once).sum()), rows_are)
    yield effect(
        f"{question.trials} there, in per cent of those compared",
        100.0 * float(judged.trials[far].sum()) / total,
        f"per cent of {question.trials}",
    )
    surplus = float(judged.surplus[far].sum())
    yield effect(_surplus(judged), surplus, "votes")
    yield effect(_surplus(judged), 100.0 * surplus / whole, of)
    unlikely = float((judged.log_p[judged.once] < math.log(_FIVE)).sum())
    yield effect(f"{rows_are} with p below {_FIVE:g}", 100.0 * unlikely / n, f"per cent of {rows_are}")
    yield effect("correlation between neighbours, here", main.here, "")
    yield effect("correlation between neighbours, clean votes", main.natural, "")


def _surplus(judged: Judged) -> str:
    votes = "ballots cast" if judged.option is None else "votes for the option"
    return f"{votes} there above what neighbours make likely"


def _affected(question: Question, far: Bools) -> Affected:
    judged = question.judged
    return Affected(
        _surplus(judged), located(question.subject, judged.rows, np.where(far, judged.surplus, 0.0))
    )


def _assumptions(question: Question, main: Level) -> tuple[Assumption, ...]:
    judged, rows_are = question.judged, question.rows_are
    lost = judged.left_out.get("without enough neighbours in any area", 0)
    share = lost / max(1, lost + len(judged.rows))
    return (
        checked(
            "stations have neighbours",
            share <= 0.2,
            f"{part(100.0 * share)} of the {rows_are} have too few others in any area",
        ),
        checked(
            "most stations differ from their neighbours as in clean votes",
            main.here <= 2.0 * main.natural,
            f"correlation {written(main.here, '.4f')} here ({main.column}), "
            f"{written(main.natural, '.4f')} in clean votes ({written(main.clean[0], '.4f')} to "
            f"{written(main.clean[1], '.4f')})",
        ),
        Assumption(
            name="the law of neighbours has the tails that stations have", state="doubtful", how=_TAILS
        ),
        Assumption(
            name="stations of one area serve voters of one kind",
            state="unknown",
            how="the table does not say which are institutions, villages or new quarters",
        ),
    )


def gathering(question: Question, answer: Answer) -> tuple[list[Measurement], list[Measurement]]:
    """Say whether far stations gather in some areas, and in which."""
    found, judged, rows_are = question.gathered, question.judged, question.rows_are
    if found is None or not len(found.tested):
        return [], []
    quantity = f"{judged.quantity}, gathered"
    named, log10_p = found.named, min(0.0, found.log10_whole)
    areas = counted(len(found.tested), "areas")
    names = [f"“{found.names[at]}”" for at in found.tested[named][:_NAMED].tolist()]
    more = [f"{len(named) - _NAMED} more"] if len(named) > _NAMED else []
    told = f", first {listed(names + more)}" if names else ""
    inside = found.inside & judged.once
    head = answer(
        question.subject,
        quantity,
        option=judged.option,
        n=int(found.stations.sum()),
        observed=len(named),
        null="conditional",
        p=10.0**log10_p,
        log10_p=log10_p,
        bits=surprise(log10_p),
        effect=effect(f"{rows_are} in areas that stand out", int(inside.sum()), rows_are),
        effects=(effect("areas that stand out", len(named), "areas"),),
        assumptions=(
            Assumption(
                name="areas with like rates and sizes are alike in how far their stations differ",
                state="doubtful",
                how=_ALIKE,
            ),
        ),
        statement=f"In {none_of(len(named), areas)} ({found.column}) {'' if len(named) else 'do '}{rows_are} "
        f"lie farther from their neighbours by their {judged.label} than chance would put them, be it a few "
        f"very far or more of them somewhat (higher criticism of their ranks among {rows_are} with like "
        f"rates and sizes; rule of Benjamini and Hochberg at "
        f"{per_cent(100.0 * question.params.level, 'g')}){told}.",
        params={**asdict(question.params), "area": found.column, "areas": len(found.tested)},
    )
    shown = named[: question.params.reported].tolist()
    return [head], [_area(question, found, at, quantity, answer) for at in shown]


def _area(question: Question, found: Gathered, at: int, quantity: str, answer: Answer) -> Measurement:
    judged, rows_are = question.judged, question.rows_are
    n, seen = int(found.stations[at]), int(found.far[at])
    expected = n * found.part
    log10_p = min(0.0, float(found.log_p[at]) / TEN)
    members = found.area == found.tested[at]
    rate = 100.0 * judged.successes[members] / judged.trials[members]
    lie, its = ("lies", "its") if seen == 1 else ("lie", "their")
    words = (
        f"{capital(none_of(seen, counted(n, rows_are)))} {lie} far from {its} "
        f"neighbours by {its} {judged.label}; if such {rows_are} fell on areas by chance, {few(expected)} "
        f"would be expected."
    )
    if seen - expected < 1.0:  # ranks count, so that an area without a far one can stand out too
        words += f" So it stands out by {rows_are} that lie less far."
    return answer(
        question.subject,
        quantity,
        option=judged.option,
        area=found.names[int(found.tested[at])],
        among=len(found.tested),
        n=n,
        observed=seen,
        expected=expected,
        null="conditional",
        p=10.0**log10_p,
        log10_p=log10_p,
        bits=surprise(log10_p),
        effect=effect(f"far {rows_are}, more than by chance", seen - expected, rows_are),
        statement=f"{words} The results lie between {per_cent(rate.min())} and {per_cent(rate.max())}.",
    )


def side_by_side(question: Question, answer: Answer) -> Iterator[Measurement]:
    """Say how many pairs of stations that stand side by side lie far apart, where some stand so."""
    judged, params, rows_are = question.judged, question.params, question.rows_are
    if not any(one.close for one in judged.levels):
        return
    labels = question.subject.results.table["station"].gather(judged.rows).fill_null("").to_list()
    _, _, apart = pairs(judged, labels)
    if not len(apart):
        return
    seen = int(np.count_nonzero(np.abs(apart) > params.far))
    chance = 2.0 * float(special.ndtr(-params.far))
    columns = listed(one.column for one in judged.levels if one.close)
    more = excess(np.full(len(apart), chance), seen, params.coverage, "pairs")
    ends = (None if end is None else 100.0 * end / len(apart) for end in (more.value, more.low, more.high))
    value, low, high = ends
    beyond = (
        " What is expected is measured here, where neighbours differ more than in any clean vote."
        if any(one.close and one.beyond for one in judged.levels)
        else ""
    )
    typical = float(np.sqrt(np.mean(np.clip(apart, -3.0, 3.0) ** 2)))
    yield answer(
        question.subject,
        f"{judged.quantity}, side by side",
        option=judged.option,
        n=len(apart),
        observed=seen,
        expected=chance * len(apart),
        null="none",
        effect=Effect(
            name="pairs far apart, more than expected",
            value=value,
            low=low,
            high=high,
            unit="per cent of pairs",
            level=params.coverage,
        ),
        effects=(more.model_copy(update={"name": "pairs far apart, more than expected"}),),
        assumptions=(
            Assumption(
                name=f"{rows_are} of the smallest area serve voters of one kind",
                state="unknown",
                how=f"the area ({columns}) puts few together; the table does not say how voters were divided",
            ),
        ),
        statement=f"Of {len(apart):,} pairs of {rows_are} in one area ({columns}), "
        f"{seen or 'none'} differ in {judged.label} by more than {params.far:g} standard deviations; "
        f"{few(chance * len(apart))} would be expected. With differences beyond three counted as three, "
        f"the middle size of a difference is {written(typical, '.2f')} standard deviations, where 1 is as "
        f"expected.{beyond}",
        params=asdict(params),
    )
