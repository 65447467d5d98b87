"""A group of stations against the others of the same areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np

from plebiscope.evidence.ratio import Columns
from plebiscope.kernels import reassignment
from plebiscope.methods.contrast import pictures
from plebiscope.methods.contrast.asking import (
    POINTS,
    Asked,
    Flags,
    Params,
    called,
    compared,
    not_compared,
)
from plebiscope.methods.contrast.before import Before
from plebiscope.methods.contrast.chosen import checked, matched, unseen
from plebiscope.methods.contrast.difference import Difference, difference
from plebiscope.methods.contrast.extrapolation import extrapolation
from plebiscope.methods.contrast.lost import Lost, bounds
from plebiscope.methods.contrast.stations import Groups, Rows
from plebiscope.methods.contrast.tested import in_points, tested, too_few
from plebiscope.methods.contrast.unknown import Unknown, unknown
from plebiscope.model.case import Comparison
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Method, Subject
from plebiscope.model.wording import counted, listed, per_cent


def ask(method: Method, subject: Subject, params: Params) -> Asked:
    """Compare the group that the case names with the others."""
    comparison = _comparison(subject)
    if isinstance(comparison, str):
        return Asked([method.untestable(subject, "difference", comparison)])
    groups = Groups(subject, params, comparison)
    before = [Before(groups, other) for other in subject.pairs]
    ratios = compared(subject, params)
    answers = [_answer(method, groups, columns, before) for columns in ratios]
    answers += [
        method.untestable(subject, quantity, reason)
        for quantity, reason in not_compared(subject, params).items()
    ]
    for one in before:
        answers += one.beside(method)
    answers.append(extrapolation(method, groups, answers, before))
    answers += _with_results(method, groups, ratios)
    found = [answer for answer in answers if answer.status == "tested"]
    if not found:
        return Asked(answers)
    answers.sort(key=lambda answer: answer.status != "tested")
    drawn = [answer for answer in found if answer.effect is not None and answer.effect.unit == POINTS]
    return Asked(answers, [pictures.differences(drawn, comparison.group)] if drawn else [])


def watched(subject: Subject, params: Params) -> Flags:
    """Tell which rows are in the group that is looked at, shape (rows,).

    What it is to prevent is not done there; stations that were drawn for it and left it are not among them.
    """
    comparison = _comparison(subject) if "group" in subject.results.extras else "there are no groups"
    if isinstance(comparison, str):
        return np.zeros(len(subject.results), dtype=bool)
    groups = Groups(subject, params, comparison)
    return np.asarray(groups.drawn & ~groups.lost)


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


def _answer(method: Method, groups: Groups, columns: Columns, before: Sequence[Before]) -> Measurement:
    """Compare one ratio."""
    subject, coverage = groups.subject, groups.params.coverage
    rows = groups.rows(columns)
    found = difference(rows.figures, rows.drawn, rows.strata)
    reason = too_few(found, groups, rows.drawn)
    if reason is not None or found is None or found.log_p is None:
        reason = reason or "all stations have the same figure"
        return method.untestable(subject, columns.quantity, reason, option=columns.option)
    match = matched(groups, rows, before)
    lacking, gone = _left_open(groups, columns, rows)
    return method.answer(
        subject,
        columns.quantity,
        option=columns.option,
        **tested(found, groups, called(columns), rows.whole[rows.drawn]),
        effects=(
            *(match.effects() if match else ()),
            *unseen(groups, found),
            *(lacking.effects() if lacking else ()),
            *(gone.effects(coverage) if gone else ()),
        ),
        assumptions=(
            *checked(groups, rows, before, match),
            *([lacking.assumption()] if lacking else ()),
        ),
        statement=_words(found, groups, called(columns), rows)
        + (match.words if match else "")
        + (lacking.words if lacking else "")
        + (gone.words(coverage) if gone else ""),
        params={**asdict(groups.params), **groups.comparison.model_dump(), "strata": groups.within[-1:]},
    )


def _left_open(groups: Groups, columns: Columns, rows: Rows) -> tuple[Unknown | None, Lost | None]:
    """Bound what stations without results, and those that left the group, leave open."""
    lacking = groups.without([columns])
    figures = np.full(len(lacking), np.nan)
    figures[rows.rows] = rows.figures
    at = np.flatnonzero(lacking | ~np.isnan(figures))
    figures, drawn, strata = figures[at], groups.drawn[at], groups.strata[at]
    seen = ~np.isnan(figures) & ~groups.lost[at]
    return (
        unknown(figures, drawn, strata, groups.params.coverage),
        bounds(figures, drawn, seen, strata) if groups.lost[at].any() else None,
    )


def _words(found: Difference, groups: Groups, what: str, rows: Rows) -> str:
    gone = int((groups.lost & groups.meant).sum())
    silent = gone - int(rows.lost.sum())
    drawn = "that were drawn for" if groups.lost.any() else "of"
    words = (
        f"In {counted(found.chosen, 'stations')} {drawn} the group “{groups.comparison.group}”, {what} is "
        f"{per_cent(found.mean)} on average: {in_points(found, groups)} compared with {groups.others}. "
        f"{groups.how_chosen}"
    )
    if groups.special:
        kinds = listed([f"{mark} {count:,}" for mark, count in groups.special.items()])
        words += f" Of all that are compared, these are of a special kind: {kinds}."
    if gone:
        words += f" {counted(gone, 'stations')} left it and {'is' if gone == 1 else 'are'} counted with it"
        words += f", but for {silent:,} without results," if silent else ""
        words += " because all were drawn for it."
    return words


def _with_results(method: Method, groups: Groups, ratios: Sequence[Columns]) -> list[Measurement]:
    """Ask whether results are there as often for stations of the group, where some have none."""
    lacking = groups.without(ratios)
    if not lacking.any():
        return []
    at = np.flatnonzero(groups.meant)
    drawn, strata = groups.drawn[at], groups.strata[at]
    found = difference(np.where(lacking[at], 0.0, 100.0), drawn, strata)
    quantity, what = "with results", "the share of stations with results"
    reason = too_few(found, groups, drawn)
    tail = reassignment.marked(lacking[at], drawn, np.unique(strata, return_inverse=True)[1])
    if reason is not None or found is None or tail is None:
        reason = reason or "no area with stations of both has one without results"
        return [method.untestable(groups.subject, quantity, reason)]
    # Of marks every draw can be counted: how many fall on the group says the same as the difference.
    found = replace(found, log_p=tail.log_p, exact=tail.exact)
    return [
        method.answer(
            groups.subject,
            quantity,
            **tested(found, groups, what, None),
            assumptions=(groups.design(),),
            statement=f"Of {counted(int(drawn.sum()), 'stations')} of the group "
            f"“{groups.comparison.group}” {int(lacking[at][drawn].sum()):,} have no results, or impossible "
            f"ones, and of {int((~drawn).sum()):,} others {int(lacking[at][~drawn].sum()):,}. So {what} "
            f"differs by {in_points(found, groups)}. {groups.how_chosen}",
            params={**asdict(groups.params), **groups.comparison.model_dump(), "strata": groups.within[-1:]},
        )
    ]
