"""The areas that fail a test of tier A, and which rows of the table lie in them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from plebiscope.dossier.magnitude.records import NAMED, FailingArea
from plebiscope.model.finding import Finding
from plebiscope.model.returns import Returns

Bools = NDArray[np.bool_]


def failing_areas(
    returns: Returns | None, findings: Iterable[Finding]
) -> tuple[tuple[FailingArea, ...], Bools | None]:
    """Name the areas that fail a test of tier A, and tell which rows of the table lie in any of them."""
    methods: dict[str, list[str]] = {}
    for finding in findings:
        area = finding.scope.area
        if finding.tier == "A" and finding.grade in NAMED and area is not None:
            methods.setdefault(area, []).append(finding.method)
    if returns is None:
        return (), None
    bearing = _rows_of(returns, set(methods))
    inside = np.zeros(len(returns), dtype=bool)
    failing = []
    for area, by in sorted(methods.items()):
        rows = bearing[area]
        inside |= rows
        named = tuple(dict.fromkeys(by))
        failing.append(FailingArea(area=area, methods=named, stations=int(np.count_nonzero(rows))))
    return tuple(failing), inside if inside.any() else None


def _rows_of(returns: Returns, wanted: set[str]) -> dict[str, Bools]:
    """Tell which rows each area name means: those that bear it in every column in which it stands."""
    rows = np.arange(len(returns), dtype=np.int64)
    found: dict[str, Bools] = {}
    for column in returns.areas if wanted else ():
        for codes, names in (returns.area_of(column, rows), returns.places(column)):
            for code, name in enumerate(names):
                if name not in wanted:
                    continue
                bearing = np.asarray(codes == code)
                found[name] = found[name] & bearing if name in found else bearing
    return {name: found.get(name, np.zeros(len(returns), dtype=bool)) for name in wanted}
