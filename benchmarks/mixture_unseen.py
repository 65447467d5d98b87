"""Write what the mixture says of simulated votes to which ballots were added, beside the truth.

    python benchmarks/mixture_unseen.py [--votes 20] [--workers 2]

The shipped recipes in which ballots are added are held several times in invented countries of several sizes.
Counted is how often no number is told although ballots were added, and in how many of these votes more
stations were concerned than the upper end of what was told; in the others, how often the interval holds the
truth. The answers of the method quote the table: `src/plebiscope/methods/mixture/unseen.csv`.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from plebiscope.methods.mixture import METHOD
from plebiscope.methods.mixture.unseen import Row
from plebiscope.model.case import Contest
from plebiscope.worlds.recipe import shipped

TABLE = Path(__file__).parents[1] / "src" / "plebiscope" / "methods" / "mixture" / "unseen.csv"
RECIPES = ("stuffing", "mobile-boxes")
STATIONS = (1_000, 3_000, 10_000)


def vote(seed: int, name: str, stations: int) -> tuple[float, bool, float, float]:
    """Hold a vote and ask; returns the true stations, whether a number is told, and both ends."""
    recipe = shipped()[name]
    country = dataclasses.replace(recipe.country, stations=stations, districts=max(8, stations // 50))
    world = dataclasses.replace(recipe, country=country).simulate(seed=seed)
    subject = world.subject(Contest(id="world", name="world"))
    answers = METHOD.measure(subject, METHOD.params(), np.random.default_rng(seed)).measurements
    size = next(one.effect for one in answers if one.option == world.ground.options[0])
    if size is None or size.value is None or size.low is None or size.high is None:
        raise RuntimeError(f"the mixture does not answer about {name} with seed {seed}")
    return float(np.count_nonzero(world.added > 0)), size.value > 0.0, size.low, size.high


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table."""
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("--votes", type=int, default=20)
    said.add_argument("--workers", type=int, default=2)
    given = said.parse_args(arguments)
    rows = []
    with ProcessPoolExecutor(given.workers) as pool:
        for name in RECIPES:
            for stations in STATIONS:
                asked = partial(vote, name=name, stations=stations)
                true, told, low, high = map(np.array, zip(*pool.map(asked, range(given.votes)), strict=True))
                missed = ~told & (true > high)
                held = told & (low <= true) & (true <= high)
                rows.append(
                    Row(name, stations, given.votes, round(float(true.mean())), int((~told).sum()),
                        int(missed.sum()), int(held.sum()))
                )  # fmt: skip
                print(rows[-1])
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in dataclasses.fields(Row))
        writer.writerows(dataclasses.astuple(row) for row in rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
