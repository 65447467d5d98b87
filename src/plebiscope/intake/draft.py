"""One table on its way to becoming returns: from its grid of text to what its columns and rows are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake import apart, blocks, header, keys, long, several, unread, ways, widen
from plebiscope.intake.columns import Table, tabulate
from plebiscope.intake.fill import carry_down
from plebiscope.intake.grid import Sheet
from plebiscope.intake.mapping import Mapping, find, knows, place
from plebiscope.intake.numbers import looks_numeric
from plebiscope.intake.quantities import weigh
from plebiscope.intake.understanding import Understanding, Use, names
from plebiscope.model.errors import InputError
from plebiscope.model.returns import QUANTITIES

MAPPING = (
    "say which columns are which in a mapping file (`plebiscope read --help`) and pass it with --mapping"
)


@dataclass
class Draft:
    """A table that was understood.

    Attributes
    ----------
    positions
        Row of the sheet behind each row of the table, or behind each row that the table was made of where
        several records make a row.
    quarantine
        Rows of the sheet that cannot be used, with the reason.
    others
        Number of rows of the sheet that are of other votes than the one that the user has named.
    base
        Place in the sheet of each of the table's first columns.
    spent
        What became of columns of the sheet on the way to the table, by their place in the sheet.
    """

    sheet: Sheet
    layout: header.Layout
    table: Table
    keys: keys.Keys
    understood: Understanding
    positions: NDArray[np.int64]
    quarantine: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    others: int = 0
    base: Sequence[int] = ()
    spent: dict[int, Use] = field(default_factory=dict)

    @property
    def weight(self) -> tuple[int, int, int]:
        """How much this looks like results: quantities published and options, sums that hold, rows."""
        published = sum(not choice.derived for choice in self.understood.quantities.values())
        return (
            published + min(len(self.understood.options), 2),
            len(self.understood.checks),
            self.table.height,
        )

    def behind(self, row: int) -> list[int]:
        """Return the rows of the sheet that a row of the table was made of."""
        members = self.table.members
        return [int(self.positions[i]) for i in (members[row] if members is not None else [row])]


@dataclass(frozen=True)
class Shaped:
    """A table of one row per station, whatever it came from; what its columns are is not said yet."""

    layout: header.Layout
    table: Table
    positions: NDArray[np.int64]
    quarantine: dict[int, str]
    notes: list[str]
    others: int
    base: Sequence[int]
    spent: dict[int, Use]

    def drafted(self, sheet: Sheet, named: keys.Keys, understood: Understanding) -> Draft:
        """Return it with what its columns are."""
        return Draft(
            sheet, self.layout, self.table, named, understood, self.positions,
            self.quarantine, self.notes, self.others, self.base, self.spent,
        )  # fmt: skip


def draft(sheet: Sheet, layout: header.Layout, mapping: Mapping, legend: dict[str, str]) -> Draft:
    """Understand one table.

    Parameters
    ----------
    legend
        What coded headers and labels stand for.

    Raises
    ------
    InputError
        If it holds no votes, or columns that cannot be told apart.
    """
    shaped = shape(sheet, layout, mapping, legend)
    if not shaped.layout.found and not mapping.columns and not mapping.options:
        raise InputError(
            "no header was found, so nobody can tell which column is which",
            expected="a line of headers above the counts",
            todo='name the columns by place in a mapping file (registered = "#4") and pass it with --mapping',
        )
    return shaped.drafted(sheet, *understand(shaped.table, mapping))


def shape(sheet: Sheet, layout: header.Layout, mapping: Mapping, legend: dict[str, str]) -> Shaped:
    """Bring a table into the shape of one row per station.

    Raises
    ------
    InputError
        If it has no rows, or holds several votes.
    """
    body = layout.body.copy()
    if not body.any():
        raise InputError(
            "there is a header but no row of results below it" if layout.found else "no row of results in it",
            expected="a header and at least one row of counts",
        )
    quarantine = _wrong_width(sheet, body)
    body[list(quarantine)] = False
    meant = body & _meant(sheet, layout, mapping.where, body)
    others = int(np.count_nonzero(body & ~meant))
    body = meant
    positions = np.flatnonzero(body)
    flat = blocks.unroll(layout, sheet.cells.filter(pl.Series(body)))
    table, notes = carry_down(tabulate(flat.layout, flat.cells, sheet.lines[body], legend, flat.inner))
    before = table
    spent = _choosing(table, mapping)
    if mapping.contest is None:
        several.refuse(
            table, [find(table, h).place for h in (*mapping.where, *mapping.columns.get("ignore", ()))]
        )
    # A mapping that was written for a long table names its labels as if they were headers.
    named = bool(mapping.options) and all(knows(table, header) for header in mapping.options.values())
    shape = None if named else long.recognise(table)
    if shape is not None:
        kept = [find(table, header) for header in mapping.extras.values()]
        said = [*mapping.columns.get("station", ()), *mapping.columns.get("areas", ())]
        places = [find(table, header) for header in said]
        wide = widen.widen(table, shape, mapping.contest, legend, kept, places)
        spent = unread.of_long(shape) | spent
        quarantine |= {int(positions[row]): reason for row, reason in wide.unused.items()}
        others += wide.others
        table, notes = wide.table, [*notes, *wide.notes]
    elif mapping.contest is not None:
        wanted = widen.of_contest(table, *mapping.contest)
        others += int(np.count_nonzero(~wanted))
        table, positions = table.keep(wanted), positions[wanted]
    elif not mapping.columns:
        table, folded = ways.fold(table)
        notes = [*notes, *folded]
        gone = {c.place for c in before.columns} - {c.place for c in table.columns}
        spent = {place: Use(("way of voting",), "each station has a row for each") for place in gone} | spent
    left = {c.place for c in table.columns}
    lost = {c.place: unread.reason(c) for c in before.columns if c.place not in left}
    spent = {flat.base[place]: use for place, use in (lost | spent).items() if place < len(flat.base)}
    return Shaped(flat.layout, table, positions, quarantine, notes, others, flat.base, flat.spent | spent)


def _choosing(table: Table, mapping: Mapping) -> dict[int, Use]:
    """Say which columns tell the vote that the user has named, by their place."""
    named = [*mapping.where, *([mapping.contest[0]] if mapping.contest else [])]
    use = Use(("which vote",), "the mapping says which of its values is meant")
    return {find(table, header).place: use for header in named if knows(table, header)}


def _meant(
    sheet: Sheet, layout: header.Layout, where: dict[str, tuple[str, ...]], body: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell the records of the vote that the user has named.

    Raises
    ------
    InputError
        If there is none, naming the values that there are.
    """
    meant = np.ones(sheet.cells.height, dtype=bool)
    for name, values in where.items():
        cells = sheet.cells[str(place(list(enumerate(layout.names)), name))]
        here = cells.is_in(list(values)).fill_null(value=False).to_numpy()
        if not (meant & body & here).any():
            met = cells.filter(pl.Series(meant & body)).drop_nulls().value_counts(sort=True).rows()[:20]
            raise InputError(
                f"no record has {' or '.join(map(repr, values))} in {name!r}",
                expected=", ".join(f"{value!r} ({count:,} records)" for value, count in met),
                todo="copy the value exactly into [where]",
            )
        meant &= here
    return meant


def understand(table: Table, mapping: Mapping) -> tuple[keys.Keys, Understanding]:
    """Say what the columns of a table of one row per station are.

    Raises
    ------
    InputError
        If it holds no votes, or columns that cannot be told apart.
    """
    wanted = {
        name: [find(table, h) for h in headers]
        for name, headers in mapping.columns.items()
        if name in QUANTITIES
    }
    options = {name: find(table, h) for name, h in mapping.options.items()}
    for column in (*(c for group in wanted.values() for c in group), *options.values()):
        if not column.counts:
            raise InputError(
                f"the mapping takes {column.name!r} for counts, but it holds {column.numbers.kind}",
                expected="a column of whole numbers",
            )
    extras = {name: find(table, h) for name, h in mapping.extras.items()}
    ignored = {find(table, h).place for h in mapping.columns.get("ignore", ()) if knows(table, h)}
    unwanted = frozenset(ignored)
    ignored |= {column.place for name, column in extras.items() if name == "reported"}
    parts = [find(table, h) for h in mapping.columns.get("station", ())]
    station = apart.joined(parts) if len(parts) > 1 else next(iter(parts), None)
    areas = tuple(find(table, h) for h in mapping.columns["areas"]) if "areas" in mapping.columns else None
    said = {c.place for c in (*parts, *(areas or ()))}
    kept = {column.place for column in extras.values()}
    understood = weigh(table, ignored | said | kept, wanted, options)
    understood.extras, understood.ignored = extras, unwanted
    _complain(table, understood)
    named = keys.find(table, station, areas, frozenset(understood.used() | ignored))
    return named if said else apart.settle(table, named, understood), understood


def _complain(table: Table, understood: Understanding) -> None:
    """Refuse a table without votes, and say which columns might be meant."""
    if understood.options:
        return
    used = understood.used()
    left = [c for c in table.columns if c.counts and c.headed and c.role is None and c.place not in used]
    if {"registered", "cast"} <= set(understood.quantities) and len([c for c in left if not c.in_runs]) < 2:
        note = "The table gives turnout only: no votes for any option were found in it."
        spoken = [c for c in table.columns if c.counts and c.role == "option" and c.place not in used]
        if spoken:
            note += f" {names(spoken)} may be options, but the figures beside them do not bear that out."
        understood.notes.append(note)
        return
    counting = [c for c in table.columns if c.counts and not c.runs_on]
    percent = [c for c in table.columns if c.role == "percent" and not c.counts]
    if not counting or (len(counting) < 2 and len(percent) > 1):
        raise InputError(
            "no column holds counts of votes" + (", only percentages" if percent else ""),
            expected="at least one column of whole numbers per option",
            todo="pass the table that holds the counts",
        )
    known = ", ".join(f"{c.name!r} ({c.role})" for c in counting if c.role)
    unknown = ", ".join(repr(c.name) for c in counting if not c.role)
    raise InputError(
        "no column could be told to hold votes for an option"
        + (f"; understood: {known}" if known else "")
        + (f"; in question: {unknown}" if unknown else ""),
        expected="a column of votes for each option",
        todo=MAPPING,
    )


def _is_remark(cells: tuple[str | None, ...]) -> bool:
    """Tell a footnote from a record that was cut short: one or two cells of running text."""
    filled = [cell for cell in cells if cell]
    words = sum(len(cell.split()) for cell in filled)
    return len(filled) <= 2 and words >= 4 and not any(looks_numeric(cell) for cell in filled)


def _wrong_width(sheet: Sheet, body: NDArray[np.bool_]) -> dict[int, str]:
    """Find records that were cut short or have cells too many, where that is the exception in the file."""
    if sheet.names is not None or not sheet.format.startswith("text"):
        return {}
    here = np.flatnonzero(body)
    widths = sheet.widths[here]
    usual = int(Counter(widths.tolist()).most_common(1)[0][0])
    few = max(3, 0.05 * len(here))
    found: dict[int, str] = {}
    short, wide = here[widths < usual], here[widths > usual]
    if 0 < len(short) <= few:
        full = sheet.cells[here[widths >= usual].tolist()]
        filled = 1 - full.null_count().to_numpy()[0] / max(1, full.height)
        for row in map(int, short):
            if _is_remark(sheet.cells.row(row)):
                continue
            if (filled[int(sheet.widths[row]) : usual] > 0.9).any():
                found[row] = f"the record ends early ({sheet.widths[row]} of {usual} cells)"
    if 0 < len(wide) <= few:
        extra = sheet.cells[:, usual:]
        for row in map(int, wide):
            if any(cell is not None for cell in extra.row(row)):
                found[row] = f"the record has {sheet.widths[row]} cells where others have {usual}"
    return found
