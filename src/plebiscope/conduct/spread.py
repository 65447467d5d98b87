"""Many reports are told over several processes, because each is a matter of its own until voices are counted.

Python is started once more for each further core, with this module: neither the program that uses plebiscope
nor its threads are copied, and a script needs no guard. What such a process cannot do, this one does itself.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from plebiscope.model.report import Held, Report

_WORTH = 200_000
"""Letters for which a further process pays for its start: some five seconds of work."""

Done = TypeVar("Done")


def spread(work: Callable[[Report, Held], Done], reports: Sequence[Report], held: Held) -> list[Done]:
    """Do some work on each report.

    Parameters
    ----------
    work
        A function at the top of a module, so that another process can find it by its name.
    reports, held
        What it is given.

    Returns
    -------
    list
        What it gives for each report, in their order.
    """
    with _uncollected():
        return _spread(work, reports, held)


def _spread(work: Callable[[Report, Held], Done], reports: Sequence[Report], held: Held) -> list[Done]:
    letters = sum(len(report.text) for report in reports)
    processes = max(1, min(_cores(), letters // _WORTH, len(reports)))
    shares = [reports[first::processes] for first in range(processes)]
    helpers = [_started(work, share, held) for share in shares[1:]]
    done = [[work(report, held) for report in shares[0]]]
    for helper, share in zip(helpers, shares[1:], strict=True):
        answer: list[Done] | None = _answer(helper) if helper is not None else None
        done.append(answer if answer is not None else [work(report, held) for report in share])
    return [done[place % processes][place // processes] for place in range(len(reports))]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off the search for objects that hold each other: few do here, and it takes a tenth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _cores() -> int:
    """Say how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _started(
    work: Callable[[Report, Held], Done], share: Sequence[Report], held: Held
) -> subprocess.Popen[bytes] | None:
    if not sys.executable:
        return None
    try:
        process = subprocess.Popen(  # noqa: S603 - Python itself, with our own module
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Without the empty entry: it would put the current folder, whatever lies there, on the path.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except OSError:
        return None
    if process.stdin is not None:
        try:
            # The text of a report is left out of its JSON, but not of its pickle.
            pickle.dump((work, list(share), held), process.stdin)
            process.stdin.close()
        except OSError:
            process.kill()
    return process


def _answer(process: subprocess.Popen[bytes]) -> list[Done] | None:
    with process:
        written = process.stdout.read() if process.stdout is not None else b""
    if process.returncode or not written:
        return None
    try:
        answer: list[Done] = pickle.loads(written)  # noqa: S301 - written by the process that we started
    except (pickle.UnpicklingError, EOFError, ValueError):
        # Something else of that Python wrote to standard output too.
        return None
    return answer


def main() -> None:
    """Do the share of work that stands on standard input, and write what comes of it."""
    with _uncollected():
        work, share, held = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the process that started us
        pickle.dump([work(report, held) for report in share], sys.stdout.buffer)


if __name__ == "__main__":
    main()
