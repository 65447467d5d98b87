"""Results files become returns: the one way from bytes to stations, with every record accounted for."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from plebiscope.intake import header, keys, long, rows, sniff
from plebiscope.intake.columns import Table, tabulate
from plebiscope.intake.mapping import Mapping
from plebiscope.intake.quantities import weigh
from plebiscope.intake.sheets import Sheet, sheets
from plebiscope.intake.understanding import Choice, Understanding
from plebiscope.model.errors import InputError
from plebiscope.model.returns import QUANTITIES, Accounting, Origin, Quarantined, Returns

_RESERVED = {"station", "mark", "line", "contest", "score", "reasons", *QUANTITIES}
_CODE = re.compile(r"^[A-Za-z]{0,4}[_ .-]?\d{1,6}$")
_MAPPING = "write down which columns are which in a mapping file (see `plebiscope read --help`) and pass it with --mapping"


@dataclass(frozen=True)
class FileRead:
    """A file as it was met."""

    path: Path
    sha256: str
    bytes: int
    format: str
    encoding: str


@dataclass(frozen=True)
class Reading:
    """Returns, and how the files they come from were understood."""

    returns: Returns
    files: tuple[FileRead, ...]
    sheet: str
    """Name of the sheet or file that was used."""
    unused: tuple[str, ...]
    """Sheets that hold no votes or other votes, and were left alone."""
    checks: tuple[tuple[str, float], ...]
    """Identities tried, and the share of rows in which each holds."""
    titles: tuple[str, ...]


@dataclass
class _Draft:
    """One sheet on its way to becoming returns."""

    sheet: Sheet
    layout: header.Layout
    table: Table
    keys: keys.Keys
    understood: Understanding
    quarantine: dict[int, str] = field(default_factory=dict)
    """Rows of the sheet that cannot be used, by position."""
    members: list[list[int]] | None = None
    """Lines behind each row of the table, where several records make a row."""
    widened: bool = False

    @property
    def weight(self) -> tuple[int, int, int]:
        """How much this looks like results: quantities published, options, rows."""
        published = sum(not choice.derived for choice in self.understood.quantities.values())
        return (
            published + min(len(self.understood.options), 2),
            len(self.understood.checks),
            self.table.height,
        )


def read(paths: Sequence[Path], contest: str, mapping: Mapping | None = None) -> Reading:
    """Read one contest's results from one file or from several parts of one table.

    Parameters
    ----------
    paths
        Results files; several must have the same columns (one file per region, say).
    contest
        Id of the contest, kept in the returns.
    mapping
        What the user has said about the columns.

    Raises
    ------
    InputError
        If no votes are found, if the files hold different votes, or if columns cannot be told apart.
    """
    mapping = mapping or Mapping()
    drafts: list[_Draft] = []
    files: list[FileRead] = []
    failures: list[InputError] = []
    unused: list[str] = []
    per_file: list[list[_Draft]] = []
    for path in paths:
        pieces = sniff.parts(path)
        grids = [grid for piece in pieces for grid in sheets(piece)]
        files.append(_file(path, grids, pieces))
        if mapping.sheet is not None:
            grids = _named(grids, mapping.sheet, path)
        legend = {**_legend(grids), **mapping.codes}
        found: list[_Draft] = []
        for grid in grids:
            try:
                found.append(_draft(grid, mapping, legend))
            except InputError as error:
                failures.append(_located(error, grid.name))
                unused.append(grid.name)
        per_file.append(found)
    for found in per_file:
        if not found:
            raise _best_failure(failures)
        alike, others = _pick(found)
        drafts.extend(alike)
        unused.extend(draft.sheet.name for draft in others)
    _same_vote(drafts)
    parts = [_finish(draft, contest, mapping) for draft in drafts]
    returns = _union(parts, drafts, contest) if len(parts) > 1 else parts[0]
    notes = list(returns.notes)
    rivals = [
        d.sheet.name for found in per_file for d in found if d.sheet.name in unused and d.understood.checks
    ]
    if rivals:
        notes.append(
            f"{drafts[0].sheet.name!r} was used; {', '.join(map(repr, rivals[:5]))} may hold votes as well and can be "
            "named as `sheet` in a mapping file."
        )
    returns = replace(returns, notes=tuple(dict.fromkeys(notes)))
    first = drafts[0]
    return Reading(
        returns,
        tuple(files),
        first.sheet.name,
        tuple(unused),
        tuple(first.understood.checks),
        first.layout.titles,
    )


def _file(path: Path, grids: list[Sheet], pieces: list[sniff.Part]) -> FileRead:
    data = path.read_bytes()
    container = next((p.container for p in pieces if p.container), "")
    kind = grids[0].format if grids else ""
    return FileRead(
        path,
        hashlib.sha256(data).hexdigest(),
        len(data),
        f"{kind} in {container}" if container else kind,
        grids[0].encoding if grids else "",
    )


def _named(grids: list[Sheet], wanted: str, path: Path) -> list[Sheet]:
    chosen = [g for g in grids if g.name == wanted or g.name.endswith((f", sheet {wanted}", f":{wanted}"))]
    if not chosen:
        raise InputError(
            f"there is no sheet {wanted!r}",
            where=path.name,
            expected=", ".join(repr(g.name.rpartition(", sheet ")[2].rpartition(":")[2]) for g in grids[:30]),
        )
    return chosen


def _located(error: InputError, where: str) -> InputError:
    """Say where an error was met, if it does not say so itself."""
    return InputError(error.met, where=error.where or where, expected=error.expected, todo=error.todo)


def _best_failure(failures: list[InputError]) -> InputError:
    """Of several sheets without votes, speak of the one that came furthest."""
    telling = [f for f in failures if "votes" in f.met or "column" in f.met]
    return (telling or failures)[0]


# ---------------------------------------------------------------------------------------- one sheet


def _draft(sheet: Sheet, mapping: Mapping, legend: dict[str, str]) -> _Draft:
    layout = header.find(sheet, mapping.header)
    body = layout.body.copy()
    where = sheet.name
    if not body.any():
        raise InputError(
            "there is a header but no row of results below it" if layout.found else "no row of results in it",
            where=where,
            expected="a header and at least one row of counts",
        )
    quarantine = _wrong_width(sheet, body)
    for row in quarantine:
        body[row] = False
    layout, cells, inner = long.unroll(layout, sheet.cells.filter(pl.Series(body)))
    table = tabulate(layout, cells, sheet.lines[body], legend, inner)
    positions = np.flatnonzero(body)
    members: list[list[int]] | None = None
    widened = False
    shape = None if mapping.options else long.recognise(table)
    if shape is not None:
        table, lost = long.widen(table, shape, Mapping(contest=mapping.contest, codes=legend))
        quarantine |= {int(positions[row]): reason for row, reason in lost.items()}
        widened = True
        members = table.members
    elif mapping.contest is not None:
        column = mapping.find(table, mapping.contest[0])
        wanted = (column.cells == mapping.contest[1]).fill_null(value=False).to_numpy()
        quarantine |= {int(positions[i]): "belongs to another contest" for i in np.flatnonzero(~wanted)}
        table = table.keep(wanted)
    if not layout.found and not mapping.columns and not mapping.options:
        raise InputError(
            "no header was found, so nobody can tell which column is which",
            where=where,
            expected="a line of headers above the counts",
            todo='name the columns by place in a mapping file (registered = "#4") and pass it with --mapping',
        )
    return _understand(sheet, layout, table, mapping, quarantine, members, widened)


def _understand(
    sheet: Sheet,
    layout: header.Layout,
    table: Table,
    mapping: Mapping,
    quarantine: dict[int, str],
    members: list[list[int]] | None,
    widened: bool,
) -> _Draft:
    wanted = {
        name: [mapping.find(table, h) for h in headers]
        for name, headers in mapping.columns.items()
        if name in QUANTITIES
    }
    options = {name: mapping.find(table, h) for name, h in mapping.options.items()}
    ignored = {mapping.find(table, h).place for h in mapping.columns.get("ignore", ())}
    station = mapping.find(table, mapping.columns["station"][0]) if "station" in mapping.columns else None
    areas = (
        tuple(mapping.find(table, h) for h in mapping.columns["areas"])
        if "areas" in mapping.columns
        else None
    )
    for column in (*(c for group in wanted.values() for c in group), *options.values()):
        if not column.counts:
            raise InputError(
                f"the mapping takes {column.name!r} for counts, but it holds {column.numbers.kind}",
                where=sheet.name,
                expected="a column of whole numbers",
            )
    said = {c.place for c in (station, *(areas or ())) if c is not None}
    understood = weigh(table, ignored | said, wanted, options)
    _complain(sheet, table, understood)
    named = keys.find(table, station, areas, frozenset(understood.used() | ignored))
    return _Draft(sheet, layout, table, named, understood, quarantine, members, widened)


def _complain(sheet: Sheet, table: Table, understood: Understanding) -> None:
    """Refuse a table without votes, and say which columns might be meant."""
    counting = [c for c in table.columns if c.counts and not c.runs_on]
    percent = [c for c in table.columns if c.role == "percent"]
    if understood.options:
        return
    if "registered" in understood.quantities and "cast" in understood.quantities:
        understood.notes.append("The table gives turnout only: no votes for any option were found in it.")
        return
    if not counting:
        raise InputError(
            "no column holds counts of votes" + (", only percentages" if percent else ""),
            where=sheet.name,
            expected="at least one column of whole numbers per option",
            todo="pass the table that holds the counts",
        )
    known = ", ".join(f"{c.name!r} ({c.role})" for c in counting if c.role)
    open_names = ", ".join(repr(c.name) for c in counting if not c.role)
    raise InputError(
        "no column could be told to hold votes for an option"
        + (f"; understood: {known}" if known else "")
        + (f"; in question: {open_names}" if open_names else ""),
        where=sheet.name,
        expected="a column of votes for each option",
        todo=_MAPPING,
    )


def _wrong_width(sheet: Sheet, body: np.ndarray) -> dict[int, str]:
    """Find records that were cut short or have cells too many, where that is the exception in the file."""
    if sheet.names is not None or not sheet.format.startswith("text"):
        return {}
    here = np.flatnonzero(body)
    widths = sheet.widths[here]
    usual = int(Counter(widths.tolist()).most_common(1)[0][0])
    found: dict[int, str] = {}
    short = here[widths < usual]
    if 0 < len(short) <= max(3, 0.05 * len(here)):
        normal = sheet.cells[here[widths >= usual].tolist()] if len(short) < len(here) else sheet.cells
        share = 1 - normal.null_count().to_numpy()[0] / max(1, normal.height)
        for row in short:
            lacking = share[int(sheet.widths[row]) : usual]
            if (lacking > 0.9).any():
                found[int(row)] = f"the record ends early ({int(sheet.widths[row])} of {usual} cells)"
    wide = here[widths > usual]
    if 0 < len(wide) <= max(3, 0.05 * len(here)):
        extra = sheet.cells[:, usual:]
        for row in wide:
            if any(cell is not None for cell in extra.row(int(row))):
                found[int(row)] = f"the record has {int(sheet.widths[row])} cells where others have {usual}"
    return found


# ---------------------------------------------------------------------------------------- several sheets


def _legend(grids: list[Sheet]) -> dict[str, str]:
    """Find a sheet that explains coded headers: one column holds the codes, another says what they mean."""
    best: dict[str, str] = {}
    if len(grids) < 2:
        return best
    for grid in grids:
        if not (1 < grid.cells.width <= 8 and 2 <= grid.cells.height <= 1500):
            continue
        columns = [[cell or "" for cell in grid.cells[name].to_list()] for name in grid.cells.columns]
        for other in grids:
            if other is grid:
                continue
            wanted = {
                cell for row in other.cells.head(30).rows() for cell in row if cell and _CODE.match(cell)
            }
            wanted |= {cell for row in other.cells.head(30).rows() for cell in row if cell and cell.isupper()}
            for code in columns:
                hits = set(code) & wanted - {""}
                if len(hits) < 3 or len(hits) < 0.5 * len(set(code) - {""}):
                    continue
                text = max(
                    (c for c in columns if c is not code),
                    key=lambda c: sum(len(cell) for cell in c if not cell.replace(".", "").isdigit()),
                )
                found = {a: b for a, b in zip(code, text, strict=True) if a in hits and b and a != b}
                if len(found) > len(best):
                    best = found
    return best


def _pick(found: list[_Draft]) -> tuple[list[_Draft], list[_Draft]]:
    """Choose the sheets that are one vote: the weightiest, and all that have the same columns."""
    best = max(found, key=lambda d: d.weight)
    alike = [d for d in found if _columns(d) == _columns(best)]
    return alike, [d for d in found if d not in alike]


def _columns(draft: _Draft) -> frozenset[str]:
    return frozenset(
        [c.name for choice in draft.understood.quantities.values() for c in choice.columns]
        + list(draft.understood.options)
    )


def _same_vote(drafts: list[_Draft]) -> None:
    if len({_columns(d) for d in drafts}) <= 1:
        return
    first = drafts[0]
    other = next(d for d in drafts if _columns(d) != _columns(first))
    common = {c.name for c in first.table.columns} & {c.name for c in other.table.columns}
    mine, yours = set(first.understood.options), set(other.understood.options)
    if not (mine & yours) and (not mine or not yours) and common:
        raise InputError(
            "these two files seem to be two halves of one table: one holds votes, the other does not",
            where=f"{first.sheet.name} and {other.sheet.name}",
            expected="one table with all columns; joining two files is not built yet",
            todo=f"join them on {', '.join(sorted(common))} and pass the result",
        )
    raise InputError(
        "these files hold different votes",
        where=f"{first.sheet.name} and {other.sheet.name}",
        expected="parts of one table with the same columns; the first has "
        + ", ".join(repr(o) for o in sorted(mine)[:6])
        + ", the other "
        + ", ".join(repr(o) for o in sorted(yours)[:6]),
        todo="examine them one by one, or write a case file with one [[contest]] each (`plebiscope new DIR`)",
    )


# ---------------------------------------------------------------------------------------- to returns


def _finish(draft: _Draft, contest: str, mapping: Mapping) -> Returns:
    table, named, understood, sheet = draft.table, draft.keys, draft.understood, draft.sheet
    outcome = rows.sort_out(table, named, understood)
    stations = np.flatnonzero(outcome.station)
    if not len(stations):
        raise InputError(
            "no row could be used as a station",
            where=sheet.name,
            expected="rows of counts; "
            + "; ".join(
                f"{n:,} rows: {reason}" for reason, n in Counter(outcome.quarantine.values()).most_common(3)
            ),
        )
    zeros: np.ndarray | None = None
    if _blank_means_zero(table, understood, outcome.station, draft.widened):
        zeros = np.logical_or.reduce([choice.known() for choice in understood.options.values()])
    data: dict[str, pl.Series] = {}
    origins: dict[str, Origin] = {}
    pick = pl.Series(stations)
    station_cells = named.station.cells if named.station is not None else None
    data["station"] = (
        station_cells.gather(pick).cast(pl.String)
        if station_cells is not None
        else pl.Series([None] * len(stations), dtype=pl.String)
    )
    if named.station is not None:
        origins["station"] = Origin((named.station.name,), named.why.get(named.station.place, ""))
    areas = []
    kept = table.keep(outcome.station)
    by_place = {c.place: c for c in kept.columns}
    for column, series in zip(
        named.areas, keys.labels(tuple(by_place[c.place] for c in named.areas)).values(), strict=True
    ):
        name = _free(column.name, data, "area")
        data[name] = series
        areas.append(name)
        origins[name] = Origin((column.name,), named.why.get(column.place, "it names an area"))
    for name in QUANTITIES:
        choice = understood.quantities.get(name)
        if choice is not None:
            part = name in ("invalid", "valid") and zeros is not None
            data[name] = _series(choice, stations, zeros if part else None)
            origins[name] = _origin(choice)
    options = []
    for name, choice in understood.options.items():
        shown = _free(name, data, "option")
        data[shown] = _series(choice, stations, zeros)
        options.append(shown)
        origins[shown] = _origin(choice)
    extras = []
    for column in kept.columns:
        if column.role in ("longitude", "latitude") and column.role not in data:
            values = column.numbers.decimals
            if values is None and column.counts:
                values = column.numbers.values.cast(pl.Float64)
            if values is not None:
                data[column.role] = values
                extras.append(column.role)
    data["mark"] = pl.Series([outcome.marks[int(i)] for i in stations], dtype=pl.String)
    data["line"] = pl.Series(table.lines[stations])
    accounting = _account(draft, outcome)
    notes = [*understood.notes, *outcome.notes, *_remarks(draft, zeros is not None, options)]
    return Returns(
        contest=contest,
        level=named.level,
        table=pl.DataFrame(data),
        areas=tuple(areas),
        options=tuple(options),
        columns=origins,
        accounting=accounting,
        extras=tuple(extras),
        notes=tuple(notes),
    )


def _free(name: str, taken: dict[str, pl.Series], kind: str) -> str:
    """Return a name that is no canonical one and not taken yet."""
    shown = f"{name} ({kind})" if name in _RESERVED else name
    number = 2
    while shown in taken:
        shown = f"{name} ({kind} {number})"
        number += 1
    return shown


def _origin(choice: Choice) -> Origin:
    return Origin(tuple(c.name for c in choice.columns), choice.why, choice.derived)


def _series(choice: Choice, stations: np.ndarray, zeros: np.ndarray | None) -> pl.Series:
    """Return a quantity for the stations; ``zeros`` says where an empty cell stands for zero."""
    values = choice.values()[stations]
    known = choice.known()[stations]
    if zeros is not None:
        known = known | zeros[stations]
    # A derived quantity below zero shows that its parts contradict each other; it is no count.
    return pl.select(
        pl.when(pl.Series(known & (values >= 0))).then(pl.Series(values)).otherwise(None)
    ).to_series()


def _blank_means_zero(table: Table, understood: Understanding, station: np.ndarray, widened: bool) -> bool:
    """Tell whether an empty cell stands for zero: with zeros the parts add up in the rows that have one."""
    options = list(understood.options.values())
    if not options:
        return False
    invalid = understood.quantities.get("invalid")
    lost = [invalid] if invalid is not None and not invalid.derived else []
    parts = [column for choice in (*options, *lost) for column in choice.columns]
    known = np.stack([column.known for column in parts], axis=1)[station]
    said = np.stack([choice.known() for choice in options], axis=1)[station].any(axis=1)
    partial = ~known.all(axis=1) & said
    if not partial.any():
        return False
    votes = np.sum([choice.values() for choice in options], axis=0)[station]
    for name, more in (("cast", lost), ("valid", [])):
        anchor = understood.quantities.get(name)
        if anchor is None or anchor.derived or (name == "cast" and not lost):
            continue
        sums = votes + sum(choice.values()[station] for choice in more)
        return bool((sums[partial] == anchor.values()[station][partial]).mean() > 0.9)
    return widened


def _account(draft: _Draft, outcome: rows.Sorted) -> Accounting:
    sheet, table, layout = draft.sheet, draft.table, draft.layout
    quarantine = list(sheet.broken)
    for position, reason in sorted(draft.quarantine.items()):
        quarantine.append(Quarantined(int(sheet.lines[position]), reason, _text(sheet, position)))
    place = {int(line): i for i, line in enumerate(sheet.lines)} if outcome.quarantine else {}
    for row, reason in sorted(outcome.quarantine.items()):
        lines = draft.members[row] if draft.members is not None else [int(table.lines[row])]
        quarantine.extend(Quarantined(line, reason, _text(sheet, place[line])) for line in lines)
    return Accounting(
        records=sheet.records,
        used=int(table.records[outcome.station].sum()),
        aggregates=int(table.records[outcome.aggregate].sum()),
        furniture=len(layout.furniture) + int(table.records[outcome.furniture].sum()),
        quarantine=tuple(sorted(quarantine, key=lambda q: q.line)),
        duplicates=outcome.duplicates,
    )


def _text(sheet: Sheet, position: int) -> str:
    return " | ".join(cell or "" for cell in sheet.cells.row(position))[:500]


def _remarks(draft: _Draft, zeros: bool, options: list[str]) -> list[str]:
    notes = []
    if zeros:
        notes.append("Empty cells of options stand for zero: with zeros the parts add up.")
    if draft.sheet.encoding.endswith("(damaged)"):
        notes.append("Some bytes of the file are damaged; letters that could not be read show as \ufffd.")
    codes = [name for name in options if _CODE.match(name)]
    if len(codes) > max(1, 0.6 * len(options)):
        notes.append(
            f"The options are printed as codes ({', '.join(codes[:3])} ...) and no legend was found; name them under "
            "[codes] in a mapping file."
        )
    if draft.keys.level == "area" and not draft.keys.areas:
        notes.append("No column names a station or an area; rows are known by their line only.")
    return notes


def _union(parts: list[Returns], drafts: list[_Draft], contest: str) -> Returns:
    """Lay the parts of one table below one another."""
    first = parts[0]
    frames = []
    areas = list(first.areas)
    if any(part.areas != first.areas for part in parts):
        areas = [name for name in first.areas if all(name in part.areas for part in parts)]
    for part in parts:
        frames.append(
            part.table.select(
                "station",
                *areas,
                *first.quantities,
                *first.options,
                *(e for e in first.extras if e in part.table.columns),
                "mark",
                "line",
            )
        )
    table = pl.concat(frames, how="diagonal")
    path = [*areas, "station"]
    again = int(table.select(path).is_duplicated().sum()) if first.level == "station" else 0
    parts_duplicates = sum(part.accounting.duplicates for part in parts)
    quarantine = tuple(q for part in parts for q in part.accounting.quarantine)
    accounting = Accounting(
        records=sum(p.accounting.records for p in parts),
        used=sum(p.accounting.used for p in parts),
        aggregates=sum(p.accounting.aggregates for p in parts),
        furniture=sum(p.accounting.furniture for p in parts),
        quarantine=quarantine,
        duplicates=max(parts_duplicates, again // 2),
    )
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return Returns(
        contest=contest,
        level=first.level,
        table=table,
        areas=tuple(areas),
        options=first.options,
        columns=first.columns,
        accounting=accounting,
        extras=first.extras,
        notes=notes,
    )
