"""Time every method of the catalogue on one table, beside what other tools were measured to take.

Each method runs in this process, after the table was read; the best of the rounds counts. The other tools
were measured on a machine of the same kind (two cores of an AMD EPYC) on the vote of 2020 in Russia, 96,765
stations; their CPU seconds are facts typed in here, with the question that comes closest.

Usage: python benchmarks/methods.py RESULTS [ROUNDS]
"""

from __future__ import annotations

import sys
import time

from plebiscope import catalogue, study
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject, lacking

PEERS = {
    "integer-percentages": (
        "notebook of Kobak, Shpilkin and Pshenichnikov, 1,000 draws, national only",
        81.9,
    ),
    "anomalous-votes": ("EFToolkit 2.0.0, non-parametric, one dimension, 10 simulations", 30.0),
    "digits": ("EFToolkit 2.0.0, its nine tests at once, national, 100 bootstrap draws", 440.0),
    "shape": ("the same nine tests", 440.0),
}
"""For each method: the tool and what it did, and its CPU seconds."""


def main(results: str, rounds: int) -> None:
    returns = study.read(results).returns
    subject = Subject(Contest(id="vote", name="vote", options=returns.options), returns, ())
    print(f"{len(returns):,} stations")
    print(f"{'method':24}{'CPU s':>7}  another tool: CPU s, and how many times that is")
    whole = 0.0
    for name in catalogue.modules():
        method = catalogue.load(name)
        lacks = lacking(method, subject)
        if lacks:
            print(f"{name:24}{'-':>7}  needs {', '.join(lacks)}")
            continue
        spent = []
        for _ in range(rounds):
            rng, begun = study.generator(0, name, "vote"), time.process_time()
            method.measure(subject, method.params(), rng)
            spent.append(time.process_time() - begun)
        best = min(spent)
        whole += best
        tool, seconds = PEERS.get(name, ("", 0.0))
        beside = f"{seconds:.0f} s, {seconds / best:,.0f} times ({tool})" if tool else "none was measured"
        declared = "declared slow; " if method.slow else ""
        print(f"{name:24}{best:7.2f}  {declared}{beside}", flush=True)
    print(f"{'all':24}{whole:7.2f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3)
