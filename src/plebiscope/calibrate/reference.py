"""How often a method cries wolf: what it gave on reference votes, and what follows from that.

The votes and the figures are data (``reference.toml``); every rate and range is computed from them here.
None of these votes is proved to be clean. A rate counts votes, not options: two options of one vote are one
chance to cry wolf. Votes that a court set aside are left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from scipy.special import betaincinv, log_ndtr

from plebiscope.calibrate.multiplicity import holm
from plebiscope.model.finding import FalseAlarm

FEWEST = 10
"""A rate seen on fewer reference votes than this is not called known."""
SMALL = 0.05
"""The largest rate of false alarms, as seen, that is called small."""


@dataclass(frozen=True, slots=True)
class CleanRange:
    """What an estimate without a test came to on reference votes."""

    low: float
    high: float
    units: tuple[str, ...]
    """Units of the effects that it can be compared with; they mean the same."""
    n: int
    """Number of reference votes."""
    on: str


@cache
def votes() -> tuple[Mapping[str, Any], ...]:
    """Return the reference votes as listed, the annulled ones too."""
    text = resources.files("plebiscope.calibrate").joinpath("reference.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["vote"])


@cache
def false_alarm(method: str, level: float) -> FalseAlarm | None:
    """Say how often a method named a reference vote at a level of q.

    Parameters
    ----------
    method
        Method id.
    level
        The level of q at which a vote counts as named; q is corrected within the vote by Holm, over all
        options and quantities listed for it.

    Returns
    -------
    FalseAlarm or None
        None where the method has not been run on reference votes yet.
    """
    if method != "integer-percentages":
        return None
    used = [vote for vote in _kept() if any("integer_z" in option for option in vote["options"])]
    named = 0
    for vote in used:
        z = [value for option in vote["options"] for value in option["integer_z"].values()]
        log10_p = log_ndtr(-np.asarray(z)) / np.log(10.0)
        named += bool((holm(log10_p) < np.log10(level)).any())
    return FalseAlarm(rate=named / len(used), n=len(used), on=_described(used))


@cache
def clean_range(method: str) -> CleanRange | None:
    """Say between which values a method's estimate lay on reference votes; None where that is unknown."""
    if method != "anomalous-votes":
        return None
    used = _kept()
    values = [option["anomalous"] for vote in used for option in vote["options"]]
    units = ("per cent of the option's votes", "per cent of the leader's votes")
    return CleanRange(min(values), max(values), units, len(used), _described(used))


def small(alarm: FalseAlarm | None) -> bool:
    """Whether a rate of false alarms is known from enough votes, and small."""
    return alarm is not None and alarm.n >= FEWEST and alarm.rate <= SMALL


def large(alarm: FalseAlarm | None) -> bool:
    """Whether the reference votes show a rate of false alarms above the small one, beyond chance."""
    return alarm is not None and at_least(alarm) > SMALL


def at_most(alarm: FalseAlarm) -> float:
    """Return the upper end of the one-sided 95 % interval (Clopper and Pearson) for a rate of false alarms.

    None of 14 still allows a rate of 19 %.
    """
    count = round(alarm.rate * alarm.n)
    return 1.0 if count == alarm.n else float(betaincinv(count + 1, alarm.n - count, 0.95))


def at_least(alarm: FalseAlarm) -> float:
    """Return the lower end of the same one-sided interval as :func:`at_most`."""
    count = round(alarm.rate * alarm.n)
    return 0.0 if count == 0 else float(betaincinv(count, alarm.n - count + 1, 0.05))


def _kept() -> list[Mapping[str, Any]]:
    return [vote for vote in votes() if vote["standing"] != "annulled"]


def _described(used: list[Mapping[str, Any]]) -> str:
    countries = len({vote["country"] for vote in used})
    return f"{len(used)} reference votes in {countries} countries (clean, or disputed on other grounds)"
