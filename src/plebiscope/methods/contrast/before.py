"""The same groups in another vote at the same stations: a difference that nothing should have caused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import cached_property

import numpy as np

from plebiscope.methods.contrast.asking import Floats, called, compared
from plebiscope.methods.contrast.difference import difference
from plebiscope.methods.contrast.stations import Groups
from plebiscope.methods.contrast.tested import in_points, tested, too_few
from plebiscope.model.beside import Beside
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import Method, Subject
from plebiscope.model.wording import counted, written


class Before:
    """The groups of one vote, as they were in another.

    Attributes
    ----------
    figures
        By quantity, the ratio at each station in the other vote in per cent, not a number where it is not
        known, each of shape (n,) over the rows of this vote.
    """

    def __init__(self, groups: Groups, other: Beside) -> None:
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

    @cached_property
    def controls(self) -> dict[str, float]:
        """How far the groups were apart in the other vote, in standard errors."""
        found = {}
        for quantity, figures in self.figures.items():
            known = self.groups.meant & ~np.isnan(figures)
            apart = difference(figures[known], self.groups.drawn[known], self.groups.strata[known])
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
            found = difference(change[known], rows.drawn[known], rows.strata[known])
            slug = f"{columns.quantity}-beside/{self.other.contest.id}"
            what = f"{called(columns)} less that in “{self.other.contest.name}”"
            reason = too_few(found, groups, rows.drawn[known])
            if reason is not None or found is None or found.log_p is None:
                reason = reason or "all stations differ alike from the other vote"
                yield method.untestable(groups.subject, what, reason, slug=slug)
                continue
            yield method.answer(
                groups.subject,
                f"{columns.quantity} beside another vote",
                slug=slug,
                option=columns.option,
                **tested(found, groups, what, rows.whole[rows.drawn]),
                assumptions=(
                    groups.design(),
                    Assumption(
                        name="without the group, its stations would differ from the other vote like the rest",
                        state="holds" if groups.comparison.by_lot else "doubtful",
                        how=groups.design().how,
                    ),
                ),
                statement=f"In {counted(found.chosen, 'stations')} of the group “{groups.comparison.group}” "
                f"{what} is {written(found.mean, '+.1f')} points on average; compared with {groups.others} "
                f"that is {in_points(found, groups)}.",
                params={**asdict(groups.params), **groups.comparison.model_dump()},
            )
