"""Numbers as people read them: thousands separated, sensibly rounded, chances in words.

A thousand million is written out, because a billion is not the same number everywhere.
"""

from __future__ import annotations

import math

from plebiscope.model.finding import Effect
from plebiscope.model.wording import chance, scientific

_MINUS = "\N{MINUS SIGN}"
_SPACE = "\N{NO-BREAK SPACE}"
_WHOLE = {
    *("stations", "areas", "counting areas", "records"),
    *("votes", "voters", "ballots", "registered voters", "figures"),
}
_OF_A_COUNT, _OF_A_SHARE = 2, 3
"""Decimals that a count and a figure in per cent can carry; what is smaller is left over by rounding."""


def number(value: float | None, unit: str = "") -> str:
    """Write a number with as many digits as it carries.

    Parameters
    ----------
    value
        The number; null gives a dash.
    unit
        Its unit; things that are counted are rounded to whole ones from ten up, and small figures to what
        their unit can carry.
    """
    if value is None:
        return "–"
    size = abs(value)
    if unit in _WHOLE:
        size = round(size, _OF_A_COUNT)
    elif unit.startswith(("per cent", "percentage point")):
        size = round(size, _OF_A_SHARE)
    if float(size).is_integer() or (unit in _WHOLE and size >= 10) or size >= 1000:
        text = f"{round(size):,}"
    elif size >= 100:
        text = f"{size:,.1f}"
    elif size >= 1:
        text = f"{size:.2f}".rstrip("0").rstrip(".")
    elif size >= 0.001:
        text = f"{size:.2g}"
    else:
        text = scientific(math.log10(size))
    return _MINUS + text if value < 0 and text.strip("0.") else text


def large(value: float) -> str:
    """Write a count as in a sentence: whole below a million, then in millions with three digits."""
    size = abs(value)
    if round(size) < 1_000_000:
        return number(round(value))
    millions = f"{size / 1e6:,.2f}" if size < 1e7 else f"{size / 1e6:,.1f}"
    return f"{_MINUS if value < 0 else ''}{millions} million"


def with_unit(value: float | None, unit: str) -> str:
    """Write a number with its unit."""
    shown = large(value) if value is not None and unit in _WHOLE and abs(value) >= 10 else number(value, unit)
    if unit == "per cent" or unit.startswith("per cent "):
        return f"{shown}{_SPACE}%{unit.removeprefix('per cent')}"
    if unit in _WHOLE and shown in {"1", _MINUS + "1"}:
        unit = unit.removesuffix("s")
    return f"{shown} {unit}".strip()


def per_cent(part: float) -> str:
    """Write a part of one as a percentage."""
    return f"{100 * part:.3g}{_SPACE}%"


def span(effect: Effect) -> str:
    """Write from where to where an effect may lie; nothing where that is not known."""
    if effect.low is None and effect.high is None:
        return ""
    counted = effect.unit in _WHOLE
    ends = [
        (
            "no limit"
            if end is None
            else large(end)
            if counted and abs(end) >= 10
            else number(end, effect.unit)
        )
        for end in (effect.low, effect.high)
    ]
    return f"{ends[0]} to {ends[1]}"


def interval(effect: Effect) -> str:
    """Write the interval of an effect: with its coverage, or as a range over assumptions; else nothing."""
    ends = span(effect)
    if not ends:
        return ""
    if effect.level is None:
        return f"{ends}, a range over assumptions"
    return f"{per_cent(effect.level)} interval {ends}"


def effect_in_words(effect: Effect) -> str:
    """Write an effect with unit and interval."""
    around = interval(effect)
    if effect.value is None:
        return around or "not estimated"
    return with_unit(effect.value, effect.unit) + (f" ({around})" if around else "")


def digits(log10_p: float | None) -> str:
    """Write a probability in digits from its base-ten logarithm; null gives a dash."""
    return "–" if log10_p is None else chance(log10_p)


def odds(log10_p: float) -> str:
    """Write a probability as odds in words.

    >>> odds(-206.6), odds(-7.99), odds(-1.5), odds(-0.1)
    ('fewer than 1 in a million million', 'about 1 in 98 million', 'about 1 in 32', 'about 8 in 10')
    """
    if log10_p <= -12:
        return "fewer than 1 in a million million"
    probability = 10**log10_p
    if probability > 0.95:
        return "nearly all"
    if probability > 0.3:
        return f"about {round(10 * probability)} in 10"
    one_in = 1 / probability
    for size, word in ((1e9, "thousand million"), (1e6, "million")):
        if one_in >= 0.995 * size:
            several = one_in / size
            shown = f"{several:.1f}".removesuffix(".0") if several < 10 else _two_digits(several)
            return f"about 1 in {shown} {word}"
    return f"about 1 in {_two_digits(one_in)}"


def _two_digits(value: float) -> str:
    step = 10 ** max(0, math.floor(math.log10(value)) - 1)
    return f"{round(value / step) * step:,}"
