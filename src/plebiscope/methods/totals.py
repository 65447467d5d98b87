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

Several sources for one vote are held against each other (*sources*).

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
  ballots having been announced, is named but does not reconcile them.
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

from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import log10
from typing import Any

import numpy as np

from plebiscope.kernels.rounding import Lattice, bases, counts, fits, fits_cut_off, half_unit, lattice
from plebiscope.model.case import Totals
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.model.method import Evidence, Method, Subject, surprise


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
    """Something that a percentage may be of.

    Attributes
    ----------
    name
        In words.
    low, high
        Bounds; equal where it was announced, ``high`` None where nothing bounds it.
    """

    name: str
    low: int
    high: int | None

    @property
    def known(self) -> bool:
        """Whether it was announced, or follows from what was."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Reading:
    """The percentages read as shares of one base.

    Attributes
    ----------
    base
    fits
        Whether every percentage with a count fits; for a base that was not announced, whether one value
        within its bounds lets them.
    cut_off
        Whether they fit only with further decimals cut off instead of rounded.
    needed
        For a base that was not announced: the values that fit, None where there are none.
    off
        Largest distance between percentage and count over base, in percentage points; None if not known.
    """

    base: Base
    fits: bool
    cut_off: bool = False
    needed: tuple[int, int | None] | None = None
    off: float | None = None


def exact(share: Decimal) -> tuple[Fraction, int]:
    """Turn an announced percentage into a fraction and the number of its decimals."""
    exponent = share.as_tuple().exponent
    return Fraction(share), max(0, -exponent) if isinstance(exponent, int) else 0


def candidates(totals: Totals) -> list[Base]:
    """List what the percentages of a source may be of, with the bounds that its other figures set."""
    listed = sum(totals.votes.values())
    cast, valid, invalid = totals.cast, totals.valid, totals.invalid
    if cast is None and valid is not None and invalid is not None:
        cast = valid + invalid
    if valid is None and cast is not None and invalid is not None:
        valid = cast - invalid
    least_cast = (valid if valid is not None else listed) + (invalid or 0)
    implied = counts_range(cast, totals.turnout) if cast is not None and totals.turnout is not None else None
    if totals.registered is not None:
        registered = Base("registered voters", totals.registered, totals.registered)
    elif implied is not None:
        registered = Base("registered voters", *implied)
    else:
        registered = Base("registered voters", cast if cast is not None else least_cast, None)
    found = [
        Base("ballots cast", cast, cast)
        if cast is not None
        else Base("ballots cast", least_cast, totals.registered),
        Base("valid ballots", valid, valid)
        if valid is not None
        else Base("valid ballots", listed, cast if cast is not None else totals.registered),
        registered,
    ]
    if len(totals.votes) > 1 and listed not in {base.low for base in found if base.known}:
        found.append(Base("votes announced together", listed, listed))
    return found


def counts_range(part: int, percent: Decimal) -> tuple[int, int | None] | None:
    """Find the wholes of which ``part`` is an announced percentage."""
    return bases(part, *exact(percent))


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
    pairs = [
        (totals.votes[name], *exact(share)) for name, share in totals.shares.items() if name in totals.votes
    ]
    found = []
    for base in candidates(totals):
        if base.known:
            if base.low <= 0:
                continue
            off = max(abs(float(Fraction(100 * count, base.low) - share)) for count, share, _ in pairs)
            rounded = all(fits(count, base.low, share, places) for count, share, places in pairs)
            cut = all(fits_cut_off(count, base.low, share, places) for count, share, places in pairs)
            found.append(Reading(base, rounded or cut, cut and not rounded, None, off))
            continue
        low, high = max(1, base.low), base.high
        for count, share, places in pairs:
            asked = bases(count, share, places)
            if asked is None:
                low, high = 1, 0
                break
            low = max(low, asked[0])
            high = asked[1] if high is None else high if asked[1] is None else min(high, asked[1])
        possible = high is None or low <= high
        needed = (low, high) if possible else None
        if possible and base.name == "valid ballots" and totals.cast is not None and high is not None:
            possible = totals.cast - high <= params.most_invalid * totals.cast
        found.append(Reading(base, possible, False, needed))
    return found


def lattices(totals: Totals, params: Params) -> list[tuple[str, Lattice]]:
    """Hold the counts of a source against percentages of every base that is known and number of decimals."""
    found = []
    for base in candidates(totals):
        if not base.known:
            continue
        values = list(totals.votes.values())
        if base.name == "ballots cast" and totals.invalid is not None:
            values.append(totals.invalid)
        for decimals in params.decimals:
            one = lattice(values, base.low, decimals)
            if one is not None:
                found.append((base.name, one))
    return found


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Put every announced set of totals to the checks; see the module's page.

    Parameters
    ----------
    subject : Subject
        With announced totals.
    params : Params
    rng : numpy.random.Generator
        Not used: nothing is drawn.

    Returns
    -------
    Evidence
        One measurement per source and check, those that contradict themselves first.
    """
    checks = _Checks(subject, params)
    for number, totals in enumerate(subject.totals, start=1):
        checks.percentages(number, totals)
        checks.hundred(number, totals)
        checks.turnout(number, totals)
        checks.sum(number, totals)
        checks.counts_from_percentages(number, totals)
    if len(subject.totals) > 1:
        checks.sources()
    found = sorted(checks.measurements, key=lambda one: (not one.contradiction, one.status != "tested"))
    return Evidence(tuple(found), tuple(checks.figures))


class _Checks:
    """One pass over the announcements of one contest: collects measurements and pictures."""

    def __init__(self, subject: Subject, params: Params) -> None:
        self.contest, self.name = subject.contest.id, subject.contest.name
        self.totals, self.params = subject.totals, params
        self.measurements: list[Measurement] = []
        self.figures: list[Figure] = []

    def _add(self, number: int | None, quantity: str, **filled: Any) -> Measurement:
        parts = [self.contest, "totals", quantity] + ([str(number)] if number is not None else [])
        source = {} if number is None else {"source": self.totals[number - 1].source}
        measurement = Measurement(
            id="/".join(parts),
            method="totals",
            contest=self.contest,
            quantity=quantity,
            innocent=METHOD.innocent,
            params={**asdict(self.params), **source},
            **filled,
        )
        self.measurements.append(measurement)
        return measurement

    def _not_testable(self, number: int, quantity: str, reason: str) -> None:
        self._add(number, quantity, status="not testable", reason=reason)

    def percentages(self, number: int, totals: Totals) -> None:
        """Is each percentage its count over one and the same base?"""
        both = [name for name in totals.shares if name in totals.votes]
        if not totals.shares:
            self._not_testable(number, "percentages", f"no percentages were announced for {self.name}")
            return
        if not both:
            self._not_testable(
                number,
                "percentages",
                "no option has both a count and a percentage" + self._implied_counts(totals),
            )
            return
        found = readings(totals, self.params)
        known = [reading for reading in found if reading.base.known]
        announced = ", ".join(f"“{name}” {totals.votes[name]:,} and {totals.shares[name]} %" for name in both)
        if not known:
            asked = "; ".join(_needed(reading) for reading in found if reading.needed is not None)
            reason = f"no total was announced that the percentages could be of ({announced}; {asked})"
            self._not_testable(number, "percentages", reason)
            return
        fitting = [reading for reading in known if reading.fits]
        possible = [reading for reading in found if reading.fits and not reading.base.known]
        computed = "; ".join(
            f"of {reading.base.name} ({reading.base.low:,}) "
            + ", ".join(_computed(totals, name, reading.base.low) for name in both)
            for reading in known
        )
        text = f"Announced: {announced}. The counts are {computed}."
        if fitting:
            bases_said = " and of ".join(reading.base.name for reading in fitting)
            text += f" The percentages agree with the counts as shares of {bases_said}"
            text += ", with further decimals cut off." if all(r.cut_off for r in fitting) else "."
        elif possible:
            text += f" They agree only as shares of {' or of '.join(_needed(one) for one in possible)}."
        else:
            text += " No base that was announced gives the percentages" + self._refused(totals, found) + "."
        best = min(known, key=lambda reading: reading.off or 0.0)
        name = max(both, key=lambda one: _off(totals, one, best.base.low))
        share, _ = exact(totals.shares[name])
        votes = float(totals.votes[name] - share * best.base.low / 100)
        contradiction = not fitting and not possible
        measurement = self._add(
            number,
            "percentages",
            n=len(both),
            observed=best.off,
            expected=0.0,
            contradiction=contradiction,
            effect=Effect(
                name=f"largest distance between a percentage and its count over {best.base.name}",
                value=best.off,
                unit="percentage points",
            ),
            effects=(
                Effect(
                    name=f"“{name}”: count less percentage of {best.base.name}", value=votes, unit="votes"
                ),
            ),
            assumptions=(
                Assumption(
                    name=f"fewer than {self.params.most_invalid:.0%} of the ballots cast are invalid",
                    state="holds" if totals.invalid is not None else "unknown",
                    how=f"{totals.invalid:,} invalid ballots were announced"
                    if totals.invalid is not None
                    else "invalid ballots were not announced",
                ),
            ),
            statement=text,
        )
        if contradiction:
            self.figures.append(_percentages_figure(measurement, totals, both, known))

    def _implied_counts(self, totals: Totals) -> str:
        """Say what counts the percentages stand for, where a base is known."""
        cast = totals.cast if totals.cast is not None else totals.valid
        if cast is None:
            return ""
        said = []
        for name, share in totals.shares.items():
            low, high = counts(cast, *exact(share))
            said.append(f"{share} % for “{name}” would be {low:,} to {high:,} of {cast:,}")
        return f" ({'; '.join(said)})"

    def _refused(self, totals: Totals, found: list[Reading]) -> str:
        """Say why the readings that remain do not reconcile a source with itself."""
        cast = totals.cast
        for reading in found:
            if reading.base.name == "valid ballots" and reading.needed is not None and cast is not None:
                low, high = reading.needed
                fewest, most = cast - (high if high is not None else cast), cast - low
                return (
                    f"; they would be shares of valid ballots only if {fewest:,} to {most:,} of the {cast:,} "
                    f"ballots cast ({100 * fewest / cast:.1f} per cent) were invalid, which was not announced"
                )
        asked = [
            bases(totals.votes[name], *exact(share))
            for name, share in totals.shares.items()
            if name in totals.votes
        ]
        if len(asked) != 1 or asked[0] is None or asked[0][1] is None:
            return ""
        low, high = asked[0]
        beside = f", at least {low - cast:,} more than were cast" if cast and low > cast else ""
        return f"; it would be a share of {low:,} to {high:,} ballots{beside}"

    def hundred(self, number: int, totals: Totals) -> None:
        """Do the percentages add to no more than 100?"""
        if len(totals.shares) < 2:
            counted = {0: "no percentage was", 1: "only one percentage was"}[len(totals.shares)]
            self._not_testable(number, "hundred", f"{counted} announced, so there is nothing to add")
            return
        parts = [exact(share) for share in totals.shares.values()]
        total = sum((share for share, _ in parts), Fraction(0))
        slack = sum((half_unit(places) for _, places in parts), Fraction(0))
        over = total - 100 > slack
        listed = " + ".join(str(share) for share in totals.shares.values())
        text = (
            f"The percentages announced add to {float(total):.6g} ({listed}); rounding explains "
            f"{float(slack):.4g}. "
        )
        if over:
            text += "They exceed 100 by more than rounding explains."
        elif 100 - total > slack:
            text += f"{float(100 - total):.4g} per cent is left for what was not listed."
        else:
            text += "That is 100 within rounding."
        self._add(
            number,
            "hundred",
            n=len(parts),
            observed=float(total),
            expected=100.0,
            contradiction=over,
            effect=Effect(
                name="sum of percentages less 100",
                value=float(total - 100),
                low=float(total - 100 - slack),
                high=float(total - 100 + slack),
                unit="percentage points",
            ),
            statement=text,
        )

    def turnout(self, number: int, totals: Totals) -> None:
        """Is the turnout ballots cast over registered voters?"""
        if totals.turnout is None:
            self._not_testable(number, "turnout", f"no turnout was announced for {self.name}")
            return
        share, places = exact(totals.turnout)
        cast, registered = totals.cast, totals.registered
        if cast is None or not registered:
            missing = " and ".join(
                name
                for name, value in (("ballots cast", cast), ("registered voters", registered))
                if not value
            )
            reason = f"{missing} were not announced"
            if cast is not None:
                reason += (
                    f"; a turnout of {totals.turnout} % implies {_range(bases(cast, share, places))} voters"
                )
            elif registered:
                low, high = counts(registered, share, places)
                reason += f"; a turnout of {totals.turnout} % implies {low:,} to {high:,} ballots"
            self._not_testable(number, "turnout", reason)
            return
        computed = Fraction(100 * cast, registered)
        agrees = fits(cast, registered, share, places) or fits_cut_off(cast, registered, share, places)
        low, high = counts(registered, share, places)
        text = (
            f"{cast:,} ballots cast of {registered:,} registered voters are "
            f"{float(computed):.{places + 2}f} per cent; {totals.turnout} % was announced."
        )
        contradiction = False
        valid = totals.valid if totals.valid is not None else cast - (totals.invalid or 0)
        if agrees:
            text += " They agree."
        elif low <= valid <= high:
            text += " It agrees with valid ballots over registered voters."
        elif low > cast and (low - cast) <= self.params.most_carried_away * low:
            text += (
                f" It agrees if turnout counts ballots issued and {low - cast:,} to {high - cast:,} of them "
                "were not put into the box."
            )
        else:
            contradiction = True
            text += f" A turnout of {totals.turnout} % would be {low:,} to {high:,} ballots."
        self._add(
            number,
            "turnout",
            n=1,
            observed=float(computed),
            expected=float(share),
            contradiction=contradiction,
            effect=Effect(
                name="turnout computed less turnout announced",
                value=float(computed - share),
                unit="percentage points",
            ),
            statement=text,
        )

    def sum(self, number: int, totals: Totals) -> None:
        """Are the counts in order of size, and what is left unexplained?"""
        votes, listed = totals.votes, sum(totals.votes.values())
        cast, valid, invalid, registered = totals.cast, totals.valid, totals.invalid, totals.registered
        added = " + ".join(f"{count:,}" for count in votes.values())
        relations: list[tuple[str, int, str, int]] = []
        if votes and valid is not None:
            relations.append((f"votes ({added})", listed, "valid ballots", valid))
        if valid is not None and invalid is not None and cast is not None:
            relations.append(("valid and invalid ballots", valid + invalid, "ballots cast", cast))
        elif valid is not None and cast is not None:
            relations.append(("valid ballots", valid, "ballots cast", cast))
        elif votes and cast is not None:
            with_invalid = f" and {invalid:,} invalid ballots" if invalid is not None else ""
            relations.append(
                (f"votes ({added}){with_invalid}", listed + (invalid or 0), "ballots cast", cast)
            )
        if registered is not None:
            known = ((cast or 0, "ballots cast"), (valid or 0, "valid ballots"), (listed, "votes"))
            most, name = max(known, key=lambda count: count[0])
            if most:
                relations.append((name, most, "registered voters", registered))
        if not relations:
            self._not_testable(
                number, "sum", "fewer than two counts were announced that could be held together"
            )
            return
        sentences, effects = [], []
        for name, left, whole, right in relations:
            if left > right:
                sentences.append(f"{name}: {left:,} exceed the {right:,} {whole} by {left - right:,}.")
            elif whole == "registered voters":
                sentences.append(f"{name}: {left:,} of {right:,} {whole}.")
            elif left == right:
                sentences.append(f"{name}: {left:,}, which is all {whole}.")
            else:
                sentences.append(
                    f"{name}: {left:,} of {right:,} {whole}; {right - left:,} "
                    f"({100 * (right - left) / right:.2f} per cent) are left over, which may be what was not "
                    "listed."
                )
            effects.append(
                Effect(name=f"{whole} less {name.split(' (')[0]}", value=float(right - left), unit="ballots")
            )
        over = sum(left > right for _, left, _, right in relations)
        statement = " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)
        self._add(
            number,
            "sum",
            n=len(relations),
            observed=float(over),
            expected=0.0,
            contradiction=over > 0,
            effect=effects[0],
            effects=tuple(effects[1:]),
            statement=statement,
        )

    def counts_from_percentages(self, number: int, totals: Totals) -> None:
        """Do the counts lie where percentages with few decimals would put them?"""
        quantity = "counts-from-percentages"
        tried = lattices(totals, self.params)
        family = len(self.params.decimals) * self.params.bases * len(self.totals)
        reachable = min((one.log10_least for _, one in tried), default=0.0) + log10(family)
        if not totals.votes:
            self._not_testable(number, quantity, f"no counts for the options were announced for {self.name}")
            return
        if reachable > log10(0.05):
            reason = "no base was announced" if not tried else "the counts are too few or too small to tell"
            self._not_testable(number, quantity, reason)
            return
        base, best = min(tried, key=lambda one: one[1].log10_p)
        log10_p = min(0.0, best.log10_p + log10(family))
        free = sum(best.free)
        distance, step = float(best.distance), float(best.step)
        decimals = _decimals(best.decimals)
        measurement = self._add(
            number,
            quantity,
            n=free,
            observed=distance,
            null="exact",
            p=10**log10_p,
            log10_p=log10_p,
            bits=surprise(log10_p),
            effect=Effect(
                name="largest distance of a free count from one that a percentage gives",
                value=distance,
                unit="votes",
            ),
            effects=(
                Effect(name="largest distance that is possible", value=step / 2, unit="votes"),
                Effect(name="votes between the counts of neighbouring percentages", value=step, unit="votes"),
                Effect(
                    name="chance before counting what was tried", value=10**best.log10_p, unit="probability"
                ),
                Effect(name="smallest p that could have come out", value=10**reachable, unit="probability"),
                Effect(
                    name="combinations that could have been tried", value=float(family), unit="combinations"
                ),
            ),
            assumptions=(
                Assumption(
                    name="a count lies anywhere in its rounding cell with equal chance",
                    state="holds" if best.decimals > 0 else "doubtful",
                    how=f"the cell is {step:,.0f} votes wide, {10.0**-best.decimals:g} per cent of the base",
                ),
                Assumption(
                    name="what was tried is counted",
                    state="holds",
                    how=f"p is multiplied by {family}: {len(self.params.decimals)} numbers of decimals, "
                    f"{self.params.bases} bases, {len(self.totals)} announced source"
                    f"{'' if len(self.totals) == 1 else 's'}",
                ),
            ),
            statement=(
                f"Counts worked out from percentages of {decimals} of the {best.base:,} {base} would be "
                f"{step:,.1f} votes apart; the announced {'count lies' if free == 1 else 'counts lie'} "
                f"within {distance:,.1f} votes of such {'a count' if free == 1 else 'counts'}. Counted votes do so "
                f"in about 1 announcement of {_times(best.log10_p)}; with the {family} combinations of "
                f"base, decimals and source that could have been tried, p is {10**log10_p:.2g}."
            ),
        )
        if measurement.p is not None and measurement.p < self.params.drawn_below:
            self.figures.append(_lattice_figure(measurement, totals, base, best))

    def sources(self) -> None:
        """Hold what several sources announced against each other."""
        figures: dict[str, list[tuple[int, str, Decimal]]] = {}
        for number, totals in enumerate(self.totals, start=1):
            told: dict[str, int | Decimal | None] = {
                name: getattr(totals, name) for name in ("registered", "cast", "valid", "invalid", "turnout")
            }
            told |= {f"votes for “{name}”": count for name, count in totals.votes.items()}
            told |= {f"per cent for “{name}”": share for name, share in totals.shares.items()}
            for name, value in told.items():
                if value is not None:
                    said = f"{value:,}" if isinstance(value, int) else str(value)
                    figures.setdefault(name, []).append((number, said, Decimal(value)))
        shared = {name: values for name, values in figures.items() if len(values) > 1}
        if not shared:
            reason = "no figure was announced by more than one source"
            self._add(None, "sources", status="not testable", reason=reason)
            return
        differ = {name: values for name, values in shared.items() if len({value for *_, value in values}) > 1}
        cited = "; ".join(f"({number}) {totals.source}" for number, totals in enumerate(self.totals, start=1))
        if not differ:
            text = f"All {len(shared)} figures announced by more than one source agree. Sources: {cited}."
        else:
            text = "Sources differ in " + "; ".join(
                f"{name}: " + ", ".join(f"{said} ({number})" for number, said, _ in values)
                for name, values in differ.items()
            )
            text += f". {self._explained(shared)} Sources: {cited}."
        self._add(
            None,
            "sources",
            n=len(shared),
            observed=float(len(differ)),
            effect=Effect(name="figures in which sources differ", value=float(len(differ)), unit="figures"),
            statement=text,
        )

    def _explained(self, shared: dict[str, list[tuple[int, str, Decimal]]]) -> str:
        """Say what the differences between sources can be."""
        definitions = {totals.definition for totals in self.totals} - {None}
        if definitions and len({totals.definition for totals in self.totals}) > 1:
            return f"They count different things ({', '.join(sorted(str(one) for one in definitions))})."
        falls, grows = [
            any(
                sign * (later - earlier) > 0
                for name, values in shared.items()
                if not name.startswith("per cent") and name not in {"registered", "turnout"}
                for (*_, earlier), (*_, later) in pairwise(values)
            )
            for sign in (-1, 1)
        ]
        if grows and falls:
            return "Some counts rise and others fall: these are not two states of one count."
        if grows:
            return "No count falls from one source to the next: they can be successive states of one count."
        if falls:
            return (
                "No count rises from one source to the next: they can be states of one count, the last first."
            )
        return "The counts themselves agree."


def _range(found: tuple[int, int | None] | None) -> str:
    if found is None:
        return "no number of"
    low, high = found
    return f"{low:,} or more" if high is None else f"{low:,} to {high:,}"


def _needed(reading: Reading) -> str:
    return f"{reading.base.name}, if there were {_range(reading.needed)} of them"


def _decimals(number: int) -> str:
    return f"{number} decimal{'' if number == 1 else 's'}"


def _off(totals: Totals, name: str, base: int) -> float:
    share, _ = exact(totals.shares[name])
    return abs(float(Fraction(100 * totals.votes[name], base) - share))


def _computed(totals: Totals, name: str, base: int) -> str:
    _, places = exact(totals.shares[name])
    return f"{float(Fraction(100 * totals.votes[name], base)):.{places + 1}f} %"


def _times(log10_p: float) -> str:
    """One over p, in words that a person can picture."""
    times = 10**-log10_p
    if times < 10:
        return f"{times:.2g}"
    if times < 1e6:
        return f"{times:,.0f}"
    return f"{times / 1e6:,.0f} million" if times < 1e9 else f"{times:.1e}"


_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def _percentages_figure(
    measurement: Measurement, totals: Totals, both: list[str], known: list[Reading]
) -> Figure:
    """Draw the announced percentage against what the counts give over each base."""
    name = max(both, key=lambda one: min(_off(totals, one, reading.base.low) for reading in known))
    share, places = exact(totals.shares[name])
    values = [
        {
            "base": f"of {reading.base.low:,} {reading.base.name}",
            "percent": round(float(Fraction(100 * totals.votes[name], reading.base.low)), places + 2),
        }
        for reading in known
    ]
    band = {
        "from": float(share - half_unit(places)),
        "to": float(share + half_unit(places)),
        "percent": float(share),
        "label": f"announced {totals.shares[name]} %",
    }
    x = {
        "field": "percent",
        "type": "quantitative",
        "title": f"“{name}”, per cent",
        "scale": {"zero": False, "nice": True},
    }
    y = {"field": "base", "type": "nominal", "title": None, "axis": {"labelLimit": 280}}
    layers = [
        {
            "data": {"values": [band]},
            "mark": {"type": "rect", "style": "band"},
            "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}},
        },
        {"data": {"values": [band]}, "mark": {"type": "rule", "style": "expected"}, "encoding": {"x": x}},
        {
            "data": {"values": [band]},
            "mark": {"type": "text", "style": "expected", "dy": -6, "baseline": "bottom"},
            "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "label", "type": "nominal"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "point", "style": "outlier", "filled": True, "size": 80},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": values},
            "mark": {"type": "text", "style": "outlier", "dy": -12},
            "encoding": {"x": x, "y": y, "text": {"field": "percent", "type": "quantitative"}},
        },
    ]
    given = "; ".join(f"{value['percent']} per cent {value['base']}" for value in values)
    return Figure(
        id=f"{measurement.id}/bases",
        finding=measurement.id,
        title=f"{totals.shares[name]} % was announced; the count gives it of no announced base",
        caption=f"What {totals.votes[name]:,} votes for “{name}” are over each base that was announced "
        "(points), against the percentage announced (line, with its rounding).",
        alt=f"Announced: {totals.shares[name]} per cent. The count of {totals.votes[name]:,} gives {given}.",
        vega_lite={"$schema": _SCHEMA, "width": 420, "height": 40 + 36 * len(values), "layer": layers},
    )


def _lattice_figure(measurement: Measurement, totals: Totals, base: str, best: Lattice) -> Figure:
    """Draw how far each count lies from the nearest count that a percentage gives."""
    names = [*totals.votes, "invalid"][: len(best.residuals)]
    values = [
        {
            "option": name,
            "distance": round(float(residual), 3),
            "label": f"{float(residual):+,.2f} votes",
        }
        for name, residual in zip(names, best.residuals, strict=True)
    ]
    half = float(best.step) / 2
    x = {
        "field": "distance",
        "type": "quantitative",
        "title": f"Votes from the nearest count that a percentage of {_decimals(best.decimals)} gives",
        "scale": {"domain": [-half, half], "nice": False},
    }
    y = {"field": "option", "type": "nominal", "title": None, "sort": None, "axis": {"labelLimit": 240}}
    layers = [
        {
            "data": {"values": [{"from": -half, "to": half}]},
            "mark": {"type": "rect", "style": "band"},
            "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "point", "style": "outlier", "filled": True, "size": 80},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": values},
            "mark": {"type": "text", "style": "outlier", "dy": -12},
            "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}},
        },
    ]
    listed = "; ".join(f"{value['option']} {value['label']}" for value in values)
    return Figure(
        id=f"{measurement.id}/lattice",
        finding=measurement.id,
        title=f"Within {float(best.distance):.1f} votes of percentages of {_decimals(best.decimals)}",
        caption=f"Distance of each count from the nearest multiple of {float(best.step):,.1f} votes "
        f"({_decimals(best.decimals)} of the {best.base:,} {base}). Counted votes would lie anywhere in the "
        "shaded width.",
        alt=f"Points on a scale from {-half:,.0f} to {half:,.0f} votes, all at zero: {listed}.",
        vega_lite={"$schema": _SCHEMA, "width": 480, "height": 40 + 36 * len(values), "layer": layers},
    )


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
