"""Several sheets and several files: which of them are parts of one table, and which are something else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake.draft import Draft
from plebiscope.intake.grid import Sheet
from plebiscope.intake.header import Layout
from plebiscope.model.errors import InputError

LEGEND = 8
"""Most columns of a sheet that explains coded headers."""
CODE = re.compile(r"^[A-Za-z]{0,4}[_ .-]?\d{1,6}$")
"""A header that is a code: letters and a number."""

_SAME_VOTERS = 0.95
"""Share of rows in which two sheets list the same voters, if they are of the same places."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
"""A year in the name of a sheet or file."""


@dataclass(frozen=True)
class Piece:
    """A sheet with its header, and the file it came from."""

    sheet: Sheet
    layout: Layout
    file: int
    """Number of the file in the order given."""


@dataclass(frozen=True)
class Pile:
    """Pieces with the same headers, laid below one another.

    Attributes
    ----------
    origin
        Number of the piece behind each row of the sheet.
    """

    pieces: tuple[Piece, ...]
    sheet: Sheet
    layout: Layout
    origin: NDArray[np.int64]

    @property
    def files(self) -> set[int]:
        """Numbers of the files that the pieces came from."""
        return {piece.file for piece in self.pieces}

    @property
    def names(self) -> list[str]:
        """Names of the sheets."""
        return [piece.sheet.name for piece in self.pieces]


def piles(pieces: list[Piece]) -> list[Pile]:
    """Lay pieces with the same headers below one another, whatever the order of their columns."""
    alike: dict[tuple[str, ...], list[Piece]] = {}
    for number, piece in enumerate(pieces):
        headers = sorted(piece.layout.names)
        alike.setdefault(tuple(headers) if len(headers) > 1 and any(headers) else (str(number),), []).append(
            piece
        )
    return [_pile(group) for group in alike.values()]


def _pile(pieces: list[Piece]) -> Pile:
    first = pieces[0]
    if len(pieces) == 1:
        return Pile((first,), first.sheet, first.layout, np.zeros(first.sheet.cells.height, np.int64))
    sheets, layouts = [], []
    for piece in pieces:
        order = _order(first.layout.names, piece.layout.names)
        columns = [pl.col(str(place)).alias(str(i)) for i, place in enumerate(order)]
        sheets.append(replace(piece.sheet, cells=piece.sheet.cells.select(columns)))
        layouts.append(piece.layout)
    heights = [sheet.cells.height for sheet in sheets]
    starts = np.concatenate([[0], np.cumsum(heights)[:-1]])
    sheet = replace(
        first.sheet,
        cells=pl.concat([s.cells for s in sheets]),
        lines=np.concatenate([s.lines for s in sheets]),
        widths=np.concatenate([s.widths for s in sheets]),
        broken=tuple(q for s in sheets for q in s.broken),
    )
    layout = replace(
        first.layout,
        body=np.concatenate([part.body for part in layouts]),
        furniture={
            int(start) + row: reason
            for start, part in zip(starts, layouts, strict=True)
            for row, reason in part.furniture.items()
        },
    )
    return Pile(tuple(pieces), sheet, layout, np.repeat(np.arange(len(pieces)), heights))


def _order(wanted: tuple[str, ...], given: tuple[str, ...]) -> list[int]:
    """Return for each wanted header its place among the given ones; equal headers keep their order."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(given):
        places.setdefault(name, []).append(place)
    return [places[name].pop(0) for name in wanted]


def name_of(sheet: Sheet) -> str:
    """Return the bare name of a sheet or of a file in an archive."""
    return sheet.name.rpartition(", sheet ")[2].rpartition(":")[2]


def legend(grids: list[Sheet]) -> dict[str, str]:
    """Find a sheet that explains coded headers: one column holds the codes, another says what they mean."""
    best: dict[str, str] = {}
    if len(grids) < 2:
        return best
    for grid in grids:
        if not (1 < grid.cells.width <= LEGEND and 2 <= grid.cells.height <= 1500):
            continue
        columns = [[cell or "" for cell in grid.cells[name].to_list()] for name in grid.cells.columns]
        for other in grids:
            if other is grid:
                continue
            lines = [{cell for cell in row if cell} for row in other.cells.head(30).rows()]
            coded = [{cell for cell in line if CODE.match(cell) or cell.isupper()} for line in lines]
            for code in columns:
                hits = max((set(code) & line for line in coded), key=len, default=set())
                if len(hits) < 3 or len(hits) < 0.5 * len(set(code) - {""}):
                    continue
                text = max((c for c in columns if c is not code), key=_wordy)
                found = {a: b for a, b in zip(code, text, strict=True) if a in hits and b and a != b}
                best = max(best, found, key=len)
    return best


def _wordy(column: list[str]) -> int:
    return sum(len(cell) for cell in column if not cell.replace(".", "").isdigit())


def told_apart(pile: Pile, draft: Draft) -> Pile | None:
    """See whether the names of the sheets are needed to tell stations apart.

    Stations that are numbered from 1 in every sheet are told apart by the sheet they stand on. Where the same
    places come again with the same voters, the sheets are not parts of one vote.

    Returns
    -------
    Pile or None
        The pile with a column that names the sheets; None where it is not needed.

    Raises
    ------
    InputError
        If the sheets hold several votes.
    """
    path = draft.keys.path
    if len(pile.pieces) < 2:
        return None
    _refuse_years(pile)
    if not path:
        return None
    first = [draft.behind(row)[0] for row in range(draft.table.height)]
    key = pl.DataFrame({str(c.place): c.cells for c in path})
    frame = key.with_columns(pl.Series("piece", pile.origin[first]))
    voters = draft.understood.quantities.get("registered")
    if voters is not None:
        frame = frame.with_columns(pl.Series("voters", voters.values()))
    pieces = frame.group_by(key.columns).agg(pl.col("piece").n_unique()).get_column("piece")
    if (pieces > 1).sum() < 0.2 * len(pieces):
        return None
    same = [*key.columns, *(["voters"] if voters is not None else [])]
    again = frame.group_by(same).agg(pl.col("piece").n_unique()).get_column("piece")
    if (voters is not None or draft.keys.areas) and (again > 1).sum() > 0.5 * len(again):
        raise InputError(
            "the same places come again with other votes: these are several votes, not parts of one",
            where=" and ".join(pile.names[:3]),
            expected="one vote",
            todo="name one of them as `sheet` in a mapping file, or examine the files one by one",
        )
    return _with_part(pile)


def _refuse_years(pile: Pile) -> None:
    """Ask which vote is meant where sheets are called alike but for a year."""
    names = [name_of(piece.sheet) for piece in pile.pieces]
    years = [_YEAR.findall(name) for name in names]
    if all(len(each) == 1 for each in years) and len({_YEAR.sub("", name) for name in names}) == 1:
        found = sorted({year for each in years for year in each})
        if len(found) > 1:
            raise InputError(
                f"these seem to be votes of several years ({', '.join(found[:12])}), not parts of one",
                where=" and ".join(pile.names[:3]),
                expected="one vote",
                todo="name one of them as `sheet` in a mapping file, or examine the files one by one",
            )


def _with_part(pile: Pile) -> Pile:
    header = "sheet (area)" if pile.sheet.format in ("workbook", "R data", "web page") else "part (area)"
    names = [name_of(piece.sheet) for piece in pile.pieces]
    cells = pile.sheet.cells
    part = pl.Series(str(cells.width), names).gather(pl.Series(pile.origin))
    layout = replace(
        pile.layout,
        names=(*pile.layout.names, header),
        groups=(*pile.layout.groups, ""),
        labels=(*pile.layout.labels, header),
    )
    return replace(pile, sheet=replace(pile.sheet, cells=cells.with_columns(part)), layout=layout)


def refuse_other_vote(chosen: Pile, mine: Draft, pile: Pile, other: Draft) -> None:
    """Ask which vote is meant where another sheet holds other options for the same voters at as many places.

    Raises
    ------
    InputError
        Naming both sheets.
    """
    ours, theirs = mine.understood, other.understood
    if not (ours.options and theirs.options) or ours.options.keys() & theirs.options.keys():
        return
    voters = [u.quantities.get("registered") for u in (ours, theirs)]
    if voters[0] is None or voters[1] is None or mine.table.height != other.table.height:
        return
    here, there = (np.sort(choice.values()) for choice in voters if choice is not None)
    if (here == there).mean() > _SAME_VOTERS and len({*here.tolist()}) > 1:
        raise refuse_different(chosen, mine, other, pile)


def refuse_different(chosen: Pile, mine: Draft, other: Draft, sheet: Pile | None = None) -> InputError:
    """Say why files given together, or a ``sheet`` beside another, are not one vote."""
    ours, theirs = sorted(mine.understood.options), sorted(other.understood.options)
    if sheet is not None:
        return InputError(
            "these sheets hold different votes of the same voters",
            where=f"{chosen.sheet.name} and {sheet.sheet.name}",
            expected=f"one vote; the first has {', '.join(map(repr, ours[:6]))}, "
            f"the other {', '.join(map(repr, theirs[:6]))}",
            todo="name one of them as `sheet` in a mapping file",
        )
    return InputError(
        "these files hold different votes",
        where=f"{chosen.sheet.name} and {other.sheet.name}",
        expected=f"parts of one table with the same columns; the first has {', '.join(map(repr, ours[:6]))}, "
        f"the other {', '.join(map(repr, theirs[:6]))}",
        todo="examine them one by one, or write a case file with one [[contest]] each (`plebiscope new "
        'DIR`); if both are of one vote, name the columns that both have: join = ["..."] in a mapping file',
    )
