"""How often the interval of `spikes` holds the truth, in simulated votes whose truth is known.

    python benchmarks/spikes_coverage.py [--votes 50] [--stations 3000]

In an invented country some stations write their figures from round percentages. Of the bins that rise above
the band it is known how many stations were put there; the interval is for the stations beyond those expected.
Printed are, for each share of stations, the votes with a peak, in how many of them the interval holds the
truth, and the mean of truth, estimate and both ends. The page of the method says what came out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from plebiscope.evidence.ratio import ratio_columns
from plebiscope.methods.spikes import peaks_of
from plebiscope.methods.spikes.asking import Params, ask
from plebiscope.model.case import Contest
from plebiscope.worlds.ground import World
from plebiscope.worlds.invented import Country, invent
from plebiscope.worlds.tamper import MECHANISMS

PREVALENCES = (0.02, 0.05, 0.1)
SEED = 20201004


def votes(count: int, stations: int, prevalence: float) -> np.ndarray:
    """Hold votes; returns truth, estimate and both ends of those with a peak, shape (votes, 4)."""
    params, found = Params(), []
    country = Country(stations=stations, districts=max(8, stations // 50))
    fair = invent(country, np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(0,))))
    for number in range(count):
        drawn = fair.draw(np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(1, number))))
        root = np.random.SeedSequence(SEED, spawn_key=(2, number))
        world = MECHANISMS["targets"].apply(World(fair.ground, drawn), prevalence, root)
        subject = world.subject(Contest(id="world", name="world"))
        (column,) = ratio_columns(subject, (), params.share, subject.favoured)[0]
        asked = ask(subject, params, column)
        if isinstance(asked, str):
            raise RuntimeError(asked)
        size, above = peaks_of(asked.whole, 0, params, subject.rows_are)
        if size.value is None or size.low is None or size.high is None:
            continue
        written = np.zeros(len(world.fair), dtype=bool)
        for deed in world.deeds:
            written |= deed.stations
        true = np.count_nonzero(written[asked.stations.rows] & np.isin(asked.bin, above))
        found.append((float(true), size.value, size.low, size.high))
    return np.array(found).reshape(-1, 4)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the coverage."""
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("--votes", type=int, default=50)
    said.add_argument("--stations", type=int, default=3000)
    given = said.parse_args(arguments)
    for prevalence in PREVALENCES:
        found = votes(given.votes, given.stations, prevalence)
        if not len(found):
            print(f"{prevalence:.0%} of stations: no peak in any of {given.votes} votes")
            continue
        true, _, low, high = found.T
        held = np.count_nonzero((low <= true) & (true <= high))
        means = " ".join(f"{one:.1f}" for one in found.mean(axis=0))
        print(
            f"{prevalence:.0%} of stations: a peak in {len(found)} of {given.votes} votes; the interval "
            f"holds the truth in {held}; means of truth, estimate, low and high: {means}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
