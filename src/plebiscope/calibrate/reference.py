"""How often a method cries wolf: what it gave on reference votes, and what follows from that.

The votes and the figures are data (``reference.toml``); every rate and range is computed from them, with the
method itself where the figures suffice to run it.
None of these votes is proved to be clean. A rate counts votes, not options: two options of one vote are one
chance to cry wolf. Votes that a court set aside are left out, and so is the vote under examination where its
case says country and date (:func:`own`); a bare file does not tell which vote it is.
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
from plebiscope.model.case import Contest, Totals
from plebiscope.model.finding import FalseAlarm
from plebiscope.model.method import Subject

EXPLAIN_AWAY = "explain-away slope"
"""Name of the effect that says how steeply a share had to rise with turnout to leave nothing to explain."""
FEWEST = 10
"""A rate seen on fewer reference votes than this is not called known."""
SMALL = 0.05
"""The largest rate of false alarms, as seen, that is called small."""


@dataclass(frozen=True, slots=True)
class CleanRange:
    """What an estimate without a test came to on reference votes."""

    effect: str
    """Name of the effect that it can be compared with: the same estimate, and no other."""
    units: tuple[str, ...]
    """Units of that effect; they mean the same."""
    low: float
    high: float
    n: int
    """Number of reference votes."""
    on: str


@cache
def votes() -> tuple[Mapping[str, Any], ...]:
    """Return the reference votes as listed, the annulled ones too."""
    text = resources.files("plebiscope.calibrate").joinpath("reference.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["vote"])


def own(contest: Contest) -> tuple[str, ...]:
    """Name the reference votes that are this contest or were held with it: same country and year."""
    if contest.country is None or contest.date is None:
        return ()
    country, year = contest.country.casefold(), str(contest.date.year)
    return tuple(
        vote["name"] for vote in votes() if vote["country"].casefold() == country and year in vote["name"]
    )


@cache
def false_alarm(method: str, level: float, besides: tuple[str, ...] = ()) -> FalseAlarm | None:
    """Say how often a method named a reference vote at a level of q.

    Parameters
    ----------
    method
        Method id.
    level
        The level of q at which a vote counts as named; q is corrected within the vote by Holm, over all
        options and quantities listed for it.
    besides
        Names of votes to leave out.

    Returns
    -------
    FalseAlarm or None
        None where the method has not been run on reference votes yet.
    """
    rule = {"integer-percentages": _excess, "totals": _counts}.get(method)
    if rule is None:
        return None
    tested = [(vote, log10_p) for vote in _kept(besides) if (log10_p := rule(vote))]
    named = sum(bool((holm(log10_p) < np.log10(level)).any()) for _, log10_p in tested)
    on = _described([vote for vote, _ in tested], besides)
    return FalseAlarm(rate=named / len(tested), n=len(tested), on=on)


def _excess(vote: Mapping[str, Any]) -> list[float]:
    """Return log10 p of the excess at whole percentages, from the listed standard deviations."""
    z = [value for option in vote["options"] for value in option.get("integer_z", {}).values()]
    return [float(log_ndtr(-value) / np.log(10.0)) for value in z]


def _counts(vote: Mapping[str, Any]) -> list[float]:
    """Return log10 p of counts that lie where rounded percentages put them, by the method itself."""
    from plebiscope.methods.totals import METHOD

    if "counts" not in vote:
        return []
    votes = {f"option {place}": count for place, count in enumerate(vote["counts"]["votes"])}
    totals = Totals(contest="vote", source=vote["name"], valid=vote["counts"]["valid"], votes=votes)
    subject = Subject(Contest(id="vote", name=vote["name"]), None, (totals,))
    evidence = METHOD.measure(subject, METHOD.params(), np.random.default_rng(0))
    return [found.log10_p for found in evidence.measurements if found.log10_p is not None]


@cache
def clean_range(method: str, besides: tuple[str, ...] = ()) -> tuple[CleanRange, ...]:
    """Say between which values a method's estimates lay on reference votes.

    Parameters
    ----------
    method
        Method id.
    besides
        Names of votes to leave out.

    Returns
    -------
    tuple of CleanRange
        The one by which the method is graded first; empty where none is known.
    """
    if method != "anomalous-votes":
        return ()
    per_cent = ("per cent of the option's votes", "per cent of the leader's votes")
    return (
        _range("anomalous votes", per_cent, "cores", besides),
        _range("anomalous votes, automatic core", per_cent, "anomalous", besides),
        _range(EXPLAIN_AWAY, ("logit of share per 10 points of turnout",), "slope", besides),
    )


def _range(effect: str, units: tuple[str, ...], key: str, besides: tuple[str, ...]) -> CleanRange:
    used = [vote for vote in _kept(besides) if any(key in option for option in vote["options"])]
    values = np.hstack([option[key] for vote in used for option in vote["options"] if key in option])
    on = _described(used, besides)
    return CleanRange(effect, units, float(values.min()), float(values.max()), len(used), on)


def small(alarm: FalseAlarm | None) -> bool:
    """Whether a rate of false alarms is known from enough votes, and small."""
    return alarm is not None and alarm.n >= FEWEST and alarm.rate <= SMALL


def at_most(alarm: FalseAlarm) -> float:
    """Return the upper end of the one-sided 95 % interval (Clopper and Pearson) for a rate of false alarms.

    None of 14 still allows a rate of 19 %.
    """
    count = round(alarm.rate * alarm.n)
    return 1.0 if count == alarm.n else float(betaincinv(count + 1, alarm.n - count, 0.95))


def _kept(besides: tuple[str, ...]) -> list[Mapping[str, Any]]:
    return [vote for vote in votes() if vote["standing"] != "annulled" and vote["name"] not in besides]


def _described(used: list[Mapping[str, Any]], besides: tuple[str, ...]) -> str:
    countries = len({vote["country"] for vote in used})
    left_out = ", this vote left out" if besides else ""
    standing = f"clean, or disputed on other grounds{left_out}"
    return f"{len(used)} reference votes in {countries} countries ({standing})"
