"""How many votes are concerned, in sentences: what may be said, and what it assumes."""

from __future__ import annotations

from plebiscope.dossier.magnitude.records import Estimate, HowMany
from plebiscope.dossier.magnitude.rounding import three_digits
from plebiscope.dossier.numbers import large, number
from plebiscope.dossier.text import lowered, name, plain
from plebiscope.dossier.words.sentences import doubted
from plebiscope.model.wording import counted, listed

_NAMED = 2
"""Estimates that a reason names."""
_SPACE = "\N{NO-BREAK SPACE}"


def sentences(made: HowMany, called: str) -> list[str]:
    """Say how many votes are concerned, where that may be said; else that it cannot be, and why.

    Parameters
    ----------
    made
        The estimates of a contest.
    called
        Name of the contest.
    """
    subject = name(called)
    told = [_designed(subject, one) for one in made.estimates if one.told == "whole"]
    there = [one for one in made.estimates if one.told == "there"]
    told += [_restricted(subject, made, one) for one in there]
    if not told:
        return [f"{subject}: how many votes are concerned cannot be stated, because {reason(made)}."]
    more = []
    if len(told) > 1:
        more.append(
            f"{subject}: the numbers of votes that different methods tell answer different questions; they "
            f"can overlap and are not to be added up."
        )
    if len(told) == len(there):
        model = all(one.tier == "C" for one in made.estimates)
        why = "every estimate of that depends on a model" if model else "no estimate of that may be told"
        more.append(
            f"{subject}: how many votes are concerned in the other areas cannot be stated, because {why}."
        )
    return told + more


def reason(made: HowMany) -> str:
    """Say why no number may be told."""
    if not made.estimates:
        return "no method that could be asked of this case estimates that"
    if any(one.stations for one in made.failing) and all(one.tier == "C" for one in made.estimates):
        whys: dict[str, list[str]] = {}
        for one in made.estimates:
            if one.value > 0.0 and one.tier == "C":
                why = plain(one.why.removeprefix("it depends on a model, and "), 200)
                whys.setdefault(why, []).append(f"“{plain(one.name, 120)}”")
        each = [f"{_some(list(dict.fromkeys(names)))}: {why}" for why, names in whys.items()]
        told = f" ({'; '.join(each)})" if each else ""
        return f"every estimate depends on a model, and none can be told for the areas that fail a test{told}"
    if all(one.tier == "C" for one in made.estimates):
        return (
            "every estimate depends on a model, and no area fails a test of tier A (hard to explain without "
            "invented figures)"
        )
    titles: dict[str, dict[str, None]] = {}
    for one in made.estimates:
        titles.setdefault(plain(one.why, 300), {})[lowered(plain(one.title, 120))] = None
    return "; ".join(f"{listed(list(by))}: {why}" for why, by in titles.items())


def _some(names: list[str]) -> str:
    """Name the estimates that a reason belongs to; of many the first."""
    more = len(names) - _NAMED
    return listed(names) if more <= 0 else listed([*names[:_NAMED], counted(more, "further estimates")])


def _designed(subject: str, one: Estimate) -> str:
    return (
        f"{subject}, {lowered(plain(one.title, 120))}: "
        f"{_change(one, one.low, one.high, plain(one.than, 400) or 'by what it takes for granted')}"
        f"{_percent(one.share_low, one.share_high, ' of the valid votes')}. This assumes that "
        f"{plain(one.assumes, 400)}.{doubted(one.doubtful)}"
    )


def _restricted(subject: str, made: HowMany, one: Estimate) -> str:
    there = one.there
    if there is None:
        raise ValueError("an estimate is told for areas without one")
    areas = _areas(made)
    shares = [
        100.0 * end / made.valid_there if end is not None and made.valid_there else None
        for end in (there.widened_low, there.widened_high)
    ]
    return (
        f"{subject}, in {areas} of tier A (hard to explain without invented figures): by the model of "
        f"“{lowered(plain(one.title, 120))}”, "
        f"{_change(one, there.widened_low, there.widened_high, 'that model expects')}"
        f"{_percent(shares[0], shares[1], ' of the valid votes there')}. This assumes that "
        f"{plain(one.assumes, 400)}.{doubted(one.doubtful)} The range allows for chance, and for as much as "
        f"parts of reference votes, clean or disputed, gave, as where turnout was highest; another vote can "
        f"give more.{_smaller(made, one)}"
    )


def _smaller(made: HowMany, one: Estimate) -> str:
    """Say how many other estimates for the whole vote come to less than what is told of a part of it."""
    least = one.there.widened_low if one.there is not None else None
    others = [other for other in made.estimates if other.option == one.option and other is not one]
    smaller = sum(least is not None and other.value < least for other in others)
    if not smaller:
        return ""
    return (
        f" Not all ways to estimate agree: of {counted(len(others), 'other estimates')} for the whole vote, "
        f"{smaller} {'is' if smaller == 1 else 'are'} smaller than that."
    )


def _areas(made: HowMany) -> str:
    areas = [one for one in made.failing if one.stations]
    if len(areas) == 1:
        return f"the one area ({name(areas[0].area)}) that fails a test"
    return f"the {len(areas):,} areas that fail a test"


def _change(one: Estimate, low: float | None, high: float | None, than: str) -> str:
    """Say by how much the option or its lead is larger or smaller than something; no range holds nought."""
    low, high = low or 0.0, high or 0.0
    less = high <= 0.0
    many = _span(-high, -low) if less else _span(low, high)
    if one.counts == "votes of the lead":
        return f"the lead is {many} votes {'smaller' if less else 'larger'} than {than}"
    side = "fewer" if less else "more"
    if one.counts == "ballots":
        return f"there are {many} {side} ballots than {than}"
    who = "the announced winner" if one.option is None else f"“{name(one.option)}”"
    return f"{who} has {many} {side} votes than {than}"


def _span(low: float, high: float) -> str:
    return large(low) if round(low) == round(high) else f"{large(low)} to {large(high)}"


def _percent(low: float | None, high: float | None, of: str) -> str:
    if low is None or high is None:
        return ""
    return f" ({number(three_digits(low))} to {number(three_digits(high))}{_SPACE}%{of})"
