"""A line of the table of fair votes, and how it is written and read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal

ALL = "all methods"
"""Stands for the method in the line that counts worlds in which anything was named; its ``effect`` holds the
ids of the methods that were asked."""
BESIDE = {"contrast": ", not by lot", "late-count": ", order by chance"}
"""By method, what a question is called where the design was the other one: a group that no lot made, and an
order of reporting that does not go by size."""

Kind = Literal["test", "areas", "arithmetic", "interval", "description", "unasked"]
Verdict = Literal["passed", "conservative", "doubtful", "too few to tell", "shown"]
"""``too few to tell``: nothing speaks against the promise, and hardly anything could have; ``shown``: no
promise was put to the test (a range over assumptions, a description)."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one question gave on the fair worlds of one ground and version."""

    ground: str
    version: str
    method: str
    quantity: str
    option: str
    """``favoured``, ``rival`` or empty where the answer is about no option."""
    kind: Kind
    effect: str
    """Of an interval: what was estimated; digits and names of options are left out."""
    unit: str
    worlds: int
    """Worlds in which the question was answered."""
    answers: int
    """Answers with a p, or with an interval."""
    rate: float | None
    """Share of rejections or, of an interval, share of intervals that hold the truth."""
    error: float | None
    """Standard error of that share."""
    named: float | None
    """Share of worlds in which the answer, or that for any area, was named."""
    named_error: float | None
    level: float | None
    """Promised share: 0.05 for tests, the coverage for intervals; null for a range over assumptions."""
    truth: float | None
    verdict: Verdict

    @property
    def question(self) -> tuple[str, str, str, str, str]:
        """What is the same on every ground: method, quantity, option, kind, effect."""
        return self.method, self.quantity, self.option, self.kind, f"{self.effect}, {self.unit}"


def write(rows: Iterable[Row]) -> str:
    """Write rows canonically: one a line, four digits, nothing where nothing is known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [field.name for field in fields(Row)]
    writer.writerow(names)
    for row in rows:
        values = [getattr(row, name) for name in names]
        writer.writerow([f"{value:.4g}" if isinstance(value, float) else value for value in values])
    return out.getvalue()


def parse(text: str) -> tuple[Row, ...]:
    """Read rows back."""
    made = []
    for line in csv.DictReader(io.StringIO(text)):
        given: dict[str, Any] = dict(line)
        for name in ("worlds", "answers"):
            given[name] = int(line[name])
        for name in ("rate", "error", "named", "named_error", "level", "truth"):
            given[name] = float(line[name]) if line[name] else None
        made.append(Row(**given))
    return tuple(made)
