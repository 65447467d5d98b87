"""Announced totals alone: can the counts and percentages all be true, and were the counts counted?

Question
--------
Where nothing but totals was announced: do counts, percentages and turnout agree, can they all be true
together, and do the counts look as if they had been computed from percentages?

Statistic
---------
For every source, in whole numbers:

* *percentages*: is each announced percentage its count over one and the same base, when rounded to the
  decimals announced? The bases tried are ballots cast, valid ballots, registered voters and the votes
  announced together; those that were not announced are bounded by what was (valid ballots lie between the
  votes announced and the ballots cast, registered voters follow from the turnout) and the base that the
  percentage asks for is worked out;
* *hundred*: do the percentages add to no more than 100, given their rounding?
* *turnout*: is it ballots cast over registered voters? Where one of them was not announced: the range that
  the turnout implies;
* *sum*: are votes, valid and invalid ballots, ballots cast and registered voters in order of size, and what
  is left unexplained?
* *counts-from-percentages*: with ``N`` the base, ``w = N 10^-(D+2)`` votes lie between the counts that
  neighbouring percentages of ``D`` decimals give. ``T`` is the largest distance of a free count from such a
  count.

Several sources for one vote are held against each other (*sources*): turnouts that differ by more than their
rounding, and counts of which some rise and others fall, need an explanation.

Fair vote
---------
The first four are arithmetic. For *counts-from-percentages*: given the rounded percentages, a count that was
counted lies anywhere in its rounding cell with equal chance, because the cell is a small part of the base.
The exact chance that all free counts lie as close as ``T`` is the product of (whole numbers within ``T``) /
``w``. Where the counts make up the base, one of them follows from the others and is not free. Four numbers
of decimals and three bases could have been tried for every source, so the p reported is the smallest times
twelve times the number of sources.

Assumptions
-----------
* Counts and percentages of one source speak of the same ballots. That is what the checks put to the test.
* Fewer than one ballot in ten is invalid: a reading of the percentages that needs more, without the invalid
  ballots having been announced, is no contradiction, but it needs an explanation.
* The cell is small against the base: its width is printed. With no decimals it is one per cent of the base.

Innocent causes
---------------
A misprint, or figures of different hours or territories in one announcement. Percentages of another base
than the one expected. A spokesman who works counts out from percentages when asked for them. Two totals that
count different things (papers in the boxes, papers verified), or two states of one count.

Blind spots
-----------
Totals that agree with themselves. Whatever the announcement leaves out. It does not say what the true result
is.

References
----------
Tao (2024), https://terrytao.wordpress.com/2024/08/02/what-are-the-odds-ii-the-venezuelan-presidential-election/,
on counts computed from percentages and what such a coincidence can prove.

Example
-------
>>> from decimal import Decimal
>>> announced = Totals(contest="vote", source="the commission", cast=1000, votes={"yes": 795},
...                    shares={"yes": Decimal("93.1")})
>>> {reading.base.name: reading.fits for reading in readings(announced, Params())}
{'ballots cast': False, 'valid ballots': False, 'registered voters': False}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, log10
from typing import Any, NamedTuple

import numpy as np

from plebiscope.kernels.rounding import Lattice, Percent, common_bases, lattice
from plebiscope.model import chart
from plebiscope.model.case import Totals
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import Evidence, Method, Subject, checked, effect, surprise
from plebiscope.model.wording import capital, counted, listed, noun, per_cent, written

Told = str | dict[str, Any]
"""What a check gives: why it cannot be made, or the fields of its measurement."""


@dataclass(frozen=True)
class Params:
    """Parameters of the checks."""

    most_invalid: float = 0.1
    """Share of ballots cast that may be invalid without having been announced."""
    most_carried_away: float = 0.01
    """Share of ballots issued that may be missing in the boxes, where turnout may count ballots issued."""
    decimals: tuple[int, ...] = (0, 1, 2, 3)
    """Numbers of decimals, in per cent, from which counts may have been computed."""
    bases: int = 3
    """Bases that may be tried: valid ballots, ballots cast, registered voters."""
    drawn_below: float = 0.001
    """p below which the distances from the percentages are drawn."""


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
    needed: tuple[int, int | None] | None = None
    """For a base that was not announced: the values that fit, null where there are none."""
    off: float | None = None
    """Largest distance between percentage and count over base, in percentage points; null if not known."""


def candidates(totals: Totals) -> list[Base]:
    """List what the percentages of a source may be of, with the bounds that its other figures set."""
    together = sum(totals.votes.values())
    cast, valid, invalid = totals.cast, totals.valid, totals.invalid
    if cast is None and valid is not None and invalid is not None:
        cast = valid + invalid
    if valid is None and cast is not None and invalid is not None:
        valid = cast - invalid
    least_cast = (valid if valid is not None else together) + (invalid or 0)
    implied = None
    if cast is not None and totals.turnout is not None:
        implied = Percent.read(totals.turnout).bases(cast)
    most = totals.registered
    if most is not None:
        implied = (most, most)
    found = [
        Base("ballots cast", *((least_cast, most) if cast is None else (cast, cast))),
        Base(
            "valid ballots",
            *((together, most if cast is None else cast) if valid is None else (valid, valid)),
        ),
        Base("registered voters", *(implied or (least_cast if cast is None else cast, None))),
    ]
    if len(totals.votes) > 1 and together not in {base.low for base in found if base.known}:
        found.append(Base("votes announced together", together, together))
    return found


def readings(totals: Totals, params: Params) -> list[Reading]:
    """Read the percentages as shares of each base in turn.

    Parameters
    ----------
    totals : Totals
        With at least one option that has both a count and a percentage.
    params : Params

    Returns
    -------
    list of Reading
        One per base that is positive.
    """
    pairs = [(totals.votes[name], Percent.read(totals.shares[name])) for name in _both(totals)]
    found = []
    for base in candidates(totals):
        if base.known and base.low > 0:
            off = max(abs(float(Fraction(100 * count, base.low) - share.value)) for count, share in pairs)
            rounded = all(share.fits(count, base.low) for count, share in pairs)
            cut = all(share.fits_cut_off(count, base.low) for count, share in pairs)
            found.append(Reading(base, rounded or cut, cut and not rounded, None, off))
        elif not base.known:
            needed = common_bases(pairs, max(1, base.low), base.high)
            possible = needed is not None
            if needed and needed[1] is not None and base.name == "valid ballots" and totals.cast is not None:
                possible = totals.cast - needed[1] <= params.most_invalid * totals.cast
            found.append(Reading(base, possible, False, needed))
    return found


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Put every announced set of totals to the checks, contradictions first; ``rng`` is not used.

    A source to which no check can be put is one answer, not five.
    """
    found, figures, several = [], [], len(subject.totals) > 1
    for number, totals in enumerate(subject.totals, start=1):
        said = {**asdict(params), "source": totals.source}
        checks = {
            "percentages": _percentages(totals, params),
            "hundred": _hundred(totals),
            "turnout": _turnout(totals, params),
            "sum": _sum(totals),
            "counts-from-percentages": _counts_from_percentages(totals, subject, params),
        }
        reasons = [told for told in checks.values() if isinstance(told, str)]
        if len(reasons) == len(checks):
            checks = {"announcement": "; ".join(dict.fromkeys(reasons))}
        for quantity, told in checks.items():
            if isinstance(told, str):
                told = {"status": "not testable", "reason": told + f" (source: {totals.source})" * several}
            elif several:
                told["statement"] += f" Source: {totals.source}."
            slug = f"{quantity}/{number}"
            found.append(METHOD.answer(subject, quantity, slug=slug, params=said, **told))
            if quantity == "percentages" and (found[-1].contradiction or found[-1].unexplained):
                figures.append(_percentages_figure(found[-1], totals, params))
            if found[-1].p is not None and found[-1].p < params.drawn_below:
                figures.append(_lattice_figure(found[-1], totals, *_closest(totals, params)))
    if several:
        found.append(METHOD.answer(subject, "sources", params=asdict(params), **_sources(subject.totals)))
    found.sort(key=lambda one: (not one.contradiction, not one.unexplained, one.status != "tested"))
    return Evidence(tuple(found), tuple(figures))


def _percentages(totals: Totals, params: Params) -> Told:
    """Is each percentage its count over one and the same base?"""
    both = _both(totals)
    if not totals.shares:
        return "no percentages were announced"
    if not both:
        return "no option has both a count and a percentage" + _implied_counts(totals)
    found = readings(totals, params)
    known = [reading for reading in found if reading.base.known]
    announced = "; ".join(
        f"{counted(totals.votes[name], 'votes')} and {per_cent(totals.shares[name], '')} for “{name}”"
        for name in both
    )
    if not known:
        asked = "; ".join(_needed(reading) for reading in found if reading.needed is not None)
        return f"no total was announced that the percentages could be of ({announced}; {asked})"
    fitting = [reading for reading in known if reading.fits]
    possible = [reading for reading in found if reading.fits and not reading.base.known]
    # Few ballots are invalid, but so many can be.
    strained = any(reading.base.name == "valid ballots" and reading.needed for reading in found)
    one = len(both) == 1
    computed = ", and ".join(
        listed(_computed(totals, name, reading.base.low) for name in both)
        + f" of the {reading.base.low:,} {reading.base.name}"
        for reading in known
    )
    text = f"Announced: {announced}. The count{' is' if one else 's are'} {computed}."
    if fitting:
        bases_said = " and of ".join(reading.base.name for reading in fitting)
        cut = ", with further decimals cut off" if all(reading.cut_off for reading in fitting) else ""
        text += f" Percentages and counts agree as shares of {bases_said}{cut}."
    elif possible:
        text += f" They agree only as shares of {' or of '.join(_needed(one) for one in possible)}."
    else:
        given = "the percentage" if one else "the percentages"
        text += f" No base that was announced gives {given}{_refused(totals, found)}."
    best = min(known, key=lambda reading: reading.off or 0.0)
    name = max(both, key=lambda one: abs(_off(totals, one, best.base.low)))
    votes = float(_off(totals, name, best.base.low) * best.base.low / 100)
    invalid = totals.invalid
    return {
        "n": len(both),
        "observed": best.off,
        "expected": 0.0,
        "contradiction": not (fitting or possible or strained),
        "unexplained": strained and not (fitting or possible),
        "effect": effect(
            f"largest distance between a percentage and its count over {best.base.name}",
            best.off,
            "percentage points",
        ),
        "effects": (effect(f"“{name}”: count less percentage of {best.base.name}", votes, "votes"),),
        "assumptions": (
            Assumption(
                name=f"fewer than {per_cent(100 * params.most_invalid, '.0f')} of ballots cast are invalid",
                state="unknown" if invalid is None else "holds",
                how=f"invalid ballots: {'not announced' if invalid is None else f'{invalid:,}'}",
            ),
        ),
        "statement": text,
    }


def _both(totals: Totals) -> list[str]:
    """Name the options for which both a count and a percentage were announced."""
    return [name for name in totals.shares if name in totals.votes]


def _off(totals: Totals, name: str, base: int) -> Fraction:
    """Return the share of a base that an option's count is, less the percentage announced."""
    return Fraction(100 * totals.votes[name], base) - Fraction(totals.shares[name])


def _computed(totals: Totals, name: str, base: int) -> str:
    places = Percent.read(totals.shares[name]).decimals + 1
    return per_cent(float(Fraction(100 * totals.votes[name], base)), f".{places}f")


def _needed(reading: Reading) -> str:
    return f"{reading.base.name}, if there were {_range(reading.needed)} of them"


def _range(found: tuple[int, int | None] | None) -> str:
    low, high = found or (1, 0)
    if high is None:
        return f"{low:,} or more"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}" if low < high else "no number of"


def _implied_counts(totals: Totals) -> str:
    """Say what counts the percentages stand for, where a base is known."""
    cast = totals.cast if totals.cast is not None else totals.valid
    if cast is None:
        return ""
    said = []
    for name, share in totals.shares.items():
        counts = _range(Percent.read(share).counts(cast))
        said.append(f"{per_cent(share, '')} for “{name}” would be {counts} of {cast:,}")
    return f" ({'; '.join(said)})"


def _refused(totals: Totals, found: Sequence[Reading]) -> str:
    """Say what would have to be true for the percentages to be right."""
    cast = totals.cast
    for reading in found:
        if reading.base.name == "valid ballots" and reading.needed is not None and cast is not None:
            low, high = reading.needed
            fewest, most = cast - (high if high is not None else cast), cast - low
            return (
                f"; valid ballots would, but only if {_range((fewest, most))} of the {cast:,} ballots cast "
                f"({per_cent(100 * fewest / cast)}) were invalid, which was not announced"
            )
    asked = [Percent.read(totals.shares[name]).bases(totals.votes[name]) for name in _both(totals)]
    if len(asked) != 1 or asked[0] is None or asked[0][1] is None:
        return ""
    low = asked[0][0]
    beside = f", at least {low - cast:,} more than were cast" if cast and low > cast else ""
    return f"; it would take {_range(asked[0])} ballots{beside}"


def _hundred(totals: Totals) -> Told:
    """Do the percentages add to no more than 100?"""
    if len(totals.shares) < 2:
        one = "only one percentage was announced, so there is nothing to add"
        return one if totals.shares else "no percentages were announced"
    parts = [Percent.read(share) for share in totals.shares.values()]
    total = sum((share.value for share in parts), Fraction(0))
    slack = sum((share.half_unit for share in parts), Fraction(0))
    text = "That is 100 within rounding."
    if total - 100 > slack:
        text = "They exceed 100 by more than rounding explains."
    elif 100 - total > slack:
        text = f"That leaves {per_cent(float(100 - total), '.4g')} for what was not listed."
    over = (float(total - 100 - slack), float(total - 100 + slack))
    return {
        "n": len(parts),
        "observed": float(total),
        "expected": 100.0,
        "contradiction": total - 100 > slack,
        "effect": effect("sum of percentages less 100", float(total - 100), "percentage points", over),
        "statement": f"The percentages announced add to {float(total):.6g} "
        f"({' + '.join(str(share) for share in totals.shares.values())}); rounding explains "
        f"{float(slack):.4g}. {text}",
    }


def _turnout(totals: Totals, params: Params) -> Told:
    """Is the turnout ballots cast over registered voters?"""
    if totals.turnout is None:
        return "no turnout was announced"
    share, announced = Percent.read(totals.turnout), per_cent(totals.turnout, "")
    cast, registered = totals.cast, totals.registered
    if cast is None or not registered:
        pairs = (("ballots cast", cast), ("registered voters", registered))
        reason = f"{' and '.join(name for name, value in pairs if not value)} were not announced"
        implies = f"; a turnout of {announced} implies "
        if cast is not None:
            return f"{reason}{implies}{_range(share.bases(cast))} voters"
        if registered:
            return f"{reason}{implies}{_range(share.counts(registered))} ballots"
        return reason
    computed = Fraction(100 * cast, registered)
    low, high = share.counts(registered)
    valid = totals.valid if totals.valid is not None else cast - (totals.invalid or 0)
    contradiction = False
    if share.fits(cast, registered) or share.fits_cut_off(cast, registered):
        text = "They agree."
    elif low <= valid <= high:
        text = "It agrees with valid ballots over registered voters."
    elif low > cast and (low - cast) <= params.most_carried_away * low:
        lost = _range((low - cast, high - cast))
        text = f"It agrees if turnout counts ballots issued, and {lost} of them did not get into the box."
    else:
        contradiction = True
        text = f"A turnout of {announced} would be {_range((low, high))} ballots."
    name, difference = "turnout computed less turnout announced", float(computed - share.value)
    return {
        "n": 1,
        "observed": float(computed),
        "expected": float(share.value),
        "contradiction": contradiction,
        "effect": effect(name, difference, "percentage points"),
        "statement": f"{cast:,} ballots cast of {registered:,} registered voters are "
        f"{per_cent(float(computed), f'.{share.decimals + 2}f')}; {announced} was announced. {text}",
    }


def _sum(totals: Totals) -> Told:
    """Are the counts in order of size, and what is left unexplained?"""
    votes, together = totals.votes, sum(totals.votes.values())
    cast, valid, invalid, registered = totals.cast, totals.valid, totals.invalid, totals.registered
    added = "votes listed"
    if len(votes) > 1:
        added = f"votes ({' + '.join(f'{count:,}' for count in votes.values())})"
    relations: list[tuple[str, int, str, int]] = []
    if votes and valid is not None:
        relations.append((added, together, "valid ballots", valid))
    if valid is not None and cast is not None:
        parts = "valid ballots" if invalid is None else "valid and invalid ballots"
        relations.append((parts, valid + (invalid or 0), "ballots cast", cast))
    elif votes and cast is not None:
        parts = added if invalid is None else f"{added} and {invalid:,} invalid ballots"
        relations.append((parts, together + (invalid or 0), "ballots cast", cast))
    most, name = max(
        ((cast or 0, "ballots cast"), (valid or 0, "valid ballots"), (together, "votes")),
        key=lambda count: count[0],
    )
    if registered is not None and most:
        relations.append((name, most, "registered voters", registered))
    if not relations:
        return "fewer than two counts were announced that could be held together"
    sentences, effects = [], []
    for name, left, whole, right in relations:
        said = f"{capital(name)}: {left:,}"
        if left > right:
            sentences.append(f"{said}, which is {left - right:,} more than the {right:,} {whole}.")
        elif whole == "registered voters":
            sentences.append(f"{said} of {right:,} {whole}.")
        elif left == right:
            sentences.append(f"{said}, which is all {whole}.")
        else:
            part = per_cent(100 * (right - left) / right, ".2f")
            said = f"{said} of {right:,} {whole}; left over: {right - left:,} ({part})"
            sentences.append(f"{said}, which may be what was not listed.")
        effects.append(effect(f"{whole} less {name.split(' (')[0]}", float(right - left), "ballots"))
    over = sum(left > right for _, left, _, right in relations)
    return {
        "n": len(relations),
        "observed": float(over),
        "expected": 0.0,
        "contradiction": over > 0,
        "effect": effects[0],
        "effects": tuple(effects[1:]),
        "statement": " ".join(sentences),
    }


def lattices(totals: Totals, params: Params) -> list[tuple[str, Lattice]]:
    """Hold the counts of a source against percentages of every base that is known and number of decimals."""
    found = []
    for base in candidates(totals):
        if not base.known:
            continue
        values = list(totals.votes.values())
        if base.name == "ballots cast" and totals.invalid is not None:
            values.append(totals.invalid)
        tried = (lattice(values, base.low, decimals) for decimals in params.decimals)
        found += [(base.name, one) for one in tried if one is not None]
    return found


def _closest(totals: Totals, params: Params) -> tuple[str, Lattice]:
    """Return the base and the lattice that the counts lie closest to, by chance."""
    return min(lattices(totals, params), key=lambda one: one[1].log10_p)


def _counts_from_percentages(totals: Totals, subject: Subject, params: Params) -> Told:
    """Do the counts lie where percentages with few decimals would put them?"""
    sources = len(subject.totals)
    family = len(params.decimals) * params.bases * sources
    tried = lattices(totals, params)
    reachable = min((one.log10_least for _, one in tried), default=0.0) + log10(family)
    if not totals.votes:
        return "no counts for the options were announced"
    if reachable > log10(0.05):
        return "the counts are too few or too small to tell" if tried else "no base was announced"
    base, best = _closest(totals, params)
    log10_p = min(0.0, best.log10_p + log10(family))
    free, distance, step = sum(best.free), float(best.distance), float(best.step)
    lies, such = ("count lies", "a count") if free == 1 else ("counts lie", "counts")
    return {
        "n": free,
        "observed": distance,
        "null": "exact",
        "p": 10**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "effect": effect(
            "largest distance of a free count from one that a percentage gives", distance, "votes"
        ),
        "effects": (
            effect("votes between the counts of neighbouring percentages", step, "votes"),
            effect("chance before counting what was tried", 10**best.log10_p, "probability"),
            effect("smallest p that could have come out", 10**reachable, "probability"),
            effect("combinations that could have been tried", float(family), "combinations"),
        ),
        "assumptions": (
            checked(
                "a count lies anywhere in its rounding cell with equal chance",
                best.decimals > 0,
                f"the cell is {step:,.0f} votes wide, {per_cent(10.0**-best.decimals, 'g')} of the base",
            ),
            checked(
                "what was tried is counted",
                True,
                f"p is multiplied by {family}: {len(params.decimals)} numbers of decimals, {params.bases} "
                f"bases, {counted(sources, 'sources')}",
            ),
        ),
        "statement": f"Counts worked out from {_rounded(best)} of the {best.base:,} {base} would be "
        f"{step:,.1f} votes apart; the announced {lies} within {_within(best)} votes of such {such}. The "
        f"{family} combinations of base, decimals and source that could have been tried are allowed for.",
    }


def _rounded(found: Lattice) -> str:
    """Name the percentages that the counts are held against."""
    decimals = found.decimals
    return f"percentages with {counted(decimals, 'decimals')}" if decimals else "whole percentages"


def _within(found: Lattice) -> str:
    """Say how close the counts lie; rounded up, since they lie no further away."""
    return f"{ceil(100 * found.distance) / 100:,.2f}" if found.distance < 100 else f"{ceil(found.distance):,}"


class _Said(NamedTuple):
    """A figure as one source gives it, with what its rounding leaves open."""

    source: int
    text: str
    low: Fraction
    high: Fraction


def _sources(announced: Sequence[Totals]) -> dict[str, Any]:
    """Hold what several sources announced against each other."""
    figures: dict[str, list[_Said]] = {}
    for number, totals in enumerate(announced, start=1):
        names = ("registered", "cast", "valid", "invalid")
        counts = {noun(name): getattr(totals, name) for name in names}
        for name, count in (
            counts | {f"votes for “{name}”": of for name, of in totals.votes.items()}
        ).items():
            if count is not None:
                told = _Said(number, f"{count:,}", Fraction(count), Fraction(count))
                figures.setdefault(name, []).append(told)
        shares = {f"per cent for “{name}”": share for name, share in totals.shares.items()}
        for name, printed in {"turnout": totals.turnout, **shares}.items():
            if printed is not None:
                share = Percent.read(printed)
                ends = share.value - share.half_unit, share.value + share.half_unit
                figures.setdefault(name, []).append(_Said(number, per_cent(printed, ""), *ends))
    shared = {name: values for name, values in figures.items() if len(values) > 1}
    if not shared:
        return {"status": "not testable", "reason": "no figure was announced by more than one source"}
    differ = {
        name: values
        for name, values in shared.items()
        if max(one.low for one in values) > min(one.high for one in values)
    }
    agree, unexplained = counted(len(shared), "figures"), False
    text = f"Announced by more than one source: {agree}, in which they agree."
    if differ:
        said = "; ".join(
            f"{name}: " + ", ".join(f"{value.text} ({value.source})" for value in values)
            for name, values in differ.items()
        )
        why, unexplained = _explained(announced, shared, differ)
        text = f"Sources differ in {said}. {why}"
    cited = "; ".join(f"({number}) {totals.source}" for number, totals in enumerate(announced, start=1))
    return {
        "n": len(shared),
        "observed": float(len(differ)),
        "unexplained": unexplained,
        "effect": effect("figures in which sources differ", float(len(differ)), "figures"),
        "statement": f"{text} Sources: {cited}.",
    }


def _explained(
    announced: Sequence[Totals], shared: dict[str, list[_Said]], differ: dict[str, list[_Said]]
) -> tuple[str, bool]:
    """Say what the differences between sources can be, and whether they need an explanation."""
    definitions = {totals.definition for totals in announced}
    if len(definitions) > 1:
        different = ", ".join(sorted(one for one in definitions if one))
        return f"They count different things ({different}).", False
    counts = [values for name, values in shared.items() if name not in ("turnout", noun("registered"))]
    counts = [values for values in counts if values[0].low == values[0].high]
    steps = [later.low - earlier.low for values in counts for earlier, later in pairwise(values)]
    grows, falls = any(step > 0 for step in steps), any(step < 0 for step in steps)
    text = "The counts that several of them give agree."
    if grows and falls:
        return "Some counts rise and others fall: these are not two states of one count.", True
    if grows:
        text = "No count falls from one source to the next: they can be successive states of one count."
    elif falls:
        text = "No count rises from one source to the next: they can be states of one count, the last first."
    elif not counts:
        text = "No count was announced by more than one of them."
    return text, "turnout" in differ


def _percentages_figure(found: Measurement, totals: Totals, params: Params) -> Figure:
    """Draw the announced percentage against what the counts give over each base."""
    known = [reading.base for reading in readings(totals, params) if reading.base.known]
    name = max(_both(totals), key=lambda one: min(abs(_off(totals, one, base.low)) for base in known))
    announced, votes, share = totals.shares[name], totals.votes[name], Percent.read(totals.shares[name])
    values = [
        {
            "base": f"of {base.low:,} {base.name}",
            "percent": round(float(Fraction(100 * votes, base.low)), share.decimals + 2),
        }
        for base in known
    ]
    band = {
        "from": float(share.value - share.half_unit),
        "to": float(share.value + share.half_unit),
        "percent": float(share.value),
        "label": f"announced {per_cent(announced, '')}",
    }
    x = chart.free("percent", f"“{name}”, per cent", nice=True)
    places = {"x": x, "y": chart.category("base", labelLimit=280)}
    layers = [
        chart.layer("rect", "band", chart.span("x", x, "from", "to"), [band]),
        chart.layer("rule", "expected", {"x": x}, [band]),
        chart.label("label", "expected", {"x": x, "y": {"value": 0}}, [band], dy=-6, baseline="bottom"),
        *_points(places, values, "percent"),
    ]
    given = "; ".join(f"{value['percent']}\N{NO-BREAK SPACE}% {value['base']}" for value in values)
    return Figure(
        id=f"{found.id}/bases",
        finding=found.id,
        title=f"{per_cent(announced, '')} was announced; the count is that of no announced base",
        caption=f"What {votes:,} votes for “{name}” are over each base that was announced (points), against "
        "the percentage announced (line, with its rounding).",
        alt=f"Announced: {per_cent(announced, '')}. The count of {votes:,} gives {given}.",
        vega_lite=chart.picture(layers, width=420, height=40 + 36 * len(values)),
    )


def _lattice_figure(found: Measurement, totals: Totals, base: str, best: Lattice) -> Figure:
    """Draw how far each count lies from the nearest count that a percentage gives."""
    names = [*totals.votes, "invalid"][: len(best.residuals)]
    values = [
        {
            "option": name,
            "distance": round(float(residual), 3),
            "label": f"{written(float(residual), '+,.2f')} votes",
        }
        for name, residual in zip(names, best.residuals, strict=True)
    ]
    half, percentages = float(best.step) / 2, _rounded(best)
    x = chart.number(
        "distance",
        f"Votes from the nearest count that {percentages} give",
        scale={"domain": [-half, half], "nice": False},
    )
    places = {"x": x, "y": chart.category("option", labelLimit=240)}
    cell = chart.layer("rect", "band", chart.span("x", x, "from", "to"), [{"from": -half, "to": half}])
    given = "; ".join(f"{value['option']} {value['label']}" for value in values)
    return Figure(
        id=f"{found.id}/lattice",
        finding=found.id,
        title=f"Within {_within(best)} votes of {percentages}",
        caption=f"Distance of each count from the nearest multiple of {float(best.step):,.1f} votes "
        f"({percentages} of the {best.base:,} {base}). Counted votes would lie anywhere in the shaded width.",
        alt=f"Points on a scale from {written(-half, ',.0f')} to {half:,.0f} votes, all near zero: {given}.",
        vega_lite=chart.picture(
            [cell, *_points(places, values, "label")], width=480, height=40 + 36 * len(values)
        ),
    )


def _points(places: chart.Part, values: chart.Rows, label: str) -> list[chart.Part]:
    """Draw large points with their labels above."""
    return [
        chart.layer("point", "outlier", places, values, filled=True, size=80),
        chart.label(label, "outlier", places, values, dy=-12),
    ]


METHOD = Method(
    id="totals",
    title="Announced totals",
    question="Can the announced counts and percentages all be true, and were the counts counted?",
    tier="A",
    null="exact",
    needs=("totals",),
    tail="lower",
    params=Params,
    measure=measure,
    references=("tao2024",),
    innocent=(
        "A misprint, or figures of different hours or territories in one announcement.",
        "Percentages of another base than those announced.",
        "Counts worked out afterwards from percentages by whoever spoke to the press.",
        "Totals that count different things, or different states of one count.",
        "Ballots that carry several votes, where percentages add to more than 100.",
    ),
    blind=(
        "totals that agree with themselves",
        "whatever the announcement leaves out",
        "what the true result is",
    ),
)
