"""Results files become returns: the one way from bytes to stations, with every record accounted for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from plebiscope.intake import gather, header, sniff
from plebiscope.intake.apart import refuse_namesakes
from plebiscope.intake.draft import Draft, draft
from plebiscope.intake.finish import finish
from plebiscope.intake.gather import Piece, Pile
from plebiscope.intake.grid import Sheet
from plebiscope.intake.join import Half, Joined, alone, join, refuse_rivals
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
    join: tuple[tuple[str, ...], ...] = ()
    """Columns by which several files were joined, each by the names it has in them."""
    said: Mapping = field(default_factory=Mapping)
    """What the user had said about the columns."""


def read(paths: Sequence[Path], contest: str, mapping: Mapping | None = None) -> Reading:
    """Read one contest's results from one file or from several parts of one table.

    Parameters
    ----------
    paths
        Results files: parts of one table with the same columns (one file per region, say), or tables that
        complete one another (turnout in one, votes in another) and are joined.
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
    joined, others, unused = _choose(pieces, mapping, legend | mapping.codes)
    chosen, understood = joined.pile, joined.draft
    returns = _located(chosen, finish, joined, contest)
    if mapping.sheet is None and not mapping.join:
        for pile, other in others:
            gather.refuse_other_vote(chosen, understood, pile, other)
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
        joined.keys,
        mapping,
    )


def _choose(
    pieces: list[Piece], mapping: Mapping, legend: dict[str, str]
) -> tuple[Joined, list[tuple[Pile, Draft]], list[str]]:
    """Choose the pile of sheets that looks most like results; what it lacks may stand in another file."""
    found: list[tuple[Pile, Draft]] = []
    failed: list[tuple[Pile, InputError]] = []
    piles = gather.piles(pieces)
    if mapping.join and len(piles) < 2:
        raise InputError(
            "`join` names columns by which tables belong together, but there is only one table",
            where=piles[0].sheet.name,
            todo="give the other file too, or take `join` out of the mapping",
        )
    for pile in piles:
        try:
            understood = _located(pile, draft, pile.sheet, pile.layout, mapping, legend)
            told = _located(pile, gather.told_apart, pile, understood)
            if told is not None:
                pile, understood = told, draft(told.sheet, told.layout, mapping, legend)
            if not mapping.columns:
                _located(pile, refuse_namesakes, understood.table, understood.keys, understood.understood)
            found.append((pile, understood))
        except InputError as error:
            failed.append((pile, error))
    if len(piles) == 1 and failed:
        raise failed[0][1]
    best = max(found, key=lambda item: item[1].weight, default=None)
    files = {piece.file for piece in pieces}
    if best is None or mapping.join or best[0].files < files:
        halves = _halves(best, found, failed, mapping, legend)
        if len(halves) < 2:
            raise _furthest([error for _, error in failed])
        joined = join(halves, mapping)
    else:
        joined = _with_its_half(best, found, mapping)
    used = {
        id(piece)
        for pile in (joined.pile, *(partner.half.pile for partner in joined.partners))
        for piece in pile.pieces
    }
    others = [(pile, other) for pile, other in found if id(pile.pieces[0]) not in used]
    unused = [name for pile in piles if id(pile.pieces[0]) not in used for name in pile.names]
    return joined, others, unused


def _halves(
    best: tuple[Pile, Draft] | None,
    found: list[tuple[Pile, Draft]],
    failed: list[tuple[Pile, InputError]],
    mapping: Mapping,
    legend: dict[str, str],
) -> list[Half]:
    """Choose a sheet of each file that the best one lacks, or all sheets that have the columns of ``join``.

    Raises
    ------
    InputError
        If two of them hold votes, or a file holds no table.
    """
    halves: list[Half] = []
    for pile, own in [*found, *((pile, None) for pile, _ in failed)]:
        if own is not None and not mapping.columns and not mapping.options:
            halves.append(Half(pile, own))
            continue
        try:
            halves.append(_located(pile, alone, pile, mapping, legend))
        except InputError as error:
            failed = [*failed, (pile, error)]
    halves.sort(key=lambda half: half.rank)
    if mapping.join:
        named = [half for half in halves if half.has(mapping.join)]
        return named if len(named) > 1 else halves
    chosen = [half for half in halves if best is not None and half.pile is best[0]] or halves[:1]
    for half in halves:
        if half.pile.files <= set().union(*(other.pile.files for other in chosen)):
            continue
        if not mapping.options:
            refuse_rivals([*chosen, half])
        chosen.append(half)
    missing = {piece.file for pile, _ in failed for piece in pile.pieces}.difference(
        *(half.pile.files for half in chosen)
    )
    if missing:
        raise _furthest([error for pile, error in failed if pile.files & missing])
    return chosen


def _with_its_half(best: tuple[Pile, Draft], found: list[tuple[Pile, Draft]], mapping: Mapping) -> Joined:
    """Join the two sheets of one file of which one holds the votes and the other the voters, if they fit."""
    own = Half(*best)
    for other in found:
        half = Half(*other)
        votes = [bool(each.draft.understood.options) for each in (own, half)]
        if half.pile is own.pile or all(votes) or not any(votes) or mapping.columns or mapping.options:
            continue
        try:
            return join([own, half], mapping)
        except InputError:
            continue
    return Joined(*best)


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
