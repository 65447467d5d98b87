"""How often the intervals of the mixture hold the truth, on votes drawn from the mixture itself.

    python benchmarks/mixture_coverage.py [--tables 200] [--first 20000] [--workers 2] [--only POINT ...]
           [--halved]

At several points of the law: as many tables each, in 40 districts. Printed are the bias of each total, the
share of tables whose 95 % interval holds the truth, on which side it lies where it does not, and how often a
table is called otherwise than natural; at the point *none* nothing was added. With --halved printed is how
far totals move where each cell of the grid of rates is halved. `docs/calibration.md` says what came out.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from plebiscope.kernels import class_law
from plebiscope.kernels.class_draw import draw
from plebiscope.kernels.class_fit import fit_both
from plebiscope.kernels.class_law import Grid, Parameters
from plebiscope.kernels.class_stations import Stations
from plebiscope.kernels.class_totals import Totals, some_districts, spread_out, totals
from plebiscope.methods.mixture import Params

NAMES = ("stations, some", "stations, most", "stations", "votes added", "votes moved", "votes")
NATURAL = (np.log(0.3), 0.2, np.log(0.3))
POINTS = {
    "moderate": (1_200, 40, (-1.5, -3.0, 0.0, -0.5)),
    "many": (1_200, 40, (-0.7, -2.0, 0.0, -0.5)),
    "many, low rates": (1_200, 40, (-0.7, -2.0, -1.0, -1.5)),
    "few": (800, 40, (-2.5, -4.5, 0.0, -0.5)),
    "few, more stations": (4_000, 40, (-2.5, -4.5, 0.0, -0.5)),
    "two kinds of place": (1_200, 40, (-0.5, 0.1, -0.7, 0.6, -0.8, -0.5, -1.5, -3.0, 0.0, -0.5)),
    "none": (1_200, 40, ()),
    "fitted to a part": (12_000, 400, (-1.5, -3.0, 0.0, -0.5)),
}
"""Stations, districts, and what stands behind the first part of the natural law: a second part, if there is
one; then the sizes of both classes as parts of the natural one, and mean rates of adding and moving in the
class *some*, all as logits."""
ENDS = ("_SOME_ADDED", "_SOME_MOVED", "_MOST_ADDED", "_MOST_MOVED")


def drawn(
    seed: int, stations: int, districts: int, further: tuple[float, ...], grid: Grid
) -> tuple[Stations, list[float]]:
    """Draw one table; returns the stations and the true totals."""
    rng = np.random.default_rng(seed)
    registered = rng.integers(150, 2500, stations)
    district = np.sort(np.arange(stations) % districts)
    middle, spread = np.array([0.2, 0.1]), np.array([0.3, 0.4])
    centres = middle + spread * rng.standard_normal((districts, 2))
    law = Parameters.known(np.array([*NATURAL, *further]), centres, middle, spread)
    found, truth = draw(rng, registered, district, law, grid)
    sums = truth.sum(axis=0)
    classes = stations * law.classes[1:]  # of the law; votes are those of this table
    return found, [*classes, classes.sum(), sums[2], sums[3], sums[2] + sums[3]]


def fitted(stations: Stations, grid: Grid) -> tuple[float, Totals]:
    """Fit both accounts; returns the log Bayes factor, and the totals of the one with added ballots."""
    params = Params()
    part, kept = some_districts(stations, params.sample)
    (_, before), (fit, after) = fit_both(
        part, grid, most=params.parts, rounds=params.rounds, close=params.close
    )
    whole = fit if part is stations else spread_out(stations, fit, kept, grid, rounds=2)
    return after - before, totals(part, fit, stations, whole, grid)


def table(
    seed: int, *, stations: int, districts: int, further: tuple[float, ...]
) -> tuple[float, list[float], list[float], list[float], list[float]]:
    """Draw one table and estimate; returns the log Bayes factor, the truth, estimates and both ends."""
    grid = Grid(Params().least, Params().most)
    found, true = drawn(seed, stations, districts, further, grid)
    factor, sums = fitted(found, grid)
    low, high = sums.interval(Params().level)
    return factor, true, sums.value.tolist(), low.tolist(), high.tolist()


def moved(seed: int, *, stations: int, districts: int, further: tuple[float, ...]) -> list[float]:
    """Draw one table and estimate by both grids; returns by which part of the truth each total moves."""
    grid = Grid(Params().least, Params().most)
    found, true = drawn(seed, stations, districts, further, grid)
    fresh = Stations(found.away, found.others, found.votes, found.district)
    old = {name: getattr(class_law, name) for name in ENDS}
    try:
        for name, ends in old.items():
            setattr(class_law, name, np.sort([*ends, *((ends[1:] + ends[:-1]) / 2.0)]))
        fine = fitted(fresh, Grid(Params().least, Params().most))[1].value
    finally:
        for name, ends in old.items():
            setattr(class_law, name, ends)
    part: list[float] = ((fine - fitted(found, grid)[1].value) / true).tolist()
    return part


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("--tables", type=int, default=200)
    said.add_argument("--first", type=int, default=20_000, help="seed of the first table")
    said.add_argument("--workers", type=int, default=2)
    said.add_argument("--only", nargs="+", choices=list(POINTS), default=list(POINTS))
    said.add_argument("--halved", action="store_true", help="how far totals move on a grid twice as fine")
    return said


def main() -> None:
    given = parser().parse_args()
    limit = Params().limit
    with ProcessPoolExecutor(given.workers) as pool:
        for point in given.only:
            stations, districts, further = POINTS[point]
            seeds = range(given.first, given.first + given.tables)
            if given.halved:
                asked_twice = partial(moved, stations=stations, districts=districts, further=further)
                parts = np.array(list(pool.map(asked_twice, seeds)))
                print(
                    f"{point}: {given.tables} tables; per cent by which totals move, mean, root mean square"
                )
                for name, mean, root in zip(
                    NAMES, 100.0 * parts.mean(axis=0), 100.0 * np.sqrt((parts**2).mean(axis=0)), strict=True
                ):
                    print(f"{name:16} {mean:+5.1f} {root:5.1f}", flush=True)
                continue
            asked = partial(table, stations=stations, districts=districts, further=further)
            made = list(pool.map(asked, seeds, chunksize=5))
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
