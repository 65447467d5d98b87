"""How alarmed a method is by a world: one bare number for each method and world.

A dossier grades findings; to say what a method can see, grades are too coarse and depend on what else was
asked. So a method is read alone, by the first of these that it has on the table in question:

- *p*: minus the base-ten logarithm of the smallest q that correction for its own questions leaves
  (:func:`plebiscope.calibrate.multiplicity.correct`), contest and areas together. A figure that cannot be
  true, or needs an explanation, counts as more alarming than any p.
- *count*: the number of such figures, where the method computes no p (``protocol``).
- *estimate*: its first estimate for the contest; where the method declares that it looks both ways, the
  distance from what is usual in fair worlds.

A method that compares by a design (tier B) is read by a p alone, and only of answers of which no assumption
fails: others are shown and not judged, so that a dossier never names them.

A method whose answers only restate the figures (``margin``) gives no signal: a large lead is no sign of
anything. One that lacks what it needs on this table gives none either.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from plebiscope.calibrate.multiplicity import LEVEL, correct, log10_of
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Method, Subject, lacking
from plebiscope.model.power import Kind

OWN = -float(np.log10(LEVEL))
"""The alarm at which a method that has a p calls something found: q = 0.05."""
CERTAIN = 300.0
"""What a figure that cannot be true adds to the alarm of a method that has a p."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What one method said of one world.

    Attributes
    ----------
    log10_q
        Base-ten logarithm of the smallest q; null without a p.
    contradictions
        Figures that cannot be true, or need an explanation.
    estimate
        The first estimate for the contest; null without one.
    """

    log10_q: float | None
    contradictions: int
    estimate: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate that a method gave of a world, to be held against the truth.

    Attributes
    ----------
    quantity, option
        What was measured, of which option.
    name, unit
        Of the effect.
    value, low, high
        The estimate and its interval, in that unit; null where there is none.
    level
        Coverage that the interval claims; null for a range over assumptions.
    """

    method: str
    quantity: str
    option: str | None
    name: str
    unit: str
    value: float
    low: float | None
    high: float | None
    level: float | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A method that stopped with an error, and with which."""

    what: str


Heard = Signal | Fault | None
"""What became of asking a method: null where it could not be asked of this world."""


def read(evidence: Evidence) -> Signal:
    """Read how alarming the evidence of one method is."""
    correction = correct(evidence.measurements)
    tested = [one for one in evidence.measurements if one.status == "tested"]
    whole = (one.effect for one in tested if one.scope.level == "contest")
    known = (size.value for size in whole if size is not None and size.value is not None)
    estimate = next((value for value in known if np.isfinite(value)), None)
    return Signal(
        log10_q=min(correction.log10_q.values(), default=None),
        contradictions=sum(one.contradiction or one.unexplained for one in tested),
        estimate=None if estimate is None else float(estimate),
    )


def judged(method: Method, evidence: Evidence) -> Evidence:
    """Leave out of what a design gave the answers of which an assumption fails."""
    if method.tier != "B":
        return evidence
    kept = tuple(one for one in evidence.measurements if not _failing(one))
    return replace(evidence, measurements=kept)


def _failing(answer: Measurement) -> list[str]:
    """Name the assumptions of an answer that fail."""
    return [one.name for one in answer.assumptions if one.state == "fails"]


def estimates(evidence: Evidence) -> tuple[Estimate, ...]:
    """Return every estimate for the contest, with its interval."""
    return tuple(
        Estimate(
            one.method,
            one.quantity,
            one.option,
            size.name,
            size.unit,
            size.value,
            size.low,
            size.high,
            size.level,
        )
        for one in evidence.measurements
        if one.status == "tested" and one.scope.level == "contest"
        for size in (one.effect, *one.effects)
        if size is not None and size.value is not None
    )


def ask(
    method: Method, subject: Subject, params: Any, seed: np.random.SeedSequence
) -> tuple[Heard, Evidence | None]:
    """Ask a method about one world; whatever it does, the others are still asked.

    Parameters
    ----------
    method, subject, params
        The method, the world as it is published, and the method's parameters.
    seed
        Of the method's random draws.

    Returns
    -------
    heard, evidence
        The evidence is null unless there is a signal: not where the method lacks what it needs, and not where
        it says itself that nothing here can be tested.

    Raises
    ------
    MemoryError
        If there is not enough of it: that says nothing about the method.
    """
    if lacking(method, subject):
        return None, None
    try:
        evidence = method.measure(subject, params, np.random.default_rng(seed))
        tested = any(one.status == "tested" for one in evidence.measurements)
        return (read(judged(method, evidence)), evidence) if tested else (None, None)
    except MemoryError:
        raise
    except Exception as error:
        # A method's fault in one world of thousands must not cost the others; it is counted and told.
        return Fault(f"{type(error).__name__}: {error}"[:200]), None


def kind(method: Method, fair: Sequence[Heard]) -> Kind | None:
    """Say by what a method is read on this table: the first of p, count and estimate that it has.

    Parameters
    ----------
    method
        The method.
    fair
        What it said of fair worlds.

    Returns
    -------
    Kind or None
        Null where it gives no signal.
    """
    signals = [heard for heard in fair if isinstance(heard, Signal)]
    if method.arithmetic or not signals:
        return None
    if any(one.log10_q is not None for one in signals):
        return "p"
    if method.tier == "A":
        return "count"
    if method.tier == "B":
        return None
    return "estimate" if any(one.estimate is not None for one in signals) else None


def alarm(heard: Heard, by: Kind, middle: float | None = None) -> float:
    """Turn what a method said into one number; larger is more alarming.

    Parameters
    ----------
    heard
        What it said of one world.
    by
        See :func:`kind`.
    middle
        For an estimate that counts both ways: what is usual in fair worlds.

    Returns
    -------
    float
        Minus infinity where nothing was heard that could alarm anybody.
    """
    if not isinstance(heard, Signal):
        return -np.inf
    if by == "count":
        return float(heard.contradictions)
    if by == "estimate":
        if heard.estimate is None:
            return -np.inf
        return heard.estimate if middle is None else abs(heard.estimate - middle)
    return CERTAIN * heard.contradictions - (heard.log10_q or 0.0)


def key(text: str) -> int:
    """Turn a name into a number for the key of a seed."""
    return zlib.crc32(text.encode())


def why_silent(method: Method, subject: Subject, evidence: Evidence | None = None) -> str:
    """Say why a method gives no signal on a table, from what it gave of one vote like it."""
    if method.arithmetic:
        return "its answers only restate the figures"
    lacks = lacking(method, subject)
    if lacks:
        return f"simulated votes have no {' and no '.join(lacks)}"
    answers = evidence.measurements if evidence is not None and method.tier == "B" else ()
    tests = [one for one in answers if log10_of(one) is not None]
    failing = dict.fromkeys(name for one in tests for name in _failing(one))
    if failing:
        names = "; ".join(failing)
        return f"what it finds is shown and not judged, because of what it assumes this fails here: {names}"
    return "it has neither a p nor an estimate on votes like this one"
