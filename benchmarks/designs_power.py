"""What the three designs notice on the invented example, and how often fair votes alarm them.

    python benchmarks/designs_power.py [--worlds 40] [--further 300] [--permutations N] [--seed N] [--other N]
           [--workers N]

Votes are simulated on the case in ``examples/designs``. Printed is the table of
``docs/decisions/0012-designs-in-simulated-votes.md``: for each mechanism and method the smallest share of the
open stations that is noticed, tight and loose, in per cent. The default numbers take tens of minutes.
Below it stands how many of so many further fair votes, drawn from another seed, alarm each method at the same
thresholds. All seeds follow from the two given, so that the number of workers does not matter. With fewer
votes than 20, or fewer --permutations than a method draws by itself, it runs, but its figures say nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from plebiscope.calibrate.curve import FEWEST
from plebiscope.calibrate.jobs import Job, Outcome, carry_out
from plebiscope.calibrate.power import WORLDS, Wanted, compute
from plebiscope.calibrate.power.computing import setting_of
from plebiscope.calibrate.signals import alarm
from plebiscope.model.power import Matrix
from plebiscope.powering import executor
from plebiscope.study import imitable
from plebiscope.worlds.beside import Designs
from plebiscope.worlds.fair import VERSIONS
from plebiscope.worlds.tamper import mechanism

CASE = Path(__file__).parents[1] / "examples" / "designs"
METHODS = ("contrast", "late-count", "quick-count")
DONE = {
    "stuffing": "ballots stuffed",
    "switching": "votes moved before the forms",
    "rewritten": "rows rewritten after the forms",
    "suppression": "voters kept away",
}
"""What is done, by mechanism, in the words of the table."""
SEED, OTHER = 20330404, 20330405


def asked(worlds: int, seed: int, permutations: int | None = None) -> Wanted:
    """Return what is to be computed on the case."""
    subject, returns, methods, params, _, copied = imitable(CASE, methods=METHODS)
    if permutations is not None:
        params |= {
            one.id: one.params(permutations=permutations)
            for one in methods
            if hasattr(one.params(), "permutations")
        }
    return Wanted(
        contest=subject.contest,
        returns=returns,
        methods=methods,
        mechanisms=[mechanism(name) for name in DONE],
        params=params,
        worlds=worlds,
        seed=seed,
        copied=copied,
        designs=Designs.of(subject),
    )


def table(matrix: Matrix) -> str:
    """Return the table, for a page."""
    stations = matrix.stations
    opened = [
        min(one.open_part for one in matrix.cells if one.method == name) if name in matrix.methods else 1.0
        for name in METHODS
    ]
    heads = [
        f"`{name}`, {'all' if part == 1.0 else f'{part * stations:.0f} stations'} open"
        for name, part in zip(METHODS, opened, strict=True)
    ]
    lines = [f"| done | {' | '.join(heads)} |", "| --- | --- | --- | --- |"]
    for done, words in DONE.items():
        cells = [", ".join(_dose(matrix, name, done, version) for version in VERSIONS) for name in METHODS]
        lines.append(f"| {words} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _dose(matrix: Matrix, method: str, done: str, version: str) -> str:
    found = matrix.cell(method, done, version)
    if found is None:
        return "not asked"
    if found.dose is None:
        return "not seen"
    return f"{'at most ' if found.at_most else ''}{100.0 * found.dose:.0f}"


def alarmed(
    wanted: Wanted, matrix: Matrix, further: int, workers: Executor | None
) -> dict[tuple[str, str], int]:
    """Count further fair votes that alarm a method at a threshold of the matrix, by method and version."""
    setting = setting_of(wanted)
    kept = {name: one for name, one in setting.methods.items() if name in matrix.methods}
    setting = replace(setting, methods=kept)
    jobs = [Job(version, None, 0.0, number, tuple(kept)) for version in VERSIONS for number in range(further)]
    made: list[tuple[Job, Outcome]] = []
    carry_out(setting, jobs, workers, made.extend)
    return {
        (limit.method, limit.version): sum(
            alarm(found.heard.get(limit.method), limit.kind, limit.middle) > limit.value
            for job, found in made
            if job.version == limit.version
        )
        for limit in matrix.thresholds
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and how often fair votes alarm."""
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("--worlds", type=int, default=WORLDS, help=f"votes of a step, {FEWEST} or more")
    said.add_argument("--further", type=int, default=300, help="further fair votes of each version")
    said.add_argument("--permutations", type=int, help="of methods that draw some; by default their own")
    said.add_argument("--seed", type=int, default=SEED)
    said.add_argument("--other", type=int, default=OTHER, help="seed of the further fair votes")
    said.add_argument("--workers", type=int, default=2)
    given = said.parse_args(arguments)
    wanted = asked(given.worlds, given.seed, given.permutations)
    with executor(given.workers) as workers:
        matrix = compute(wanted, executor=workers, tell=lambda words: print(words, file=sys.stderr))
        fair = alarmed(replace(wanted, seed=given.other), matrix, given.further, workers)
    print(table(matrix))
    for method, reason in matrix.left_out.items():
        print(f"{method} is left out: {reason}")
    print(f"\nOf {given.further} further fair votes of each version, alarmed:")
    for name in METHODS:
        found = [f"{version} {fair[name, version]}" for version in VERSIONS if (name, version) in fair]
        print(f"`{name}`: {', '.join(found) or 'not asked'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
