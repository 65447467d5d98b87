"""Measure how far neighbours differ in clean votes, for methods/neighbours/natural.csv.

    python benchmarks/make_natural.py FOLDER

FOLDER holds the published results that `src/plebiscope/calibrate/reference.toml` names. Of its votes those
are taken that it calls clean and that were published by station. Of each, the smallest areas that put few
stations side by side are measured, and the smallest larger ones; turnout, and the share of the leading
option. Only figures are written: the dispersion (Pearson's X2 over its degrees of freedom, all areas
together) and the intraclass correlation in the middle half of the stations.
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import plebiscope
from plebiscope import study
from plebiscope.evidence.ratio import ratio_columns
from plebiscope.kernels import dispersion, neighbours
from plebiscope.methods.neighbours.sets import Params, choose, is_close
from plebiscope.model.case import Contest
from plebiscope.model.errors import InputError
from plebiscope.model.method import Subject

HOUSE = Path(plebiscope.__file__).parent
NAMES = [
    *("vote", "country", "column", "kind", "stations", "stations_per_area"),
    *("quantity", "option", "dispersion", "correlation"),
]


def main(folder: Path) -> None:
    """Write the table."""
    votes = tomllib.loads((HOUSE / "calibrate" / "reference.toml").read_text("utf-8"))["vote"]
    rows: list[dict[str, Any]] = []
    for vote in votes:
        if vote["standing"] == "clean" and "files" in vote:
            try:
                rows += measured(vote, folder)
            except InputError as error:
                print(f"{vote['id']}: {str(error).splitlines()[0]}", file=sys.stderr)
    with (HOUSE / "methods" / "neighbours" / "natural.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, NAMES, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def measured(vote: dict[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the figures of one vote."""
    files = [folder / file for file in vote["files"]]
    returns = study.read(*files, contest=vote["id"], mapping=vote.get("mapping")).returns
    if returns.level != "station":
        return
    params = Params()
    subject = Subject(Contest(id=vote["id"], name=vote["name"], options=returns.options), returns, ())
    columns, _ = ratio_columns(subject, params.turnout, params.share, returns.leader)
    for one in columns:
        stations = choose(subject, params, one)
        kinds: set[str] = set()
        for column in reversed(returns.areas):
            codes = returns.places(column)[0][stations.rows]
            at = np.flatnonzero(codes >= 0)
            codes = np.unique(codes[at], return_inverse=True)[1].astype(np.int64)
            close = is_close(codes, params)
            kind = "side by side" if close else "area"
            enough = np.bincount(codes)[codes] > (1 if close else params.least_others)
            if kind in kinds or np.count_nonzero(enough) < params.least_stations:
                continue
            kinds.add(kind)
            at, codes = at[enough], np.unique(codes[enough], return_inverse=True)[1].astype(np.int64)
            k, n = stations[one.numerator][at], stations[one.denominator][at]
            areas = int(codes.max()) + 1
            x2, _, _ = dispersion.pearson(k, n, codes, areas)
            yield {
                "vote": vote["id"],
                "country": vote["country"],
                "column": column,
                "kind": kind,
                "stations": len(k),
                "stations_per_area": round(len(k) / areas, 1),
                "quantity": one.quantity,
                "option": one.option or "",
                "dispersion": f"{x2.sum() / (len(k) - areas):.2f}",
                "correlation": f"{neighbours.correlation(k, n, codes, params.middle):.5f}",
            }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
