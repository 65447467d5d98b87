"""Measure how long many reports take: paragraphs of a folder's reports, put together to some 800 words each.

Usage: python benchmarks/conduct_speed.py TEXTS [REPORTS]

Prints the processor time of all processes together, for 1,000 reports of 800 words, and the wall time.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from plebiscope import conduct
from plebiscope.intake.reports import read_report
from plebiscope.model.report import Report

_WORDS = 800


def put_together(folder: Path, number: int) -> list[Report]:
    """Make reports of about 800 words from the paragraphs of all reports of a folder, and repeat them."""
    made: list[Report] = []
    paragraphs: list[str] = []
    for path in sorted(folder.glob("**/*.txt")):
        report = read_report(path)
        for paragraph in report.text[report.body :].split("\n\n"):
            paragraphs.append(paragraph)
            if sum(len(one.split()) for one in paragraphs) >= _WORDS:
                text = "\n\n".join(paragraphs).strip()
                made.append(report.model_copy(update={"text": text, "body": 0}))
                paragraphs = []
    return [made[place % len(made)] for place in range(number)]


def _processor_time() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure(folder: Path, number: int) -> None:
    """Code the reports as one batch, reading of the codebook included, and print what it took."""
    reports = put_together(folder, number)
    thousands = sum(len(one.text.split()) for one in reports) / (1000 * _WORDS)
    wall, used = time.perf_counter(), _processor_time()
    record = conduct.code(reports)
    wall, used = time.perf_counter() - wall, _processor_time() - used
    print(f"{len(reports)} reports, {len(record.statements)} statements: {wall:.1f} s wall, {used:.1f} s CPU")
    print(f"for 1,000 reports of {_WORDS} words: {wall / thousands:.1f} s wall, {used / thousands:.1f} s CPU")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    measure(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 1000)
