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
* *hundred*: do the percentages add to no more than 100, given their rounding, and is each that of a whole
  number of ballots?
* *turnout*: is it ballots cast over registered voters? Where one of them was not announced: the range that
  the turnout implies, which the votes announced must not exceed;
* *sum*: are votes, valid and invalid ballots, ballots cast and registered voters in order of size, and what
  is left unexplained?
* *counts-from-percentages*: with ``N`` the base, ``w = N 10^-(D+2)`` votes lie between the counts that
  neighbouring percentages of ``D`` decimals give. ``T`` is the largest distance of a free count from such a
  count.

Fair vote
---------
The first four are arithmetic. For *counts-from-percentages*: given the rounded percentages, a count that was
counted lies anywhere in its rounding cell with equal chance, because the cell is a small part of the base.
The exact chance that all free counts lie as close as ``T`` is the product of (whole numbers within ``T``) /
``w``. Counts that would be rounded to nothing are left out: they lie close to 0 because they are small. Of
the others and what is left of the base, one follows from the rest and is not free: what is left or, where
that would be rounded to nothing, the smallest count. Options of hardly any votes have about as many each, so
that free counts of fewer than five cells are taken for one. Four numbers of decimals and three bases could
have been tried for every announcement of counts, so the p reported is the smallest times twelve times their
number; with ``as_announced`` only the decimals of its own percentages are tried. The smallest chance that
closeness must have among counts that *are* worked out from percentages, to make these counts a thousand
times likelier then, is a thousand p.

Assumptions
-----------
* Counts and percentages of one source speak of the same ballots. That is what the checks put to the test.
* Fewer than one ballot in ten is invalid: a reading of the percentages that needs more, without the invalid
  ballots having been announced, is no contradiction, but it needs an explanation.
* The cell is small against the base: its width is printed. With no decimals it is one per cent of the base.
* Of ten announcements of counted votes one has a p below 0.1; a single small p among many is expected.

Innocent causes
---------------
A misprint, or figures of different hours or territories in one announcement. Percentages of another base
than the one expected. A spokesman who works counts out from percentages when asked for them.

Blind spots
-----------
Totals that agree with themselves. Whatever the announcement leaves out. It does not say what the true result
is. Whether several announcements agree is another question.

References
----------
Tao (2024), https://terrytao.wordpress.com/2024/08/02/what-are-the-odds-ii-the-venezuelan-presidential-election/,
on counts computed from percentages and what such a coincidence can prove.

Example
-------
>>> from decimal import Decimal
>>> announced = Totals(contest="vote", source="the commission", cast=1000, votes={"yes": 795},
...                    shares={"yes": Decimal("93.1")})
>>> {reading.base.name: reading.fits for reading in readings(announced, Params().allowed)}
{'ballots cast': False, 'valid ballots': False, 'registered voters': False}
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from math import log10
from typing import Any

import numpy as np

from plebiscope.evidence import chart
from plebiscope.kernels.rounding import Percent, together
from plebiscope.methods.totals.announced import (
    Allowance,
    asked_for,
    candidates,
    computed,
    implied_counts,
    off,
    readings,
    span,
    with_both,
)
from plebiscope.methods.totals.closeness import Closeness, Search, closest
from plebiscope.model.case import Totals
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import Evidence, Method, Subject, effect
from plebiscope.model.wording import capital, counted, listed, per_cent

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
    as_announced: bool = False
    """Try only the decimals of the source's own percentages, where it announced any; decided beforehand."""
    bases: int = 3
    """Bases that may be tried: valid ballots, ballots cast, registered voters."""
    drawn_below: float = 0.001
    """p below which the distances from the percentages are drawn."""
    likelier: float = 1000.0
    """How many times likelier worked out than counted, for the chance that this asks for."""

    @property
    def allowed(self) -> Allowance:
        """What can be true without having been announced."""
        return Allowance(self.most_invalid, self.most_carried_away)

    def tried(self, totals: Totals) -> tuple[int, ...]:
        """Return the numbers of decimals that are tried for a source."""
        own = (
            {Percent.read(share).decimals for share in totals.shares.values()} if self.as_announced else set()
        )
        return tuple(sorted(own)) or self.decimals


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Put every announcement to the checks, contradictions first; ``rng`` is not used.

    A source to which no check can be put is one answer, not five.
    """
    found: list[Measurement] = []
    figures: list[Figure] = []
    several = len(subject.totals) > 1
    for number, totals in enumerate(subject.totals, start=1):
        said = {**asdict(params), "source": totals.source}
        close = _counts_from_percentages(totals, subject, params)
        checks: dict[str, Told] = {
            "percentages": _percentages(totals, params),
            "hundred": _hundred(totals, params),
            "turnout": _turnout(totals, params),
            "sum": _sum(totals),
            "counts-from-percentages": close if isinstance(close, str) else close.told(params.likelier),
        }
        reasons = [told for told in checks.values() if isinstance(told, str)]
        if (
            len(reasons) == len(checks)
            and totals.report is not None
            and (found or number < len(subject.totals))
        ):
            continue  # a lone figure of a report is shown, and nothing can be asked of it
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
        if isinstance(close, Closeness) and close.log10_p < log10(params.drawn_below):
            figures.append(close.figure(found[-1].id))
    found.sort(key=lambda one: (not one.contradiction, not one.unexplained, one.status != "tested"))
    return Evidence(tuple(found), tuple(figures))


def _percentages(totals: Totals, params: Params) -> Told:
    """Is each percentage its count over one and the same base?"""
    both = with_both(totals)
    if not totals.shares:
        return "no percentages were announced"
    if not both:
        return "no option has both a count and a percentage" + implied_counts(totals)
    found = readings(totals, params.allowed)
    known = [reading for reading in found if reading.base.known]
    announced = "; ".join(
        f"{counted(totals.votes[name], 'votes')} and {per_cent(totals.shares[name], '')} for “{name}”"
        for name in both
    )
    if not known:
        asked = "; ".join(reading.asks for reading in found if reading.needed is not None)
        return f"no total was announced that the percentages could be of ({announced}; {asked})"
    fitting = [reading for reading in known if reading.fits]
    possible = [reading for reading in found if reading.fits and not reading.base.known]
    # Few ballots are invalid, but so many can be.
    strained = any(reading.base.name == "valid ballots" and reading.needed for reading in found)
    one = len(both) == 1
    given = ", and ".join(
        listed(computed(totals, name, reading.base.low) for name in both)
        + f" of the {reading.base.low:,} {reading.base.name}"
        for reading in known
    )
    text = f"Announced: {announced}. The count{' is' if one else 's are'} {given}."
    if fitting:
        bases_said = " and of ".join(reading.base.name for reading in fitting)
        cut = ", with further decimals cut off" if all(reading.cut_off for reading in fitting) else ""
        text += f" Percentages and counts agree as shares of {bases_said}{cut}."
    elif possible:
        text += f" They agree only as shares of {' or of '.join(one.asks for one in possible)}."
    else:
        text += (
            f" No base that was announced gives the percentage{'' if one else 's'}{asked_for(totals, found)}."
        )
    told: dict[str, Any] = {"observed": 0.0}
    if fitting or not possible:
        best = min(known, key=lambda reading: reading.off or 0.0)
        name = max(both, key=lambda one: abs(off(totals, one, best.base.low)))
        votes = float(off(totals, name, best.base.low) * best.base.low / 100)
        largest = f"largest distance between a percentage and its count over {best.base.name}"
        told = {
            "observed": best.off,
            "effect": effect(largest, best.off, "percentage points"),
            "effects": (effect(f"“{name}”: count less percentage of {best.base.name}", votes, "votes"),),
        }
    invalid = totals.invalid
    return {
        **told,
        "n": len(both),
        "expected": 0.0,
        "contradiction": not (fitting or possible or strained),
        "unexplained": strained and not (fitting or possible),
        "assumptions": (
            Assumption(
                name=f"fewer than {per_cent(100 * params.most_invalid, '.0f')} of ballots cast are invalid",
                state="unknown" if invalid is None else "holds",
                how=f"invalid ballots: {'not announced' if invalid is None else f'{invalid:,}'}",
            ),
        ),
        "statement": text,
    }


def _hundred(totals: Totals, params: Params) -> Told:
    """Can the percentages be rounded from parts of one whole?"""
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
    bases = [base for base in candidates(totals, params.allowed) if base.name != "votes announced together"]
    known = {base.name: base.low for base in bases if base.known and base.low > 0}
    sums = {name: together(parts, whole) for name, whole in known.items()}
    # With few ballots a set of percentages can add to 100 and still be that of no whole numbers.
    votes = {name: found for name, found in sums.items() if found is not None and found[0] <= known[name]}
    impossible = len(known) == len(bases) and not votes
    if votes:
        counted_votes = sum(totals.votes.values())
        name = min(votes, key=lambda one: not votes[one][0] <= counted_votes <= votes[one][1])
        text += f" They stand for {span(votes[name])} votes together, of {known[name]:,} {name}."
    elif impossible:
        text += (
            " No votes in whole numbers give them, of "
            + listed((f"{whole:,} {name}" for name, whole in known.items()), "or")
            + "."
        )
    over = (float(total - 100 - slack), float(total - 100 + slack))
    return {
        "n": len(parts),
        "observed": float(total),
        "expected": 100.0,
        "contradiction": total - 100 > slack or impossible,
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
    if totals.rounded and (cast is None or not registered):
        return _rounded_turnout(totals, share)
    if cast is None or not registered:
        names = (("ballots cast", cast), ("registered voters", registered))
        reason = f"{' and '.join(name for name, value in names if not value)} were not announced"
        if cast is None and registered and totals.votes:
            return _implied_turnout(totals, share, registered)
        implies = f"; a turnout of {announced} implies "
        if cast is not None:
            return f"{reason}{implies}{span(share.bases(cast))} voters"
        return f"{reason}{implies}{span(share.counts(registered))} ballots" if registered else reason
    found = Fraction(100 * cast, registered)
    low, high = share.counts(registered)
    valid = totals.valid if totals.valid is not None else cast - (totals.invalid or 0)
    contradiction = False
    if share.fits(cast, registered) or share.fits_cut_off(cast, registered):
        text = "They agree."
    elif low <= valid <= high:
        text = "It agrees with valid ballots over registered voters."
    elif low > cast and (low - cast) <= params.most_carried_away * low:
        lost = span((low - cast, high - cast))
        text = f"It agrees if turnout counts ballots issued, and {lost} of them did not get into the box."
    else:
        contradiction = True
        text = f"A turnout of {announced} would be {span((low, high))} ballots."
    name, difference = "turnout computed less turnout announced", float(found - share.value)
    return {
        "n": 1,
        "observed": float(found),
        "expected": float(share.value),
        "contradiction": contradiction,
        "effect": effect(name, difference, "percentage points"),
        "statement": f"{cast:,} ballots cast of {registered:,} registered voters are "
        f"{per_cent(float(found), f'.{share.decimals + 2}f')}; {announced} was announced. {text}",
    }


def _rounded_turnout(totals: Totals, share: Percent) -> Told:
    """Hold the turnout against counts of which at least one was given in round figures."""
    ends: dict[str, tuple[int, int]] = {name: one.bounds for name, one in totals.rounded.items()}
    for name, exact in (("cast", totals.cast), ("registered", totals.registered)):
        if exact is not None:
            ends[name] = (exact, exact)
    if not ends.keys() >= {"cast", "registered"} or ends["registered"][0] == 0:
        return "ballots cast and registered voters were not both announced"
    low = Fraction(100 * ends["cast"][0], ends["registered"][1])
    high = Fraction(100 * ends["cast"][1], ends["registered"][0])
    fits = low <= share.value + share.half_unit and share.value - share.half_unit <= high
    between = f"between {per_cent(float(low), '.1f')} and {per_cent(float(high), '.1f')}"
    announced = per_cent(float(share.value), f".{share.decimals}f")
    return {
        "n": 1,
        "expected": float(share.value),
        "contradiction": not fits,
        "effect": effect("turnout that the round counts allow", None, "per cent", (float(low), float(high))),
        "statement": f"{_in_words(ends['cast'])} ballots cast of {_in_words(ends['registered'])} registered "
        f"voters are {between}; {announced} was announced. "
        + ("They agree." if fits else "Rounding does not explain the difference."),
    }


def _in_words(ends: tuple[int, int]) -> str:
    """Write a count, or the range that a round one stands for."""
    return span(ends) if ends[0] < ends[1] else f"{ends[0]:,}"


def _implied_turnout(totals: Totals, share: Percent, registered: int) -> dict[str, Any]:
    """Hold the votes announced against the ballots that the turnout implies."""
    votes = sum(totals.votes.values()) if totals.valid is None else totals.valid
    # Whether turnout counts ballots issued, cast or only valid ones: votes are no more than any of them.
    fewest, most = share.counts_cut_off(registered)
    what = "votes were announced" if totals.valid is None else "valid ballots were announced"
    rest = f"so {span((max(0, fewest - votes), most - votes))} were invalid, not listed or not yet counted"
    text = rest if votes <= most else f"at least {votes - most:,} more than that"
    return {
        "n": 1,
        "observed": float(votes),
        "contradiction": votes > most,
        "effect": effect("ballots that the turnout implies", None, "ballots", (float(fewest), float(most))),
        "statement": f"A turnout of {per_cent(float(share.value), f'.{share.decimals}f')} of the "
        f"{registered:,} registered voters implies {span((fewest, most))} ballots; {votes:,} {what}, {text}.",
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


def _counts_from_percentages(totals: Totals, subject: Subject, params: Params) -> Closeness | str:
    """Do the counts lie where percentages with few decimals would put them?"""
    if not totals.votes:
        return "no counts for the options were announced"
    known = [base for base in candidates(totals, params.allowed) if base.known]
    bulletins = {tuple(sorted(one.votes.items())) for one in subject.totals if one.votes}
    found = closest(totals, known, Search(params.tried(totals), params.bases, len(bulletins)))
    if not known:
        return "no base was announced"
    if found is None or found.least > log10(0.05):
        return "the counts are too few or too small to tell"
    return found


def _percentages_figure(found: Measurement, totals: Totals, params: Params) -> Figure:
    """Draw the announced percentage against what the counts give over each base."""
    known = [reading.base for reading in readings(totals, params.allowed) if reading.base.known]
    name = max(with_both(totals), key=lambda one: min(abs(off(totals, one, base.low)) for base in known))
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
        *chart.named_points(places, values, "percent"),
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
        "Ballots that carry several votes, where percentages add to more than 100.",
    ),
    blind=(
        "totals that agree with themselves",
        "whatever the announcement leaves out",
        "what the true result is",
    ),
)
