"""A group of stations against the others of the same areas."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from plebiscope.evidence.ratio import Columns
from plebiscope.kernels.resampling import again
from plebiscope.methods.contrast import pictures
from plebiscope.methods.contrast.asking import (
    APART,
    NOTICED,
    POINTS,
    Asked,
    Flags,
    Floats,
    Ints,
    Params,
    called,
    compared,
)
from plebiscope.methods.contrast.difference import Difference, difference
from plebiscope.methods.contrast.lost import Lost, bounds
from plebiscope.methods.contrast.matching import gamma, partners
from plebiscope.model.affected import Affected
from plebiscope.model.beside import Beside
from plebiscope.model.case import MARKED, Comparison
from plebiscope.model.finding import Assumption, Limit, Measurement, State
from plebiscope.model.method import Method, Subject, effect, surprise
from plebiscope.model.wording import counted, listed, per_cent, written

_FIRM = 2.0
"""Gamma below which an unseen difference between the stations could well explain one between the groups."""
_AREAS = 8
"""Fewest areas that are drawn again for the interval of the extrapolation."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Stations of both groups with the two counts of a ratio."""

    rows: Ints
    chosen: Flags
    strata: Ints
    part: Ints
    whole: Ints

    @property
    def figures(self) -> Floats:
        """The ratio of each station, in per cent."""
        return np.asarray(100.0 * self.part / self.whole)


class _Groups:
    """Which stations of a vote are compared."""

    def __init__(self, subject: Subject, params: Params, comparison: Comparison) -> None:
        self.subject, self.params, self.comparison = subject, params, comparison
        self.returns = subject.results
        group = self.returns.table["group"]
        self.chosen = (group == comparison.group).fill_null(value=False).to_numpy()
        others = ~self.chosen if comparison.against is None else (group == comparison.against).to_numpy()
        # An empty name is that of no group: there blanks are null.
        self.lost = (group == (comparison.lost or "")).fill_null(value=False).to_numpy()
        self.meant = (self.chosen | np.asarray(others, dtype=bool)) & ~self.lost
        self.within = comparison.within or self._by_default()
        self.strata = (
            self.returns.places(self.within[-1])[0]
            if self.within
            else np.zeros(len(self.returns), dtype=np.int64)
        )

    def _by_default(self) -> tuple[str, ...]:
        """Compare inside the smallest useful areas, or in the whole country where a lot decided there."""
        finest = None if self.comparison.by_lot else self.returns.finest_area(2)
        return () if finest is None else (finest,)

    @property
    def others(self) -> str:
        """What the group is compared with, in words."""
        against = self.comparison.against
        where = f" of the same areas ({self.within[-1]})" if self.within else ""
        return (f"those of the group “{against}”" if against else "other stations") + where

    def rows(self, columns: Columns, *, lost: bool = False) -> _Rows:
        """Pick the stations of both groups whose ratio is known, those that left the group too if asked."""
        found = self.returns.select(
            columns.numerator, columns.denominator, marked=self.subject.contest.groups == MARKED
        )
        known = (found[columns.denominator] > 0) & (found[columns.numerator] >= 0)
        known &= found[columns.numerator] <= found[columns.denominator]
        meant = self.meant | self.lost if lost else self.meant
        found = found.keep(known & meant[found.rows], "not compared")
        at = found.rows
        return _Rows(
            at, self.chosen[at], self.strata[at], found[columns.numerator], found[columns.denominator]
        )


def ask(method: Method, subject: Subject, params: Params, rng: np.random.Generator) -> Asked:
    """Compare the group that the case names with the others."""
    comparison = _comparison(subject)
    if isinstance(comparison, str):
        return Asked([method.untestable(subject, "difference", comparison)])
    groups = _Groups(subject, params, comparison)
    before = [_Before(groups, other) for other in subject.pairs]
    answers = [_answer(method, groups, columns, before) for columns in compared(subject, params)]
    for one in before:
        answers += one.beside(method)
    answers.append(_extrapolation(method, groups, answers, before, rng))
    tested = [answer for answer in answers if answer.status == "tested"]
    if not tested:
        return Asked(answers)
    answers.sort(key=lambda answer: answer.status != "tested")
    drawn = [answer for answer in tested if answer.effect is not None and answer.effect.unit == POINTS]
    return Asked(answers, [pictures.differences(drawn, comparison.group)] if drawn else [])


def _comparison(subject: Subject) -> Comparison | str:
    """Return the comparison of the case, by default of the smaller of two groups; else why there is none."""
    if subject.contest.comparison is not None:
        return subject.contest.comparison
    group = subject.results.table["group"]
    sizes = group.drop_nulls().value_counts().sort("count", "group").rows()
    if not sizes:
        return "no station is in a group"
    if len(sizes) == 1 and group.null_count() == 0:
        return "all stations are in one group"
    if len(sizes) > 2:
        return (
            f"there are {len(sizes)} groups, and the case does not say which is compared: "
            f'comparison = {{ group = "{sizes[0][0]}" }} does'
        )
    return Comparison(group=str(sizes[0][0]), against=None if len(sizes) == 1 else str(sizes[1][0]))


def _answer(method: Method, groups: _Groups, columns: Columns, before: list[_Before]) -> Measurement:
    """Compare one ratio."""
    subject, params = groups.subject, groups.params
    rows = groups.rows(columns)
    found = difference(rows.figures, rows.chosen, rows.strata)
    reason = _too_few(found, groups)
    if reason is not None or found is None or found.log_p is None:
        reason = reason or "all stations have the same figure"
        return method.untestable(subject, columns.quantity, reason, option=columns.option)
    match = None if groups.comparison.by_lot else _matched(groups, rows, before)
    gone = _gone(groups, columns)
    return method.answer(
        subject,
        columns.quantity,
        option=columns.option,
        **_tested(found, groups, called(columns)),
        effects=(*(match.effects() if match else ()), *(gone.effects() if gone else ())),
        assumptions=(*_checked(groups, rows, before, match), *([gone.assumption()] if gone else ())),
        statement=_words(found, groups, called(columns), rows)
        + (match.words if match else "")
        + (gone.words if gone else ""),
        params={**asdict(params), **groups.comparison.model_dump(), "strata": groups.within[-1:]},
    )


def _gone(groups: _Groups, columns: Columns) -> Lost | None:
    """Bound what stations that left the group leave open, where the case names any."""
    rows = groups.rows(columns, lost=True)
    lost = groups.lost[rows.rows]
    return bounds(rows.figures, rows.chosen & ~lost, lost, rows.strata) if lost.any() else None


def _too_few(found: Difference | None, groups: _Groups) -> str | None:
    where = f" ({groups.within[-1]})" if groups.within else ""
    if found is None:
        return f"no area{where} has stations of the group “{groups.comparison.group}” and others"
    least = groups.params.least
    if min(found.chosen, found.n - found.chosen) < least:
        return (
            f"{least} stations of each group are needed in areas{where} that have both, and there are "
            f"{found.chosen:,} and {found.n - found.chosen:,}"
        )
    return None


def _tested(found: Difference, groups: _Groups, what: str) -> dict[str, Any]:
    """Return the fields of an answer that every difference has."""
    coverage, log10_p = groups.params.coverage, (found.log_p or 0.0) / math.log(10.0)
    reach = -float(ndtri((1.0 - coverage) / 2.0)) * found.error
    return {
        "n": found.n,
        "observed": found.value,
        "expected": 0.0,
        "null": "exact" if found.exact else "conditional",
        "p": 10.0**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "effect": effect(
            f"{what}, group less others",
            found.value,
            POINTS,
            (found.value - reach, found.value + reach),
            coverage,
        ),
        "limit": Limit(
            mechanism=f"a difference in {what}",
            dose=NOTICED * found.error,
            unit=POINTS,
            power=0.8,
            how="analytic",
        ),
    }


def _words(found: Difference, groups: _Groups, what: str, rows: _Rows) -> str:
    reach = -float(ndtri((1.0 - groups.params.coverage) / 2.0)) * found.error
    mean = float(rows.figures[rows.chosen].mean())
    lot = (
        "Chance decided which stations are in it."
        if groups.comparison.by_lot
        else "The case does not say that chance decided which stations are in it."
    )
    return (
        f"In {counted(found.chosen, 'stations')} of the group “{groups.comparison.group}”, {what} is "
        f"{per_cent(mean)} on average: {written(found.value, '+.1f')} points "
        f"({written(found.value - reach, '.1f')} to {written(found.value + reach, '.1f')}) compared with "
        f"{groups.others}. {lot}"
    )


@dataclass(frozen=True, slots=True)
class _Matched:
    """Stations of the group with the partners that are most like them."""

    pairs: int
    value: float
    gamma: float | None
    level: float

    def effects(self) -> Iterator[Any]:
        """Return the difference between partners, and what would explain it."""
        yield effect("group less like stations", self.value, POINTS)
        if self.gamma is not None:
            yield effect("odds that would explain it (Gamma)", self.gamma, "times as likely")

    @property
    def words(self) -> str:
        """Say how large an unseen bias would explain the difference."""
        words = f" Compared with {self.pairs:,} stations most like them it is {written(self.value, '+.1f')} "
        "points"
        if self.gamma is None:
            return words + ", which chance explains even among like stations."
        most = "more than 1,000" if self.gamma > 1000 else f"{self.gamma:.1f}"
        return (
            f"{words}; to explain that, of two like stations the one would have to be {most} times likelier "
            "to be in the group than the other."
        )


def _matched(groups: _Groups, rows: _Rows, before: list[_Before]) -> _Matched | None:
    """Match stations by size and, where it is known, by the earlier vote."""
    traits = []
    if "registered" in groups.returns.quantities:
        size = groups.returns.table["registered"].gather(rows.rows).fill_null(0).to_numpy()
        traits.append(np.log1p(np.maximum(size, 0)))
    known = np.ones(len(rows.rows), dtype=bool)
    for one in before:
        for figures in one.figures.values():
            earlier = figures[rows.rows]
            known &= ~np.isnan(earlier)
            traits.append(np.nan_to_num(earlier))
    if not traits or not (rows.chosen & known).any():
        return None
    own, other = partners(np.stack(traits, axis=1)[known], rows.chosen[known], rows.strata[known])
    figures = rows.figures[known]
    apart = figures[own] - figures[other]
    if len(apart) < groups.params.least:
        return None
    return _Matched(len(apart), float(apart.mean()), gamma(apart, groups.params.level), groups.params.level)


def _checked(
    groups: _Groups, rows: _Rows, before: list[_Before], match: _Matched | None
) -> Iterator[Assumption]:
    """Check whether the group differs in what it should not differ in, and whether that could explain all."""
    apart: dict[str, float] = {}
    if "registered" in groups.returns.quantities:
        size = groups.returns.table["registered"].gather(rows.rows).cast(float).fill_null(0.0).to_numpy()
        found = difference(size, rows.chosen, rows.strata)
        if found is not None:
            apart["registered voters"] = found.z
    for one in before:
        apart |= one.controls()
    state: State = "unknown" if not apart else "holds"
    if apart and max(map(abs, apart.values())) > APART:
        state = "fails" if groups.comparison.by_lot or not match or _weak(match) else "doubtful"
    elif not groups.comparison.by_lot:
        state = "fails" if match is None or _weak(match) else "doubtful"
    z = listed([f"{name} {written(value, '+.1f')}" for name, value in apart.items()])
    how = "by lot, as the case says" if groups.comparison.by_lot else "not by lot"
    how += f"; group less others in standard errors: {z}" if z else "; nothing is known to compare"
    if not groups.comparison.by_lot and (match is None or match.gamma is None or _weak(match)):
        how += "; a small unseen difference between the stations could explain all"
    yield Assumption(
        name="which stations are in the group has nothing to do with how people vote there",
        state=state,
        how=how,
    )
    yield Assumption(
        name="the group did not change the other stations, nor how people vote",
        state="unknown",
        how="the table gives counts, not what was done to prevent or to move them",
    )


def _weak(match: _Matched) -> bool:
    return match.gamma is None or match.gamma < _FIRM


class _Before:
    """The same groups in another vote at the same stations: a difference that nothing should have caused."""

    def __init__(self, groups: _Groups, other: Beside) -> None:
        self.groups, self.other = groups, other
        own, there = other.match.pairs
        subject = Subject(
            other.contest.model_copy(update={"favoured": groups.subject.favoured}), other.returns, ()
        )
        options = other.returns.options
        self.figures: dict[str, Floats] = {}
        for columns in compared(subject, groups.params):
            if columns.quantity == "invalid" or (
                columns.option is not None and columns.option not in options
            ):
                continue
            part, whole = (
                other.returns.table[name].cast(float).to_numpy()
                for name in (columns.numerator, columns.denominator)
            )
            ratio = np.divide(100.0 * part, whole, out=np.full(len(part), np.nan), where=whole > 0)
            figures = np.full(len(groups.returns), np.nan)
            figures[there] = ratio[own]
            self.figures[columns.quantity] = figures

    def controls(self) -> dict[str, float]:
        """Return how far the groups were apart in the other vote, in standard errors."""
        found = {}
        for quantity, figures in self.figures.items():
            known = self.groups.meant & ~np.isnan(figures)
            apart = difference(figures[known], self.groups.chosen[known], self.groups.strata[known])
            if apart is not None:
                found[f"{quantity} in {self.other.contest.name}"] = apart.z
        return found

    def beside(self, method: Method) -> Iterator[Measurement]:
        """Compare how the groups differ from the other vote."""
        groups = self.groups
        for columns in compared(groups.subject, groups.params):
            if columns.quantity not in self.figures:
                continue
            rows = groups.rows(columns)
            change = rows.figures - self.figures[columns.quantity][rows.rows]
            known = ~np.isnan(change)
            found = difference(change[known], rows.chosen[known], rows.strata[known])
            slug = f"{columns.quantity}-beside/{self.other.contest.id}"
            what = f"{called(columns)} less that in “{self.other.contest.name}”"
            reason = _too_few(found, groups)
            if reason is not None or found is None or found.log_p is None:
                reason = reason or "all stations differ alike from the other vote"
                yield method.untestable(groups.subject, what, reason, slug=slug)
                continue
            mean = float(change[known & rows.chosen].mean())
            yield method.answer(
                groups.subject,
                f"{columns.quantity} beside another vote",
                slug=slug,
                option=columns.option,
                **_tested(found, groups, what),
                assumptions=(
                    Assumption(
                        name="without the group, its stations would differ from the other vote like the rest",
                        state="holds" if groups.comparison.by_lot else "doubtful",
                        how="by lot, as the case says" if groups.comparison.by_lot else "not by lot",
                    ),
                ),
                statement=f"In {counted(found.chosen, 'stations')} of the group “{groups.comparison.group}” "
                f"{what} is {written(mean, '+.1f')} points on average, {written(found.value, '+.1f')} "
                f"points compared with {groups.others}.",
                params={**asdict(groups.params), **groups.comparison.model_dump()},
            )


def _extrapolation(
    method: Method,
    groups: _Groups,
    answers: list[Measurement],
    before: list[_Before],
    rng: np.random.Generator,
) -> Measurement:
    """Carry the group's votes over to all voters of its areas."""
    subject, name = groups.subject, groups.comparison.group
    if "registered" not in groups.returns.quantities or subject.favoured is None:
        reason = "registered voters and votes are needed, and are not part of this case"
        return method.untestable(subject, "extrapolation", reason)
    marked = subject.contest.groups == MARKED
    found = groups.returns.select("registered", subject.favoured, marked=marked)
    found = found.keep(groups.meant[found.rows], "not compared")
    chosen = groups.chosen[found.rows]
    codes = np.unique(groups.strata[found.rows], return_inverse=True)[1]
    voters, votes = (np.bincount(codes, found[column]) for column in ("registered", subject.favoured))
    own_voters, own_votes = (
        np.bincount(codes, found[column] * chosen) for column in ("registered", subject.favoured)
    )
    open_ = (own_voters > 0) & (own_voters < voters)
    areas = int(open_.sum())
    if areas < _AREAS:
        known = f"there are {areas or 'none'}"
        reason = f"{_AREAS} areas with stations of the group and others are needed, and {known}"
        return method.untestable(subject, "extrapolation", reason)
    beyond = (votes - voters * own_votes / np.maximum(own_voters, 1))[open_]
    value, whole = float(beyond.sum()), float(votes[open_].sum())
    coverage = groups.params.coverage
    low, high = again(lambda draws: draws @ beyond, areas, groups.params.replicates, coverage, value, rng)
    share = next((one for one in answers if one.quantity == "share" and one.status == "tested"), None)
    if share is not None:
        assumptions = share.assumptions
    else:
        # Without a share to compare there are no like stations either, but the group is no better chosen.
        rows = groups.rows(Columns("share", subject.favoured, subject.favoured, "registered"))
        assumptions = tuple(_checked(groups, rows, before, None))
    stations = int(chosen[open_[codes]].sum())
    part = 100.0 * value / max(1.0, whole)
    near, far = (low, high) if value > 0 else (-high, -low)
    return method.answer(
        subject,
        "extrapolation",
        option=subject.favoured,
        n=int(open_[codes].sum()),
        observed=whole,
        expected=whole - value,
        effect=effect("votes beyond those extrapolated", value, "votes", (low, high), coverage),
        effects=(effect("the same of its votes there", part, "per cent of the option's votes"),),
        affected=(Affected("votes beyond those extrapolated", "it is told for all areas together"),),
        assumptions=assumptions,
        statement=f"If all voters of the {counted(areas, 'areas')} with stations of the group “{name}” had "
        f"voted as in its {counted(stations, 'stations')}, “{subject.favoured}” would have "
        f"{written(abs(value), ',.0f')} votes {'fewer' if value > 0 else 'more'} ({written(near, ',.0f')} "
        f"to {written(far, ',.0f')}) than the {whole:,.0f} that it has there.",
        params={**asdict(groups.params), **groups.comparison.model_dump()},
    )
