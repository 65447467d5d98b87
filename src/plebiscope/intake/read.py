"""Results files become returns: the one way from bytes to stations, with every record accounted for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from plebiscope.intake import gather, header, sniff
from plebiscope.intake.apart import refuse_namesakes
from plebiscope.intake.draft import Draft, draft
from plebiscope.intake.finish import finish
from plebiscope.intake.gather import Piece, Pile
from plebiscope.intake.grid import Sheet
from plebiscope.intake.mapping import Mapping
from plebiscope.intake.sheets import sheets
from plebiscope.intake.turn import upright
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

R = TypeVar("R")


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
    """Name of the sheet or file that was used, the first of several."""
    unused: tuple[str, ...]
    """Sheets that hold no votes or other votes, and were left alone."""
    checks: tuple[tuple[str, float], ...]
    """Sums that hold, and the share of rows in which each does."""
    titles: tuple[str, ...]


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
    files: list[FileRead] = []
    pieces: list[Piece] = []
    legend: dict[str, str] = {}
    for number, path in enumerate(paths):
        parts = sniff.parts(path)
        lying = [grid for part in parts for grid in sheets(part)]
        explained = gather.legend(lying)
        grids = [grid if explained and grid.cells.width <= gather.LEGEND else upright(grid) for grid in lying]
        files.append(_file(path, grids, parts))
        legend |= explained
        if mapping.sheet is not None:
            grids = _named(grids, mapping.sheet, path)
        pieces.extend(Piece(grid, header.find(grid, mapping.header), number) for grid in grids)
    chosen, understood, others, unused = _choose(pieces, len(paths), mapping, legend | mapping.codes)
    returns = _located(chosen, finish, understood, chosen, contest)
    rivals = [
        name
        for pile, other in others
        if other.understood.checks
        for name in map(gather.name_of, (p.sheet for p in pile.pieces))
    ]
    if rivals:
        shown = ", ".join(map(repr, rivals[:3])) + (" ..." if len(rivals) > 3 else "")
        note = f"Other sheets hold counts too ({shown}); a mapping file can name one of them."
        returns = replace(returns, notes=(*returns.notes, note))
    return Reading(
        returns,
        tuple(files),
        chosen.sheet.name,
        tuple(unused),
        tuple(understood.understood.checks),
        chosen.layout.titles,
    )


def _choose(
    pieces: list[Piece], files: int, mapping: Mapping, legend: dict[str, str]
) -> tuple[Pile, Draft, list[tuple[Pile, Draft]], list[str]]:
    """Choose the pile of sheets that looks most like results; it must have a part in every file."""
    found: list[tuple[Pile, Draft]] = []
    failures: list[InputError] = []
    unused: list[str] = []
    for pile in gather.piles(pieces):
        try:
            understood = _located(pile, draft, pile.sheet, pile.layout, mapping, legend)
            told = _located(pile, gather.told_apart, pile, understood)
            if told is not None:
                pile, understood = told, draft(told.sheet, told.layout, mapping, legend)
            if not mapping.columns:
                _located(pile, refuse_namesakes, understood.table, understood.keys, understood.understood)
            found.append((pile, understood))
        except InputError as error:
            failures.append(error)
            unused.extend(pile.names)
    if not found:
        raise _furthest(failures)
    best, understood = max(found, key=lambda item: item[1].weight)
    others = [(pile, other) for pile, other in found if pile is not best]
    for pile, other in others:
        if not pile.files <= best.files:
            raise gather.refuse_different(best, understood, other)
        unused.extend(pile.names)
    if len(best.files) < files:
        raise _furthest(failures)
    return best, understood, others, unused


def _located(pile: Pile, step: Callable[..., R], *args: object) -> R:
    """Take a step with a pile; an error met there says where, if it does not say so itself."""
    try:
        return step(*args)
    except InputError as error:
        where = error.where or pile.sheet.name
        raise InputError(error.met, where=where, expected=error.expected, todo=error.todo) from None


def _furthest(failures: list[InputError]) -> InputError:
    """Of several sheets without votes, speak of the one that came furthest."""
    telling = [f for f in failures if "votes" in f.met] or [f for f in failures if "column" in f.met]
    return (telling or failures)[0]


def _file(path: Path, grids: list[Sheet], parts: list[sniff.Part]) -> FileRead:
    data = path.read_bytes()
    container = next((part.container for part in parts if part.container), "")
    kind = grids[0].format if grids else ""
    return FileRead(
        path,
        hashlib.sha256(data).hexdigest(),
        len(data),
        f"{kind} in {container}" if container else kind,
        grids[0].encoding if grids else "",
    )


def _named(grids: list[Sheet], wanted: str, path: Path) -> list[Sheet]:
    chosen = [grid for grid in grids if wanted in (grid.name, gather.name_of(grid))]
    if not chosen:
        raise InputError(
            f"there is no sheet {wanted!r}",
            where=path.name,
            expected=", ".join(repr(gather.name_of(grid)) for grid in grids[:30]),
        )
    return chosen
