"""Time ``plebiscope examine``, whole process, beside a plain simulation of one of its tests.

Timings on a shared machine drift, so the two run in turn and the ratio is what counts. Prints wall and CPU
seconds and peak memory of each run, the median ratio, and where the time of ``examine`` goes.

Usage: python benchmarks/run.py RESULTS [ROUNDS]
"""

from __future__ import annotations

import itertools
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent


def measure(arguments: list[str]) -> tuple[float, float, float]:
    """Run a command and return wall seconds, CPU seconds and peak memory in MiB, by the system's count."""
    started = time.perf_counter()
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, *arguments],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} ended with status {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(results: str, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        examine = ["-m", "plebiscope.cli", "examine", results, "--out", folder, "--quiet"]
        simulate = [str(HERE / "integer_simulation.py"), results]
        kept: dict[str, list[tuple[float, float, float]]] = {"examine": [], "simulation": []}
        print(f"{'':12}{'wall s':>8}{'CPU s':>8}{'MiB':>8}")
        for _ in range(rounds):
            for name, command in (("examine", examine), ("simulation", simulate)):
                figures = measure(command)
                kept[name].append(figures)
                print(f"{name:12}{figures[0]:8.2f}{figures[1]:8.2f}{figures[2]:8.0f}", flush=True)
        for column, unit in ((0, "wall time"), (1, "CPU time")):
            ratios = [b[column] / a[column] for a, b in zip(kept["examine"], kept["simulation"], strict=True)]
            part = f"1/{statistics.median(ratios):.1f}"
            print(f"the whole dossier takes {part} of the {unit} of one simulated test")
    steps(results)


def steps(results: str) -> None:
    """Print how long each step of one examination takes, in this process."""
    from plebiscope import study

    marks: list[tuple[str, float]] = []
    started = time.perf_counter()
    examined = study.examine(results, progress=lambda step: marks.append((step, time.perf_counter())))
    marks.append(("writing the page, the JSON and the table", time.perf_counter()))
    with tempfile.TemporaryDirectory() as folder:
        study.write(examined, folder)
    marks.append(("", time.perf_counter()))
    print("\nwhere the time goes (second and later imports are free here):")
    print(f"  {marks[0][1] - started:6.2f} s  looking at what was given")
    for (step, begun), (_, ended) in itertools.pairwise(marks):
        print(f"  {ended - begun:6.2f} s  {step}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3)
