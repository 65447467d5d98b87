"""Make the example of designs: an invented vote with observers sent by lot, a late count and a quick count.

Nothing in it happened. ``python examples/make_designs.py`` makes the files again; the test suite checks that
they come out byte for byte the same.

The fair vote
    600 stations in 20 districts of ten buildings each. Every building has its own turnout and share of Yes,
    its three rooms depart from it a little, each voter is drawn.

What was done
    * At stations without an observer, ballots for Yes were added: a quarter of the voters who stayed away.
    * In rooms that had not reported by midnight, votes were moved: 8 of 100 for No became Yes.
    * The repeated vote, four weeks later, was fair.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

SEED = 20330404
DISTRICTS, BUILDINGS, ROOMS = 20, 10, 3
OBSERVED, SAMPLED, SILENT = 6, 5, 4
"""Stations of a district with an observer; those in the quick count, and how many of all did not report."""
ADDED, MOVED = 0.25, 0.08
HEADER = (
    "District",
    "Building",
    "Station",
    "Registered voters",
    "Ballots cast",
    "Invalid ballots",
    "Yes",
    "No",
)


def main(folder: Path) -> dict[str, int]:
    """Write the files, and return how many votes were added and moved."""
    rng = np.random.default_rng(SEED)
    n = DISTRICTS * BUILDINGS * ROOMS
    building = np.repeat(np.arange(DISTRICTS * BUILDINGS), ROOMS)
    district = building // BUILDINGS
    registered = rng.integers(300, 900, n)
    turnout = rng.normal(0.2, 0.3, DISTRICTS * BUILDINGS)[building] + rng.normal(0, 0.12, n)
    share = rng.normal(0.0, 0.4, DISTRICTS * BUILDINGS)[building] + rng.normal(0, 0.12, n)

    def vote(shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        cast = rng.binomial(registered, 1 / (1 + np.exp(-(turnout + shift))))
        invalid = rng.binomial(cast, 0.015)
        return cast, invalid, rng.binomial(cast - invalid, 1 / (1 + np.exp(-share)))

    cast, invalid, yes = vote(0.0)
    again = vote(-0.1)
    observed = drawn(district, OBSERVED, rng)
    sampled = drawn(district, SAMPLED, rng)
    late = np.flatnonzero(rng.random(n) < 0.15 + 0.25 * (share > 0.2))
    added = np.where(np.isin(np.arange(n), observed), 0, rng.binomial(registered - cast, ADDED))
    cast, yes = cast + added, yes + added
    protocol = yes.copy()
    moved = np.where(np.isin(np.arange(n), late), rng.binomial(cast - invalid - yes, MOVED), 0)
    yes = yes + moved

    def rows(
        places: np.ndarray, cast: np.ndarray, invalid: np.ndarray, yes: np.ndarray
    ) -> list[tuple[object, ...]]:
        return [
            (
                f"District {district[at] + 1}",
                f"Building {building[at] + 1}",
                at + 1,
                *(int(one[at]) for one in (registered, cast, invalid, yes, cast - invalid - yes)),
            )
            for at in places
        ]

    every = np.arange(n)
    write(folder / "stations.csv", rows(every, cast, invalid, yes))
    write(folder / "at-midnight.csv", rows(np.setdiff1d(every, late), cast, invalid, yes))
    write(folder / "repeated.csv", rows(every, *again))
    silent = rng.choice(sampled, SILENT, replace=False)
    write(folder / "quick-count.csv", rows(np.setdiff1d(sampled, silent), cast, invalid, protocol))
    for name, places in (("observed", observed), ("drawn", sampled)):
        (folder / f"{name}.txt").write_text("".join(f"{at + 1}\n" for at in places), "utf-8", newline="")
    return {"added": int(added.sum()), "moved": int(moved.sum())}


def drawn(district: np.ndarray, each: int, rng: np.random.Generator) -> np.ndarray:
    """Draw as many stations in each district."""
    lots = [rng.choice(np.flatnonzero(district == at), each, replace=False) for at in range(DISTRICTS)]
    return np.sort(np.concatenate(lots))


def write(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Write a table with its header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *rows])


if __name__ == "__main__":
    print(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "designs"))
