"""Who notices each mechanism first, and from which share of the stations on."""

from __future__ import annotations

from dataclasses import dataclass

from plebiscope.dossier.sight.tried import too_few
from plebiscope.dossier.sight.versions import VERSIONS, by_version, harder_of, seen_in_both
from plebiscope.model.power import Cell, Matrix


@dataclass(frozen=True, slots=True)
class Line:
    """What can be noticed of one mechanism.

    Attributes
    ----------
    mechanism, title
        Its id, and what it is called.
    method, judged
        Who notices it first, by title, and whether what that method finds is judged; null where nobody does.
    cells
        What that method sees, by version.
    until
        Share of the stations from which on no such method notices it any more, whatever fair is; null where
        one does up to the whole.
    control
        Whether it is an honest mishap, so that noticing it is a false alarm.
    spared
        Whether that method is asked about votes in which what is done spares the stations of its design.
    """

    mechanism: str
    title: str
    method: str | None
    judged: bool
    cells: dict[str, Cell]
    until: float | None
    control: bool
    spared: bool

    @property
    def harder(self) -> Cell | None:
        """The version in which more of it is needed; null where no share of stations is seen in both."""
        return harder_of(self.cells)


def lines(matrix: Matrix) -> list[Line]:
    """Return what can be noticed of each mechanism, in their order; too few worlds tell nothing."""
    return [] if too_few(matrix) else [_line(matrix, mechanism) for mechanism in matrix.mechanisms]


def _line(matrix: Matrix, mechanism: str) -> Line:
    best: tuple[tuple[bool, bool, float], str] | None = None
    by_method = {name: by_version(matrix, name, mechanism) for name in matrix.methods}
    for name, cells in by_method.items():
        doses = [cell.dose for cell in cells.values() if cell.dose is not None]
        if doses:
            rank = (matrix.tiers.get(name) == "D", seen_in_both(cells) is None, max(doses))
            best = min(best, (rank, name), key=lambda one: one[0]) if best else (rank, name)
    judged = best is not None and not best[0][0]
    alike = [cells for name, cells in by_method.items() if (matrix.tiers.get(name) != "D") == judged]
    return Line(
        mechanism=mechanism,
        title=matrix.titles.get(mechanism, mechanism),
        method=matrix.titles.get(best[1], best[1]) if best else None,
        judged=judged,
        cells=by_method[best[1]] if best else {},
        until=_until([span for cells in alike if (span := seen_in_both(cells)) is not None]),
        control=matrix.kinds.get(mechanism) == "control",
        spared=best is not None and any(matrix.open_part(best[1], mechanism, one) < 1.0 for one in VERSIONS),
    )


def _until(spans: list[tuple[float, float | None]]) -> float | None:
    """Return where sight is lost for good after the smallest dose, going on from method to method."""
    end: float | None = 0.0
    for at, (dose, lost) in enumerate(sorted(spans, key=lambda span: span[0])):
        if end is None or (at and dose > end):
            break
        end = None if lost is None else max(end, lost)
    return end or None
