"""How often the intervals of the mixture hold the truth, on votes drawn from the mixture itself.

    python benchmarks/mixture_coverage.py [--tables 200] [--first 20000] [--workers 2] [--only POINT ...]

At several points of the law: as many tables each, in 40 districts. Printed are the bias of each total, the
share of tables whose 95 % interval holds the truth, on which side it lies where it does not, and how often a
table is called otherwise than natural; at the point *none* nothing was added. `docs/calibration.md` says what
came out.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from plebiscope.kernels.class_draw import draw
from plebiscope.kernels.class_fit import fit_both
from plebiscope.kernels.class_law import Grid, Parameters
from plebiscope.kernels.class_totals import totals
from plebiscope.methods.mixture import Params

NAMES = ("stations, some", "stations, most", "stations", "votes added", "votes moved", "votes")
NATURAL = (np.log(0.3), 0.2, np.log(0.3))
POINTS = {
    "moderate": (1_200, (-1.5, -3.0, 0.0, -0.5)),
    "many": (1_200, (-0.7, -2.0, 0.0, -0.5)),
    "many, low rates": (1_200, (-0.7, -2.0, -1.0, -1.5)),
    "few": (800, (-2.5, -4.5, 0.0, -0.5)),
    "few, more stations": (4_000, (-2.5, -4.5, 0.0, -0.5)),
    "none": (1_200, ()),
}
"""Stations, and what stands behind the natural law: sizes of both classes as parts of the natural one, and
mean rates of adding and moving in the class *some*, all as logits."""
DISTRICTS = 40


def table(
    seed: int, *, stations: int, further: tuple[float, ...]
) -> tuple[float, list[float], list[float], list[float], list[float]]:
    """Draw one table and estimate; returns the log Bayes factor, the truth, estimates and both ends."""
    rng, params = np.random.default_rng(seed), Params()
    grid = Grid(params.least, params.most)
    registered = rng.integers(150, 2500, stations)
    district = np.sort(np.arange(stations) % DISTRICTS)
    middle, spread = np.array([0.2, 0.1]), np.array([0.3, 0.4])
    centres = middle + spread * rng.standard_normal((DISTRICTS, 2))
    values = np.array([*NATURAL, *further])
    law = Parameters(values, centres, middle, spread)
    drawn, truth = draw(rng, registered, district, law, grid)
    (_, before), (fit, after) = fit_both(
        drawn, grid, most=params.parts, rounds=params.rounds, close=params.close
    )
    found = totals(drawn, fit, drawn, fit, grid)
    low, high = found.interval(params.level)
    sums = truth.sum(axis=0)
    classes = stations * law.classes[1:]  # of the law; votes are those of this table
    true = [*classes, classes.sum(), sums[2], sums[3], sums[2] + sums[3]]
    return after - before, true, found.value.tolist(), low.tolist(), high.tolist()


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("--tables", type=int, default=200)
    said.add_argument("--first", type=int, default=20_000, help="seed of the first table")
    said.add_argument("--workers", type=int, default=2)
    said.add_argument("--only", nargs="+", choices=list(POINTS), default=list(POINTS))
    return said


def main() -> None:
    given = parser().parse_args()
    limit = Params().limit
    with ProcessPoolExecutor(given.workers) as pool:
        for point in given.only:
            stations, further = POINTS[point]
            asked = partial(table, stations=stations, further=further)
            made = list(pool.map(asked, range(given.first, given.first + given.tables), chunksize=5))
            factors = np.array([one[0] for one in made])
            print(
                f"{point}: {given.tables} tables of {stations} stations; called otherwise "
                f"{np.count_nonzero(factors > limit)}; log Bayes factor "
                f"{np.quantile(factors, [0, 0.5, 1]).round(1)}",
                flush=True,
            )
            if not further:
                continue
            true, value, low, high = (np.array([one[at] for one in made]) for at in range(1, 5))
            for at, name in enumerate(NAMES):
                bias = value[:, at].mean() / true[:, at].mean() - 1.0
                error = value[:, at].std() / np.sqrt(given.tables) / true[:, at].mean()
                above, below = np.mean(high[:, at] < true[:, at]), np.mean(true[:, at] < low[:, at])
                print(
                    f"{name:16} bias {100 * bias:+.1f} +- {100 * error:.1f} %  interval holds "
                    f"{100 * (1.0 - above - below):.1f} %, lies below {100 * above:.1f}, above "
                    f"{100 * below:.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
