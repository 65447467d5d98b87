"""How often a method cries wolf, and where a vote stands among reference votes.

The votes are listed in ``reference.toml``, with figures that others computed on some of them; what the
methods gave on those whose results are published is in ``reference.csv``
(:mod:`plebiscope.calibrate.table`). Every rate, range and place is computed from these lines.

None of these votes is proved to be clean. Some are *held to be clean*: nothing serious is known to us against
their count. Some are *disputed*, on grounds other than figures invented on paper. Left out are votes whose
own figures are doubted or that a court set aside, and the vote under examination with those held with it:
known by its table, or by the country and year of its case.

Rates of false alarm and places count both kinds, and say how many there are of each. A rate counts votes,
not options or areas: two options of one vote are one chance to cry wolf. For a test of invented figures a
disputed vote is as good as a clean one. For an estimate of votes added by whatever means it is not: it may
hold what is looked for. So the range of such an estimate is that of the clean votes where these are at least
ten. Where they are fewer, they are no yardstick, and the disputed votes are counted as well: that can only
widen the range, so that less is named, and nothing is called usual because a disputed vote gave as much
(:mod:`plebiscope.dossier.words`).

A rate asks what the grades ask, of each vote and question by itself: q below the level after correction
for all options that the question was put for, an effect large enough to matter, and no assumption that
fails. In a dossier q is also corrected for everything else that was asked, so that the rate is, if anything,
too high.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np

from plebiscope.calibrate import table
from plebiscope.calibrate.multiplicity import log10_of
from plebiscope.calibrate.table import Row
from plebiscope.kernels.multiplicity import holm
from plebiscope.model.case import Contest
from plebiscope.model.finding import Effect, FalseAlarm, Measurement, Place
from plebiscope.model.size import comparable, matters

FEWEST = 10
"""A rate seen on fewer reference votes than this is not called known, nor a range a yardstick."""
SMALL = 0.05
"""The largest rate of false alarms, as seen, that is called small."""
SHOWN = 5
"""A place among fewer reference votes than this is not told."""
CHANCE = "log10 p"
"""Unit of a place that is told by p."""

Level = Literal["contest", "area"]
_COUNTED = {"clean", "disputed"}
"""Standings of the votes that are in rates and places."""
_HELD = {"clean": "held to be clean", "disputed": "disputed"}
_SLOPE = "slope over all"
"""Name of the effect of ``shape`` that says how a share changes with turnout."""
_PERCENT = "per cent of the option's votes"


@dataclass(frozen=True, slots=True)
class Vote:
    """A reference vote."""

    id: str
    name: str
    country: str
    date: dt.date
    standing: str
    listed: tuple[Mapping[str, Any], ...]
    """Figures computed elsewhere, by option."""


@dataclass(frozen=True, slots=True)
class Span:
    """What one estimate came to on reference votes, with intervals: on clean ones, if these are enough."""

    effect: Effect
    """The same estimate on the vote under examination."""
    value: float
    """The estimate, in the unit below, and the ends of its interval."""
    low: float
    high: float
    unit: str
    ranges: Mapping[str, tuple[tuple[float, float], ...]]
    """Lowest and highest of each option, by name of the reference vote."""
    on: str
    clean: Span | None = None
    """The same on the clean votes alone, where disputed ones are among these; null where none is clean."""
    disputed: Span | None = None
    """The same on the disputed votes alone; null where there are none."""

    @property
    def n(self) -> int:
        """Number of reference votes."""
        return len(self.ranges)

    @property
    def lowest(self) -> float:
        """Return the smallest that a reference vote gave."""
        return min(low for ends in self.ranges.values() for low, _ in ends)

    @property
    def highest(self) -> float:
        """Return the largest that a reference vote gave."""
        return max(high for ends in self.ranges.values() for _, high in ends)

    @property
    def inside(self) -> bool:
        """Whether the interval of the estimate meets the range of these votes."""
        return self.low <= self.highest and self.high >= self.lowest

    def alarm(self, tail: str) -> FalseAlarm:
        """Say how many of these votes lie wholly outside the range of all the others.

        Parameters
        ----------
        tail
            Which departures count: below the others only where this is not ``upper``.
        """
        outside = 0
        for vote, ends in self.ranges.items():
            others = [end for name, pairs in self.ranges.items() if name != vote for end in pairs]
            lowest = min((low for low, _ in others), default=-np.inf)
            highest = max((high for _, high in others), default=np.inf)
            outside += any(low > highest or (tail != "upper" and high < lowest) for low, high in ends)
        return FalseAlarm(rate=outside / self.n, n=self.n, on=self.on)


@cache
def votes() -> tuple[Vote, ...]:
    """Return the reference votes as listed, the doubted and annulled ones too."""
    text = resources.files("plebiscope.calibrate").joinpath("reference.toml").read_text("utf-8")
    names = ("id", "name", "country", "date", "standing")
    return tuple(
        Vote(**{name: vote[name] for name in names}, listed=tuple(vote.get("listed", ())))
        for vote in tomllib.loads(text)["vote"]
    )


@cache
def _rows() -> Mapping[str, tuple[Row, ...]]:
    """Return all rows by method: those computed, and those listed for votes on which none was."""
    made = table.shipped()
    known = {(row.vote, row.method) for row in made}
    listed = [row for vote in votes() for row in _listed(vote) if (row.vote, row.method) not in known]
    by_method: dict[str, list[Row]] = {}
    for row in (*made, *listed):
        by_method.setdefault(row.method, []).append(row)
    return {method: tuple(rows) for method, rows in by_method.items()}


def _listed(vote: Vote) -> Iterable[Row]:
    """Turn figures computed elsewhere into rows."""
    from scipy.special import log_ndtr

    for figures in vote.listed:
        for method, by_quantity in figures.get("z", {}).items():
            for quantity, z in by_quantity.items():
                log10_p = float(log_ndtr(-z) / np.log(10.0))
                yield table.listed(vote.id, method, quantity, figures["option"], log10_p=log10_p)
        for name, key in (("anomalous votes", "cores"), ("anomalous votes, automatic core", "anomalous")):
            if key in figures:
                ends = np.atleast_1d(figures[key]).tolist()
                size = Effect(name=name, value=ends[-1], low=ends[0], high=ends[-1], unit=_PERCENT)
                yield table.listed(vote.id, "anomalous-votes", "votes", figures["option"], effect=size)


def own(contest: Contest, digest: str | None = None) -> tuple[str, ...]:
    """Name the reference votes that are this contest or were held with it.

    Parameters
    ----------
    contest
        Its country and year tell, where the case says them.
    digest
        Digest of the table of returns, which tells where it is the same as that of a reference vote.
    """
    same = {
        row.vote
        for rows in _rows().values()
        for row in rows
        if digest is not None and row.table and digest.startswith(row.table)
    }
    known = {(vote.country.casefold(), vote.date.year) for vote in votes() if vote.id in same}
    if contest.country is not None and contest.date is not None:
        known.add((contest.country.casefold(), contest.date.year))
    return tuple(vote.id for vote in votes() if (vote.country.casefold(), vote.date.year) in known)


@cache
def false_alarm(
    method: str, quantity: str, level: float, besides: tuple[str, ...] = (), where: Level = "contest"
) -> FalseAlarm | None:
    """Say how often a question named a reference vote, or any area in one, at a level of q.

    Parameters
    ----------
    method, quantity
        The question: method id, and what it asks about.
    level
        The level of q at which a vote counts as named. For areas 0.05 or 0.001.
    besides
        Ids of votes to leave out.
    where
        Whether the answer for the contest is meant, or those for areas.

    Returns
    -------
    FalseAlarm or None
        None where the question has not been put to reference votes, or gave no p there.
    """
    kept = _kept(besides)
    by_vote: dict[str, list[Row]] = {}
    for row in _rows().get(method, ()):
        asked = row.log10_p if where == "contest" else row.areas
        if row.vote in kept and row.answers and row.quantity == quantity and asked is not None:
            by_vote.setdefault(row.vote, []).append(row)
    if not by_vote:
        return None
    if where == "area":
        column = {0.05: "notable", 0.001: "strong"}[level]
        named = sum(any(getattr(row, column) for row in rows) for rows in by_vote.values())
    else:
        named = sum(_is_named(rows, level) for rows in by_vote.values())
    on = _described([kept[vote] for vote in by_vote], besides, "; any area counts" * (where == "area"))
    return FalseAlarm(rate=named / len(by_vote), n=len(by_vote), on=on)


def _is_named(rows: list[Row], level: float) -> bool:
    log10_q = holm([row.log10_p or 0.0 for row in rows])
    return any(
        q < np.log10(level) and not row.fails and matters(row.value, row.unit, row.n)
        for q, row in zip(log10_q, rows, strict=True)
    )


def place(measurement: Measurement, besides: tuple[str, ...] = ()) -> Place | None:
    """Say where an answer for a contest stands among the same answers on reference votes.

    By its p where it has one, else by its first effect that votes of any size can be compared by; all options
    of a reference vote count, because which one was examined is not what distinguishes votes.

    Returns
    -------
    Place or None
        None for areas, and where too few reference votes have the same figure.
    """
    if measurement.status != "tested" or measurement.scope.level != "contest":
        return None
    here = log10_of(measurement)
    if here is None:
        span = next((span for span in spans(measurement, besides) if _votes_of(span) >= SHOWN), None)
        if span is None:
            return None
        found = _by_vote(measurement, besides, lambda row: _figure(row, span))
        on = _described([vote for vote in votes() if vote.name in found], besides)
        figure = {"figure": span.effect.name, "unit": span.unit, "value": span.value}
        return Place(**figure, votes=found, disputed=_disputed(found), on=on)
    found = _by_vote(measurement, besides, lambda row: row.log10_p)
    if len(found) < SHOWN:
        return None
    on = _described([vote for vote in votes() if vote.name in found], besides)
    return Place(figure="p", unit=CHANCE, value=here, votes=found, disputed=_disputed(found), on=on)


def spans(measurement: Measurement, besides: tuple[str, ...] = ()) -> tuple[Span, ...]:
    """Return what each estimate of an answer came to on reference votes, the headline first.

    On the clean ones where these are at least ``FEWEST``, else on these and the disputed ones.

    Parameters
    ----------
    measurement
        The answer. For an area there are none: areas differ more than whole votes do.
    besides
        Ids of votes to leave out.
    """
    if measurement.scope.level != "contest":
        return ()
    made = []
    kept = _kept(besides)
    for effect in (measurement.effect, *measurement.effects):
        if effect is None or effect.value is None:
            continue
        here = comparable(effect.value, effect.unit, measurement.n)
        if here is None:
            continue
        ranges: dict[str, list[tuple[float, float]]] = {}
        for row in _same(measurement, besides):
            ends = _ends(row, effect.name, here[1])
            if ends is not None:
                ranges.setdefault(row.vote, []).append(ends)
        if not ranges:
            continue
        low, high = (comparable(end, effect.unit, measurement.n) for end in _interval(effect))
        both = Span(
            effect=effect,
            value=here[0],
            low=low[0] if low else here[0],
            high=high[0] if high else here[0],
            unit=here[1],
            ranges={kept[vote].name: tuple(ends) for vote, ends in ranges.items()},
            on=_described([kept[vote] for vote in ranges], besides),
        )
        clean, disputed = (
            _those(both, [kept[vote] for vote in ranges if kept[vote].standing == standing], besides)
            for standing in ("clean", "disputed")
        )
        enough = clean is not None and clean.n >= FEWEST
        made.append(replace(clean if clean and enough else both, clean=clean, disputed=disputed))
    return tuple(made)


def yardstick(measurement: Measurement, besides: tuple[str, ...] = ()) -> Span | None:
    """Return what an answer is judged against: the first of its estimates that votes can be compared by.

    Returns
    -------
    Span or None
        None where no reference vote has that very estimate, whatever others it has.
    """
    for effect in (measurement.effect, *measurement.effects):
        if effect is not None and comparable(effect.value or 0.0, effect.unit, measurement.n) is not None:
            return next(
                (span for span in spans(measurement, besides) if span.effect.name == effect.name), None
            )
    return None


def silent(measurement: Measurement, besides: tuple[str, ...] = ()) -> str | None:
    """Describe the reference votes that the same was asked of; null where none was."""
    asked = {row.vote for row in _same(measurement, besides) if row.answers}
    kept = _kept(besides)
    return _described([kept[vote] for vote in sorted(asked)], besides) if asked else None


def _those(span: Span, used: Sequence[Vote], besides: tuple[str, ...]) -> Span | None:
    """Return what an estimate came to on some of the votes; null where these are none."""
    if not used:
        return None
    ranges = {vote.name: span.ranges[vote.name] for vote in used}
    return replace(span, ranges=ranges, on=_described(used, besides))


def slopes(standing: str, besides: tuple[str, ...] = ()) -> tuple[float, float, int]:
    """Return the flattest and the steepest change of a share with turnout, and on how many votes.

    Logit of an option's share per ten points of turnout, over all stations or counting areas of a vote.

    Parameters
    ----------
    standing
        Of which votes: ``clean`` or ``disputed``.
    besides
        Ids of votes to leave out.
    """
    found: dict[str, list[float]] = {}
    for row in _rows().get("shape", ()):
        if row.effect == _SLOPE and row.value is not None:
            found.setdefault(row.vote, []).append(row.value)
    for vote in votes():
        listed = [one["slope"] for one in vote.listed if "slope" in one]
        if listed:
            found.setdefault(vote.id, listed)
    asked = {id for id, vote in _kept(besides).items() if vote.standing == standing}
    values = [slope for vote, slopes in found.items() if vote in asked for slope in slopes]
    return min(values), max(values), len(asked & found.keys())


def small(alarm: FalseAlarm | None) -> bool:
    """Whether a rate of false alarms is known from enough votes, and small."""
    return alarm is not None and alarm.n >= FEWEST and alarm.rate <= SMALL


def too_common(alarm: FalseAlarm | None) -> bool:
    """Whether false alarms were seen too often, be it on few votes."""
    return alarm is not None and alarm.rate > SMALL


def at_most(alarm: FalseAlarm) -> float:
    """Return the upper end of the one-sided 95 % interval (Clopper and Pearson) for a rate of false alarms.

    None of 14 still allows a rate of 19 %.
    """
    count = round(alarm.rate * alarm.n)
    from scipy.special import betaincinv

    return 1.0 if count == alarm.n else float(betaincinv(count + 1, alarm.n - count, 0.95))


def _votes_of(span: Span) -> int:
    """Count the clean and the disputed votes that have an estimate."""
    return sum(one.n for one in (span.clean, span.disputed) if one is not None)


def _disputed(names: Iterable[str]) -> tuple[str, ...]:
    """Return which of these reference votes are disputed."""
    disputed = {vote.name for vote in votes() if vote.standing == "disputed"}
    return tuple(name for name in names if name in disputed)


def _same(measurement: Measurement, besides: tuple[str, ...]) -> Iterable[Row]:
    kept = _kept(besides)
    return (
        row
        for row in _rows().get(measurement.method, ())
        if row.vote in kept and row.quantity == measurement.quantity
    )


def _ends(row: Row, name: str, unit: str) -> tuple[float, float] | None:
    """Return the lowest and highest of a row's figure, if it is the one that is named."""
    if row.effect != name or row.value is None:
        return None
    known = [
        figure
        for end in (row.value, row.low, row.high)
        if end is not None and (figure := comparable(end, row.unit, row.n)) is not None
    ]
    values = [value for value, of in known if of == unit]
    return (min(values), max(values)) if values else None


def _interval(effect: Effect) -> tuple[float, float]:
    ends = [end for end in (effect.low, effect.value, effect.high) if end is not None]
    return min(ends), max(ends)


def _figure(row: Row, span: Span) -> float | None:
    if row.effect != span.effect.name or row.value is None:
        return None
    found = comparable(row.value, row.unit, row.n)
    return found[0] if found is not None and found[1] == span.unit else None


def _by_vote(measurement: Measurement, besides: tuple[str, ...], figure: Any) -> dict[str, tuple[float, ...]]:
    kept = _kept(besides)
    found: dict[str, list[float]] = {}
    for row in _same(measurement, besides):
        value = figure(row)
        if value is not None:
            found.setdefault(kept[row.vote].name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def counted(besides: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Name the reference votes that are in rates: held to be clean or disputed, but for some."""
    return tuple(_kept(besides))


def described(used: Iterable[str], besides: tuple[str, ...] = ()) -> str:
    """Say how many votes, in how many countries, some reference votes are, by their ids."""
    kept = _kept(besides)
    return _described([kept[vote] for vote in used], besides)


def _kept(besides: tuple[str, ...]) -> dict[str, Vote]:
    return {vote.id: vote for vote in votes() if vote.standing in _COUNTED and vote.id not in besides}


def _described(used: Iterable[Vote], besides: tuple[str, ...], rule: str = "") -> str:
    used = list(used)
    countries = len({vote.country for vote in used})
    kinds = Counter(vote.standing for vote in used)
    held = " and ".join(f"{kinds[one]} {_HELD[one]}" for one in _HELD if kinds[one])
    left_out = ", this vote left out" if besides else ""
    return f"{len(used)} reference votes in {countries} countries ({held}{left_out}{rule})"
