"""Methods against mechanisms, drawn."""

from __future__ import annotations

from plebiscope.calibrate.curve import POWER
from plebiscope.dossier.numbers import number
from plebiscope.dossier.sight.doses import dose
from plebiscope.dossier.sight.lines import lines
from plebiscope.dossier.sight.tried import too_few, votes_of
from plebiscope.dossier.sight.versions import VERSIONS, of_all
from plebiscope.dossier.text import lowered, plain
from plebiscope.evidence import chart
from plebiscope.model.figure import Figure
from plebiscope.model.power import Cell, Matrix
from plebiscope.model.wording import capital, listed, per_cent

PLACE = "power"
"""Stands for a finding: to it belongs the picture."""
MEANING = {
    "tight": "Tight: fair votes as alike as the middle half of the table",
    "loose": "Loose: fair votes that scatter as four fifths of the table do",
}
CELL = 42
"""Width of a cell of the picture, in pixels."""
_SHORT = 60


def figure(matrix: Matrix) -> Figure | None:
    """Draw methods against mechanisms, one panel for each version; null where there is nothing to draw."""
    if not matrix.cells or too_few(matrix):
        return None
    cells = [of_all(cell) for cell in matrix.cells]
    rows = [
        {
            "version": cell.version,
            "mechanism": _row(matrix, cell.mechanism),
            "method": _column(cell.method),
            "dose": None if cell.dose is None else round(100.0 * cell.dose, 3),
            "shown": _cell_text(cell),
        }
        for cell in cells
    ]
    least = 100.0 * min((cell.dose for cell in cells if cell.dose is not None), default=0.1)
    x = chart.category("method", labelAngle=-50, labelLimit=220, labelOverlap=False, orient="top")
    y = chart.category("mechanism", labelLimit=330, labelOverlap=False)
    # Where nothing is seen in a panel, its order would else be another.
    x["sort"] = [_column(name) for name in matrix.methods]
    y["sort"] = [_row(matrix, name) for name in matrix.mechanisms]
    shade = {
        "field": "dose",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [min(least, 10.0), 100.0], "range": [0.45, 0.08]},
        "legend": None,
    }
    panels = []
    for version in VERSIONS:
        only = {"field": "version", "equal": version}
        seen = {"and": [only, "isValid(datum.dose)"]}
        layers = [
            chart.layer("rect", "observed", {"x": x, "y": y, "fillOpacity": shade}, where=seen),
            chart.label("shown", "expected", {"x": x, "y": y}),
        ]
        layers[-1]["transform"] = [{"filter": only}]
        panels.append(
            chart.plot(
                layers,
                width=CELL * len(matrix.methods),
                height=22 * len(matrix.mechanisms),
                title=MEANING[version],
            )
        )
    found = lines(matrix)
    noticed = sum(line.harder is not None for line in found)
    told = "; ".join(
        f"{line.title}: {dose(line.cells.get('tight'))} if tight, {dose(line.cells.get('loose'))} if loose"
        + (f" ({lowered(plain(line.method, 100))})" if line.method else "")
        for line in found
    )
    raised = list(
        dict.fromkeys(
            matrix.titles.get(one.method, one.method)
            for one in matrix.thresholds
            if one.kind == "p" and not one.own
        )
    )
    beyond = (
        f" More than their own level is asked of {listed(map(lowered, raised))}, because more than one in "
        f"twenty fair votes of a version exceeded it."
        if raised
        else ""
    )
    return Figure(
        id=f"{PLACE}/matrix",
        finding=PLACE,
        title=f"{noticed} of {len(found)} mechanisms would be noticed, each from a share of the stations on",
        caption=f"Smallest share of the stations, in per cent, at which a method (column) notices a "
        f"mechanism (row) in {per_cent(100 * POWER, '.0f')} of {votes_of(matrix)}, in "
        f"two versions of what fair looks like. Darker is less; a dot means not noticed at "
        f"any share, a star no longer noticed where it is done in many more. A method counts as alarmed "
        f"above what one in twenty fair votes exceeds.{beyond}",
        alt=f"Two tables of shares of stations, mechanisms by methods. First to notice: {told}.",
        vega_lite=chart.panels(panels, rows),
    )


def _row(matrix: Matrix, mechanism: str) -> str:
    return capital(plain(matrix.titles.get(mechanism, mechanism), _SHORT))


def _column(method: str) -> str:
    return capital(plain(method, _SHORT).replace("-", " "))


def _cell_text(cell: Cell) -> str:
    if cell.dose is None:
        return "·"
    if cell.whole:
        return "seen"
    value = number(float(f"{100.0 * cell.dose:.2g}"))
    return f"≤{value}" if cell.at_most else f"{value}*" if cell.lost is not None else value
