"""What can and what cannot be compared between votes, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plebiscope.compare.record import Caution, Side
from plebiscope.compare.sides import Read
from plebiscope.dossier.text import name
from plebiscope.model.wording import QUANTITIES, counted, listed

UNEQUAL = 2.0
"""Votes of which one has more than so many times the stations of another are told apart."""
_LEVELS = {
    "station": "by station",
    "area": "by area only",
    "totals": "as announced totals only",
    "none": "not at all",
}


def cautions(reads: Sequence[Read]) -> tuple[Caution, ...]:
    """Name everything that stands between the votes; that a difference is no evidence always comes first."""
    first = Caution(
        kind="difference",
        sentence="A difference between two dossiers is no evidence by itself: votes differ in who stands, in "
        "who comes, and in how results are published. Each finding says what it says of its own vote.",
    )
    return (first, *(Caution(kind=kind, sentence=said) for kind, said in _found(reads)))


def _found(reads: Sequence[Read]) -> Iterator[tuple[str, str]]:
    sides = [read.side for read in reads]
    invented = [side.name for side in sides if side.simulated]
    if invented:
        yield "simulated", f"Simulated, and never held: {listed(invented)}."
    masked = [side.name for side in sides if side.masked]
    if masked:
        yield "masked", f"Copies in which names were masked: {listed(masked)}."
    if len({side.table for side in sides if side.table}) < sum(side.table is not None for side in sides):
        yield "same", "Two of these rest on the very same table of results, so they are one vote."
    if not all(side.date for side in sides):
        yield (
            "order",
            "The day of each vote is not known, so they stand in the order in which they were given; which "
            "was held first is not said.",
        )
    countries = list(dict.fromkeys(side.country for side in sides if side.country))
    if len(countries) > 1:
        yield "country", f"They were held in different countries: {listed(countries)}."
    if len({side.level for side in sides}) > 1:
        yield (
            "level",
            f"They were not published alike: {_each(sides, [_LEVELS[side.level] for side in sides])}. What "
            "was asked of stations in one could not be asked in the other.",
        )
    yield from _options(sides)
    for kind, what, told in (
        ("turnout", "Turnout", [side.turnout_of for side in sides]),
        ("share", "Shares", [side.share_of for side in sides]),
    ):
        if len({one for one in told if one}) > 1:
            counts = [QUANTITIES[one] if one else "what was announced" for one in told]
            verb = "counts" if kind == "turnout" else "are of"
            yield kind, f"{what} {verb} different things: {_each(sides, counts)}."
    yield from _coverage(sides)
    yield from _asked(reads)
    versions = list(dict.fromkeys(side.plebiscope for side in sides))
    if len(versions) > 1:
        yield (
            "version",
            f"They were examined by different versions ({listed(versions)}); the same question may have been "
            "put otherwise.",
        )


def _options(sides: Sequence[Side]) -> Iterator[tuple[str, str]]:
    shown = [side.option for side in sides]
    if len({one.casefold() for one in shown if one}) > 1:
        yield (
            "option",
            "The share is that of different options: "
            + _each(sides, [f"“{name(one)}”" if one else "none" for one in shown])
            + ".",
        )
    elif len({frozenset(option.casefold() for option in side.options) for side in sides}) > 1:
        yield "options", "The options are not all the same, so a share of one is not against the same others."


def _coverage(sides: Sequence[Side]) -> Iterator[tuple[str, str]]:
    tables = [side for side in sides if side.rows]
    if len(tables) > 1 and max(s.rows for s in tables) > UNEQUAL * min(s.rows for s in tables):
        rows = [counted(side.rows, "stations" if side.level == "station" else "areas") for side in tables]
        yield (
            "stations",
            f"They are not equally large: {_each(tables, rows)}. In the larger one, smaller departures are "
            "noticed.",
        )
    aside = [side for side in sides if side.set_aside]
    if aside:
        counts = [counted(side.set_aside, "records") for side in aside]
        yield "coverage", f"Not everything could be used: {_each(aside, counts)} set aside."
    everywhere = frozenset(sides[0].missing).intersection(*(side.missing for side in sides))
    lacking = [(side, [one for one in side.missing if one not in everywhere]) for side in sides]
    if any(missing for _, missing in lacking):
        told = [f"{side.name} lacks {listed(missing)}" for side, missing in lacking if missing]
        yield "columns", f"Not the same was published: {'; '.join(told)}."


def _asked(reads: Sequence[Read]) -> Iterator[tuple[str, str]]:
    sides = [read.side for read in reads]
    titles = {method.id: method.title for read in reads for method in read.dossier.methods}
    asked = [
        {one.method for one in read.dossier.findings if one.contest == read.contest.id} for read in reads
    ]
    common = set.intersection(*asked)
    told = [
        f"only {side.name} was asked {listed([titles.get(one, one) for one in sorted(own - common)])}"
        for side, own in zip(sides, asked, strict=True)
        if own - common
    ]
    if told:
        yield "asked", f"Not the same questions were put: {'; '.join(told)}."
    params = [
        {key: value for key, value in read.dossier.case.plan.params.items() if key in common}
        for read in reads
    ]
    if any(one != params[0] for one in params[1:]):
        changed = sorted({titles.get(key, key) for one in params for key in one})
        yield "levels", f"Questions were put with different levels or filters: {listed(changed)}."


def _each(sides: Sequence[Side], told: Sequence[str]) -> str:
    return "; ".join(f"{side.name}: {one}" for side, one in zip(sides, told, strict=True))
