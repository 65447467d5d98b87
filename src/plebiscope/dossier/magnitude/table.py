"""What the table of estimates shows in each of its cells."""

from __future__ import annotations

from plebiscope.dossier.magnitude.records import Estimate, HowMany
from plebiscope.dossier.magnitude.rounding import three_digits
from plebiscope.dossier.numbers import large, number

_SPACE = "\N{NO-BREAK SPACE}"


def votes(low: float | None, high: float | None, value: float) -> str:
    """Write an estimate with its range, for the table."""
    if low is None or high is None:
        return large(value)
    return f"{large(value)} ({large(low)} to {large(high)})"


def share(one: Estimate) -> str:
    """Write the same in per cent of the valid votes."""
    if one.share is None:
        return "–"
    ends = ""
    if one.share_low is not None and one.share_high is not None:
        ends = f" ({number(three_digits(one.share_low))} to {number(three_digits(one.share_high))})"
    return f"{number(three_digits(one.share))}{_SPACE}%{ends}"


def clean(one: Estimate) -> str:
    """Say what the same estimate came to on clean votes, and whether this one is inside."""
    found = one.clean
    if found is None:
        return "not compared, as a design identifies it" if one.tier == "B" else "not known"
    unit = found.unit.replace("per cent", f"{_SPACE}%", 1)
    said = f"{number(three_digits(found.low))} to {number(three_digits(found.high))}{unit}"
    if found.low_votes is not None and found.high_votes is not None:
        said = f"{large(found.low_votes)} to {large(found.high_votes)} ({said})"
    if one.inside is None:
        return f"{said}: only {found.votes} votes to compare with"
    below = found.low_votes is not None and one.value < found.low_votes
    return f"{said}: here it is {'inside' if one.inside else 'below' if below else 'above'}"


def there(one: Estimate) -> str:
    """Say how much of an estimate lies in the areas that fail a test of tier A, or why that is not known."""
    found = one.there
    if found is None:
        return f"not divided: {one.nowhere}" if one.nowhere else "–"
    part = "" if found.part is None else f", {number(three_digits(100.0 * found.part))}{_SPACE}% of it"
    said = f"{votes(found.low, found.high, found.value)}{part}"
    if found.widened_low is None or found.widened_high is None:
        return said
    wide = f"{large(found.widened_low)} to {large(found.widened_high)}"
    return f"{said}; with what parts of reference votes give by geography {wide}"


def may_be_told(one: Estimate) -> str:
    """Say whether an estimate may be told as a number, and why."""
    word = {"whole": "yes", "there": "in those areas", None: "no"}[one.told]
    return f"{word}: {one.why}"


def assumptions(made: HowMany) -> list[tuple[str, str]]:
    """Return what each method assumes, or why it tells no number of votes, each method once."""
    said = {one.title: f"It assumes that {one.assumes}." for one in made.estimates}
    said |= {one.title: f"It tells no number of votes: {one.why}." for one in made.others}
    return list(said.items())
