"""Make ``calibrate/curves.csv``: what tables of several sizes could have shown, on invented clean votes.

For each size a country is invented (districts of some fifty stations, spreads of a clean vote), one fair vote
is drawn in it, and the matrix of power is computed for that table as ``plebiscope power`` would. ``examine``
reads what lies between two sizes off these curves. Nothing in the file is anybody's vote. Every method of the
catalogue is asked, but for those that are declared slow.

    python benchmarks/make_curves.py                      # all sizes: hours on two cores, resumable
    python benchmarks/make_curves.py --sizes 1000,3000    # some sizes; the others stay
    python benchmarks/make_curves.py --methods copies --mechanisms rewritten     # some cells; the others stay

Of a fifth of the stations there are copies of the signed forms; `copies` is told of tables with as many.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from plebiscope import catalogue
from plebiscope.calibrate import curves, kept
from plebiscope.calibrate.power import WORLDS, Wanted, compute
from plebiscope.model.case import Contest
from plebiscope.model.power import Matrix
from plebiscope.powering import executor
from plebiscope.worlds.invented import Country, invent
from plebiscope.worlds.papers import COPIED
from plebiscope.worlds.tamper import MECHANISMS, mechanism

SIZES = (1000, 3000, 10000, 30000)
SEED = 20310915
FILE = Path(__file__).parents[1] / "src" / "plebiscope" / "calibrate" / "curves.csv"


def matrix_of(
    stations: int,
    worlds: int,
    workers: int | None,
    cache: Path,
    methods: Sequence[str],
    mechanisms: Sequence[str],
) -> tuple[Matrix, int]:
    """Compute the matrix of one size, and say how many ballots were cast in its table."""
    fair = invent(
        Country(stations=stations, districts=max(8, stations // 50)), np.random.default_rng([SEED, stations])
    )
    counts = fair.draw(np.random.default_rng([SEED, stations, 1]))
    wanted = Wanted(
        contest=Contest(id="vote", name="an invented vote"),
        returns=fair.ground.table(counts),
        methods=[catalogue.load(name) for name in methods],
        mechanisms=[mechanism(name) for name in mechanisms],
        params={},
        worlds=worlds,
        seed=SEED,
        copied=COPIED,
    )
    told = 0

    def tell(words: str) -> None:
        nonlocal told
        told += 1
        if told % 50 == 0:
            print(f"{stations:,} stations: {words}", file=sys.stderr, flush=True)

    with executor(workers) as who:
        return compute(wanted, executor=who, cache=cache, tell=tell), int(counts.cast.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--methods", default=",".join(catalogue.modules()))
    real = [name for name, one in MECHANISMS.items() if one.kind != "control"]
    parser.add_argument("--mechanisms", default=",".join(real))
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--cache", type=Path, default=kept.folder())
    parser.add_argument("--out", type=Path, default=FILE)
    given = parser.parse_args()
    asked, tried = given.methods.split(","), given.mechanisms.split(",")
    for size in map(int, given.sizes.split(",")):
        matrix, ballots = matrix_of(size, given.worlds, given.workers, given.cache, asked, tried)
        old = curves.read(given.out.read_text("utf-8")) if given.out.is_file() else ()
        stay = [
            row
            for row in old
            if row.stations != size or row.method not in asked or row.mechanism not in tried
        ]
        rows = [*stay, *curves.rows(matrix, ballots)]
        given.out.write_text(curves.write(rows), encoding="utf-8", newline="\n")
        print(f"{size:,} stations: {matrix.seconds:,.0f} seconds", file=sys.stderr)


if __name__ == "__main__":
    main()
