"""What announced figures can mean: of what a percentage may be, within which bounds, and what that asks for.

Everything here is whole-number arithmetic on one announcement; nothing is judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from plebiscope.kernels.rounding import Percent, common_bases
from plebiscope.model.case import Totals
from plebiscope.model.wording import per_cent

Range = tuple[int, int | None]
"""Smallest and largest whole number; null where nothing bounds it above."""


@dataclass(frozen=True, slots=True)
class Base:
    """Something that a percentage may be of."""

    name: str
    low: int
    high: int | None
    """Bounds; equal where it was announced, ``high`` null where nothing bounds it."""

    @property
    def known(self) -> bool:
        """Whether it was announced, or follows from what was."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Reading:
    """The percentages read as shares of one base."""

    base: Base
    fits: bool
    """Whether every percentage with a count fits; for a base that was not announced, whether one value within
    its bounds lets them."""
    cut_off: bool = False
    """Whether they fit only with further decimals cut off instead of rounded."""
    needed: Range | None = None
    """For a base that was not announced: the values that fit, null where there are none."""
    off: float | None = None
    """Largest distance between percentage and count over base, in percentage points; null if not known."""

    @property
    def asks(self) -> str:
        """Say how many there would have to be."""
        return f"{self.base.name}, if there were {span(self.needed)} of them"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What can be true without having been announced."""

    most_invalid: float
    """Share of ballots cast that may be invalid."""
    most_carried_away: float
    """Share of ballots issued that may be missing in the boxes, where turnout counts ballots issued."""


def span(found: Range | None) -> str:
    """Write a range of whole numbers; an empty one is no number."""
    low, high = found or (1, 0)
    if high is None:
        return f"{low:,} or more"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}" if low < high else "no number of"


def with_both(totals: Totals) -> list[str]:
    """Name the options for which both a count and a percentage were announced."""
    return [name for name in totals.shares if name in totals.votes]


def candidates(totals: Totals, allowed: Allowance) -> list[Base]:
    """List what the percentages of a source may be of, with the bounds that its other figures set."""
    together = sum(totals.votes.values())
    cast, valid, invalid, most = totals.cast, totals.valid, totals.invalid, totals.registered
    if cast is None and valid is not None and invalid is not None:
        cast = valid + invalid
    if valid is None and cast is not None and invalid is not None:
        valid = cast - invalid
    least_cast = (valid if valid is not None else together) + (invalid or 0)
    most_cast = most
    voters: Range = (least_cast if cast is None else cast, None)
    if most is not None:
        voters = (most, most)
    elif cast is not None and totals.turnout is not None:
        voters = Percent.read(totals.turnout).bases(cast) or voters
    if cast is None and most and totals.turnout is not None:
        low, high = _came(Percent.read(totals.turnout), most, allowed)
        least_cast, most_cast = max(least_cast, low), min(most, high)
    found = [
        Base("ballots cast", *((least_cast, most_cast) if cast is None else (cast, cast))),
        Base(
            "valid ballots",
            *((together, most_cast if cast is None else cast) if valid is None else (valid, valid)),
        ),
        Base("registered voters", *voters),
    ]
    if len(totals.votes) > 1 and together not in {base.low for base in found if base.known}:
        found.append(Base("votes announced together", together, together))
    return found


def _came(turnout: Percent, registered: int, allowed: Allowance) -> tuple[int, int]:
    """Bound the ballots cast by the turnout, which may count ballots issued, or only valid ones."""
    fewest, _ = turnout.counts(registered)
    _, most = turnout.counts_cut_off(registered)
    return (
        math.floor(fewest * (1.0 - allowed.most_carried_away)),
        math.ceil(most / (1.0 - allowed.most_invalid)),
    )


def readings(totals: Totals, allowed: Allowance) -> list[Reading]:
    """Read the percentages as shares of each base in turn.

    Parameters
    ----------
    totals : Totals
        With at least one option that has both a count and a percentage.
    allowed : Allowance

    Returns
    -------
    list of Reading
        One per base that is positive.
    """
    pairs = [(totals.votes[name], Percent.read(totals.shares[name])) for name in with_both(totals)]
    found = []
    for base in candidates(totals, allowed):
        if base.known and base.low > 0:
            off = max(abs(float(Fraction(100 * count, base.low) - share.value)) for count, share in pairs)
            rounded = all(share.fits(count, base.low) for count, share in pairs)
            cut = all(share.fits_cut_off(count, base.low) for count, share in pairs)
            found.append(Reading(base, rounded or cut, cut and not rounded, None, off))
        elif not base.known:
            needed = common_bases(pairs, max(1, base.low), base.high)
            possible = needed is not None
            if needed and needed[1] is not None and base.name == "valid ballots" and totals.cast is not None:
                possible = totals.cast - needed[1] <= allowed.most_invalid * totals.cast
            found.append(Reading(base, possible, False, needed))
    return found


def off(totals: Totals, name: str, base: int) -> Fraction:
    """Return the share of a base that an option's count is, less the percentage announced."""
    return Fraction(100 * totals.votes[name], base) - Fraction(totals.shares[name])


def computed(totals: Totals, name: str, base: int) -> str:
    """Write the share of a base that an option's count is, with one decimal more than was announced."""
    places = Percent.read(totals.shares[name]).decimals + 1
    return per_cent(float(Fraction(100 * totals.votes[name], base)), f".{places}f")


def implied_counts(totals: Totals) -> str:
    """Say what counts the percentages stand for, where a base is known."""
    cast = totals.cast if totals.cast is not None else totals.valid
    if cast is None:
        return ""
    said = []
    for name, share in totals.shares.items():
        counts = span(Percent.read(share).counts(cast))
        said.append(f"{per_cent(share, '')} for “{name}” would be {counts} of {cast:,}")
    return f" ({'; '.join(said)})"


def asked_for(totals: Totals, found: Sequence[Reading]) -> str:
    """Say what would have to be true for percentages that no announced base gives to be right."""
    cast = totals.cast
    for reading in found:
        if reading.base.name == "valid ballots" and reading.needed is not None and cast is not None:
            low, high = reading.needed
            fewest, most = cast - (high if high is not None else cast), cast - low
            return (
                f"; valid ballots would, but only if {span((fewest, most))} of the {cast:,} ballots cast "
                f"({per_cent(100 * fewest / cast)}) were invalid, which was not announced"
            )
    asked = [Percent.read(totals.shares[name]).bases(totals.votes[name]) for name in with_both(totals)]
    if len(asked) != 1 or asked[0] is None or asked[0][1] is None:
        return ""
    low = asked[0][0]
    beside = f", at least {low - cast:,} more than were cast" if cast and low > cast else ""
    return f"; it would take {span(asked[0])} ballots{beside}"
