"""The columns of a table: what each holds, and what its header may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake import vocabulary
from plebiscope.intake.header import Layout
from plebiscope.intake.meaning import COUNT_ROLES, Meaning, meanings
from plebiscope.intake.numbers import Numbers, parse

_HALVES = re.compile(
    r"\s+/\s+|\n|(?<=[A-Za-z\u00c0-\u024f])\s+(?=[\u0370-\U0010ffff])|(?<=[\u0370-\U0010ffff])\s+(?=[A-Za-z\u00c0-\u024f])"
)
"""Where one language of a header ends and another begins: a stroke, a new line, another script."""
_ANSWERS = {"yes", "no", "against"}
_CLEAR = 0.45
"""Below this strength a header's words are too few to give its column a role."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column: its header, its cells as text, its cells as numbers."""

    place: int
    """Position in the file, from 0."""
    name: str
    """Header as printed; ``column 3`` where there is none."""
    headed: bool
    """True where the file gives it a header."""
    cells: pl.Series
    numbers: Numbers
    meanings: tuple[Meaning, ...] = ()
    label: str = ""
    """The part of the header that stands over this column alone."""
    group: str = ""
    """Heading over the group of columns that it belongs to; empty where there is none."""
    parts: tuple[Column, ...] = ()
    """The columns whose texts were put together to make it; empty where it stands in the file."""

    @property
    def made_of(self) -> tuple[Column, ...]:
        """The columns of the file behind it: itself, or those whose texts were put together."""
        return self.parts or (self,)

    @property
    def counts(self) -> bool:
        """True where the column holds whole numbers."""
        return self.numbers.kind == "count"

    def means(self, role: str) -> Meaning | None:
        """Return the clear meaning with this role, if the header has one."""
        return next((m for m in self.meanings if m.role == role and m.strength >= _CLEAR * 0.66), None)

    @property
    def role(self) -> str | None:
        """The strongest clear meaning of the header, read in the light of what the column holds."""
        for meaning in self.meanings:
            if meaning.strength < _CLEAR:
                break
            if meaning.role == "turnout":
                return "voted" if self.counts and self.largest > 100 else "percent"
            if self.numbers.kind in ("decimal", "percent") and meaning.role not in ("longitude", "latitude"):
                return "percent"
            if meaning.role == "percent" and self.counts and self.largest > 100:
                continue
            if meaning.role in (*COUNT_ROLES, "votes") and not self.counts:
                continue  # a voting centre holds no votes
            return meaning.role
        if self.numbers.kind in ("decimal", "percent"):
            return "percent"
        return None

    @cached_property
    def largest(self) -> int:
        """The largest count, 0 where there is none."""
        value = self.numbers.values.max()
        return int(value) if isinstance(value, int) else 0

    @cached_property
    def whole(self) -> NDArray[np.int64]:
        """The counts with missing ones as zero, for sums."""
        return self.numbers.values.fill_null(0).to_numpy().astype(np.int64)

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Where a count is known."""
        return self.numbers.values.is_not_null().to_numpy()

    @cached_property
    def distinct(self) -> int:
        """Number of different texts."""
        return self.cells.n_unique() - bool(self.cells.null_count())

    @cached_property
    def coded(self) -> bool:
        """True where the digits look like codes: zeros in front, or one and the same large width."""
        texts = self.cells.drop_nulls()
        if not self.counts or not len(texts):
            return False
        padded = texts.str.contains(r"^0\d").sum()  # 0.0 is how a zero comes out of other programs
        if padded > 0.02 * len(texts):
            widths = texts.str.len_chars()
            # Zero-padded counts exist too ("069"); codes are padded to one width, and so are such counts.
            return bool(widths.n_unique() == 1) or padded < 0.9 * len(texts)
        return False

    @cached_property
    def in_runs(self) -> bool:
        """True where the column numbers areas: a value stays for rows; it does not return or goes on by 1."""
        values = self.numbers.values.drop_nulls().to_numpy()
        changes = np.flatnonzero(np.diff(values))
        if not len(values) or len(changes) > 0.7 * len(values):
            return False
        once = len(changes) + 1 <= 1.2 * self.distinct
        onward = np.diff(values)[changes] == 1
        restart = values[changes + 1] == values.min()
        return once or bool(values.all() and (onward | restart).mean() > 0.95)

    @cached_property
    def counts_up(self) -> bool:
        """True where the column numbers rows within areas: most values are one more than the one before."""
        return bool(self.counts and len(self.cells) > 2 and (np.diff(self.whole) == 1).mean() > 0.5)

    @cached_property
    def runs_on(self) -> bool:
        """True where the column only numbers the rows: each value one more than the one before.

        Numbering starts at 0 or 1, or somewhere else in the part of a longer file; a few counts that happen
        to rise by one do neither.
        """
        told = self.role in COUNT_ROLES or self.role in ("option", "votes")
        return not told and self.rises

    @cached_property
    def rises(self) -> bool:
        """True where each value is one more than the one before, whatever the header says."""
        if not self.counts or len(self.cells) < 3 or self.numbers.values.null_count():
            return False
        if self.whole[0] > 1 and len(self.cells) < 30:
            return False
        return bool((np.diff(self.whole) == 1).mean() > 0.98)

    def take(self, rows: pl.Series, place: int, name: str) -> Column:
        """Return the column with the given rows, in their order; null where the row is."""
        cells, numbers = self.cells.gather(rows), self.numbers.take(rows)
        return replace(self, place=place, name=name, cells=cells, numbers=numbers)


@dataclass(frozen=True)
class Table:
    """Columns of equal length, with the line and the number of input records behind each row."""

    columns: tuple[Column, ...]
    lines: NDArray[np.int64]
    records: NDArray[np.int64]
    tongues: tuple[str, ...]
    members: list[list[int]] | None = None
    """Rows of the table it was made of behind each row, where several records make a row."""
    labels: frozenset[int] = frozenset()
    """Places of columns whose headers were labels inside the table: names of options, mostly."""

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.lines)

    def keep(self, rows: NDArray[np.bool_]) -> Table:
        """Return the table with only the wanted rows."""
        wanted = pl.Series(rows)
        return replace(
            self,
            columns=tuple(
                replace(c, cells=c.cells.filter(wanted), numbers=c.numbers.keep(wanted)) for c in self.columns
            ),
            lines=self.lines[rows],
            records=self.records[rows],
            members=None if self.members is None else [self.members[i] for i in np.flatnonzero(rows)],
        )


def tabulate(
    layout: Layout,
    cells: pl.DataFrame,
    lines: NDArray[np.int64],
    legend: dict[str, str] | None = None,
    inner: frozenset[int] = frozenset(),
) -> Table:
    """Read every column of a grid's body.

    Parameters
    ----------
    legend
        What coded headers stand for; a header found in it is read by its explanation and printed as that.
    inner
        Places of columns whose headers were labels inside the table.
    """
    legend = legend or {}
    shown = [legend.get(name, name) for name in layout.names]
    labels = [legend.get(label, label) for label in layout.labels]
    tongues = _tongues([*filter(None, labels), *dict.fromkeys(filter(None, layout.groups))])
    numbers = [parse(cells[str(place)]) for place in range(cells.width)]
    points = {n.point for n in numbers} - {None}
    if len(points) == 1:
        # 12.345 beside percentages like 56.7 is no thousand.
        point = points.pop()
        numbers = [
            parse(cells[str(place)], point) if point in n.grouping else n for place, n in enumerate(numbers)
        ]
    columns: list[Column] = []
    taken: set[str] = set()
    for place, (name, label, group) in enumerate(zip(shown, labels, layout.groups, strict=True)):
        told = unused(name or f"column {place + 1}", taken)
        meant = _meant(label, group, tongues)
        columns.append(
            Column(place, told, bool(name), cells[str(place)], numbers[place], meant, label, group)
        )
    return Table(settle_no(tuple(columns)), lines, np.ones(cells.height, np.int64), tongues, None, inner)


def _tongues(headers: list[str]) -> tuple[str, ...]:
    """Say in which languages a table is headed: a second one must name at least two quantities in full."""
    first = vocabulary.tongues(headers)
    rest = [header for header in headers if not meanings(header, first)]
    second = vocabulary.tongues(rest)[0]
    read = [m for header in rest for m in meanings(header, (second,))[:1]]
    return (*first, second) if sum(m.role in COUNT_ROLES and m.strength > 0.8 for m in read) > 1 else first


def unused(name: str, taken: set[str]) -> str:
    """Return a name that no other column has, and remember it."""
    told, number = name, 1
    while told in taken:
        number += 1
        told = f"{name} ({number})"
    taken.add(told)
    return told


def _meant(label: str, group: str, tongues: tuple[str, ...]) -> tuple[Meaning, ...]:
    """Read a label; a heading over it helps only where the label is of words, not the name of an option."""
    # A header in two languages says the same thing twice: the half that is read best tells.
    halves = [half for half in _HALVES.split(label) if sum(map(str.isalpha, half)) > 2]
    read = [m for text in (label, *(halves if len(halves) == 2 else ())) for m in meanings(text, tongues)]
    own = tuple(sorted(read, key=lambda m: -m.strength))
    if not group:
        return own
    wordy = any(
        (reading := vocabulary.read(label, code)).total == 0 or reading.coverage > 0.6 for code in tongues
    )
    # "Yes" under the heading "Valid votes" are the votes for yes.
    answer = any(m.role == "option" and m.strength >= 0.85 and _ANSWERS & set(m.concepts) for m in own[:1])
    both = meanings(f"{group} {label}", tongues) if wordy and not answer else ()
    best: dict[str, Meaning] = {}
    for meaning in (*own, *both):
        if meaning.role not in best or best[meaning.role].strength < meaning.strength:
            best[meaning.role] = meaning
    return tuple(sorted(best.values(), key=lambda meaning: -meaning.strength))


def settle_no(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Read "No" as the answer, not as "number", where another column is the answer "Yes".

    What only numbers the rows is no answer.
    """
    columns = tuple(
        replace(c, meanings=tuple(m for m in c.meanings if m.role != "option"))
        if any(m.role == "option" and "no" in m.concepts for m in c.meanings) and c.rises
        else c
        for c in columns
    )
    if not any("yes" in m.concepts and m.role == "option" for c in columns for m in c.meanings[:1]):
        return columns
    settled = []
    for column in columns:
        answer = next((m for m in column.meanings if m.role == "option" and "no" in m.concepts), None)
        if answer is None and vocabulary.words(column.name) == ("no",):
            answer = Meaning("option", frozenset(), 0.9, "en", ("no",))
        if answer is not None and column.counts and not column.rises:
            settled.append(replace(column, meanings=(replace(answer, strength=0.9),)))
        else:
            settled.append(column)
    return tuple(settled)
