"""What one method sees of one mechanism in both versions of a fair vote, in shares of all stations."""

from __future__ import annotations

from collections.abc import Mapping

from plebiscope.model.power import Cell, Matrix

VERSIONS = ("tight", "loose")


def by_version(matrix: Matrix, method: str, mechanism: str) -> dict[str, Cell]:
    """Return what a method sees of a mechanism in each version, in shares of all stations."""
    found = ((version, matrix.cell(method, mechanism, version)) for version in VERSIONS)
    return {version: of_all(cell) for version, cell in found if cell is not None}


def of_all(cell: Cell) -> Cell:
    """Tell a cell in shares of all stations, where some were spared."""
    if cell.open_part == 1.0:
        return cell
    shares = {name: getattr(cell, name) for name in ("dose", "low", "high", "lost")}
    scaled = {name: None if value is None else cell.open_part * value for name, value in shares.items()}
    return cell.model_copy(update={**scaled, "open_part": 1.0})


def harder_of(cells: Mapping[str, Cell]) -> Cell | None:
    """Return the version in which more of it is needed; null where it is not seen in both."""
    if seen_in_both(cells) is None:
        return None
    return max(cells.values(), key=lambda cell: cell.dose or 0.0)


def seen_in_both(cells: Mapping[str, Cell]) -> tuple[float, float | None] | None:
    """Return from and up to which share of stations a method sees a mechanism in both versions."""
    doses = [cell.dose for cell in cells.values() if cell.dose is not None]
    if len(doses) < len(VERSIONS):
        return None
    lost = min((cell.lost for cell in cells.values() if cell.lost is not None), default=None)
    return None if lost is not None and lost <= max(doses) else (max(doses), lost)
