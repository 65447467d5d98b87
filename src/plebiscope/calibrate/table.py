"""The table of what every method gave on every reference vote: its rows, and how they are read and written.

``reference.csv`` is made by ``benchmarks/reference_votes.py`` from published results and holds figures only.
One answer of a method is one row, with its p, its first effect and what came of its areas; further effects
that can be compared between votes of different size follow in rows of their own. Which votes these are, and
what is known of them from elsewhere, is written by hand in ``reference.toml``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib import resources
from typing import Any

from plebiscope.calibrate.multiplicity import correct, family_name, log10_of
from plebiscope.model.finding import Effect, Measurement
from plebiscope.model.method import Evidence, Method
from plebiscope.model.size import ROWS, comparable, matters

_LETTERS = 12
_FURTHER: Mapping[str, Any] = dict.fromkeys(
    ("n", "log10_p", "fails", "contradiction", "areas", "notable", "strong")
)
"""What a row of a further effect leaves open."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure that a method gave on one vote."""

    vote: str
    """Id of the vote."""
    table: str
    """First letters of the digest of the vote's returns; empty where there are none."""
    method: str
    params: str
    """Digest of the method's parameters; see :func:`digest`."""
    quantity: str
    option: str
    """Empty where the answer is about no option."""
    n: int | None
    """Number of stations that the answer rests on; null in rows of further effects, as are all up to
    ``strong``."""
    log10_p: float | None
    fails: bool | None
    """Whether an assumption of the method fails on this vote."""
    contradiction: bool | None
    """Whether the figures cannot all be true."""
    areas: int | None
    """Number of areas that the same question was put to; 0 where they were looked at and none is reported."""
    notable: int | None
    """How many of them would be named with q below 0.05."""
    strong: int | None
    """How many of them would be named with q below 0.001."""
    effect: str
    unit: str
    value: float | None
    low: float | None
    high: float | None

    @property
    def answers(self) -> bool:
        """Whether it is an answer, and no further effect of the answer before it."""
        return self.fails is not None


def digest(method: Method) -> str:
    """Return the first letters of a digest of a method's default parameters."""
    text = json.dumps(asdict(method.params()), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_LETTERS]


def rows(vote: str, returns: str, method: Method, evidence: Evidence) -> Iterator[Row]:
    """Turn what a method brought back from a vote into rows.

    Answers that could not be given have no row; of the areas only the number is kept that would be named,
    were this the only method asked.

    Parameters
    ----------
    vote, returns
        Id of the vote, and digest of its returns; empty where there are none.
    method, evidence
        The method, and what it brought back.
    """
    named = _areas_named(method, evidence.measurements)
    for found in evidence.measurements:
        if found.status != "tested" or found.scope.level != "contest" or _is_particular(found.quantity):
            continue
        # A method that needs areas has looked at them, also where it reports none that stands out.
        looked = (0, 0, 0) if "areas" in method.needs and log10_of(found) is not None else (None, None, None)
        areas, notable, strong = named.get((found.quantity, found.option), looked)
        head = found.effect if found.effect is not None and not _is_particular(found.effect.name) else None
        of: dict[str, Any] = {
            "vote": vote,
            "table": returns[:_LETTERS],
            "method": method.id,
            "params": digest(method),
            "quantity": found.quantity,
            "option": found.option or "",
        }
        yield Row(
            **of,
            n=found.n,
            log10_p=log10_of(found),
            fails=any(assumption.state == "fails" for assumption in found.assumptions),
            contradiction=found.contradiction,
            areas=areas,
            notable=notable,
            strong=strong,
            **_figures(head),
        )
        for effect in found.effects:
            if effect.value is None or effect.unit in ROWS or _is_particular(effect.name):
                continue
            if comparable(effect.value, effect.unit, found.n) is not None:
                yield Row(**of, **_FURTHER, **_figures(effect))


def listed(
    vote: str,
    method: str,
    quantity: str,
    option: str,
    *,
    log10_p: float | None = None,
    effect: Effect | None = None,
) -> Row:
    """Return a row for a figure that was not computed here."""
    of: dict[str, Any] = {
        "vote": vote,
        "table": "",
        "method": method,
        "params": "",
        "quantity": quantity,
        "option": option,
    }
    answer: dict[str, Any] = {**_FURTHER, "log10_p": log10_p, "fails": False, "contradiction": False}
    return Row(**of, **answer, **_figures(effect))


def _figures(effect: Effect | None) -> dict[str, Any]:
    if effect is None:
        return {"effect": "", "unit": "", "value": None, "low": None, "high": None}
    ends = {"value": effect.value, "low": effect.low, "high": effect.high}
    return {"effect": effect.name, "unit": effect.unit, **ends}


def _is_particular(text: str) -> bool:
    """Whether a name belongs to this vote alone, because an option is quoted in it."""
    return "“" in text


def _areas_named(
    method: Method, measurements: Sequence[Measurement]
) -> dict[tuple[str, str | None], tuple[int, int, int]]:
    if method.tier == "D":
        return {}
    correction = correct(measurements)
    sizes = {family.name: family.size for family in correction.families}
    counts: dict[tuple[str, str | None], list[int]] = {}
    for found in measurements:
        log10_q = correction.log10_q.get(found.id)
        if log10_q is None or found.scope.level == "contest":
            continue
        name = family_name((found.contest, found.method, found.quantity, found.option))
        count = counts.setdefault((found.quantity, found.option), [sizes[name], 0, 0])
        if worth_naming(found):
            count[1] += log10_q < math.log10(0.05)
            count[2] += log10_q < math.log10(0.001)
    return {question: (size, notable, strong) for question, (size, notable, strong) in counts.items()}


def worth_naming(found: Measurement) -> bool:
    """Whether nothing but chance stands between an answer and being named."""
    effect = found.effect
    large = effect is None or matters(effect.value, effect.unit, found.n)
    return large and all(assumption.state != "fails" for assumption in found.assumptions)


def write(rows: Iterable[Row]) -> str:
    """Write rows canonically: one a line, five digits, nothing where nothing is known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [field.name for field in fields(Row)]
    writer.writerow(names)
    for row in rows:
        writer.writerow([_written(getattr(row, name)) for name in names])
    return out.getvalue()


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def parse(text: str) -> tuple[Row, ...]:
    """Read rows back."""
    made = []
    for line in csv.DictReader(io.StringIO(text)):
        given: dict[str, Any] = dict(line)
        for name in ("n", "areas", "notable", "strong"):
            given[name] = int(line[name]) if line[name] else None
        for name in ("log10_p", "value", "low", "high"):
            given[name] = float(line[name]) if line[name] else None
        for name in ("fails", "contradiction"):
            given[name] = line[name] == "yes" if line[name] else None
        made.append(Row(**given))
    return tuple(made)


def shipped() -> tuple[Row, ...]:
    """Return the table that is shipped with the package."""
    return parse(resources.files("plebiscope.calibrate").joinpath("reference.csv").read_text("utf-8"))
