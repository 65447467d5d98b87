"""The words for what reference votes gave: how often a method names them, and where this vote stands.

What they gave is in :mod:`plebiscope.calibrate.reference`; what follows for the grade, in
:mod:`plebiscope.dossier.words`.
"""

from __future__ import annotations

from plebiscope.calibrate import fair, reference
from plebiscope.dossier.numbers import digits, effect_in_words, number, per_cent, with_unit
from plebiscope.dossier.text import plain
from plebiscope.model.finding import FairCoverage, FairRate, FalseAlarm, Place

EXPLAIN_AWAY = "explain-away slope"
"""Name of the effect that says how steeply a share had to rise with turnout to leave nothing to explain."""
AUTOMATIC = "automatic core"
"""Last words of the name of an estimate that stands beside a range of such estimates."""


def alarms(alarm: FalseAlarm | None) -> str:
    """Say how often a method named a reference vote."""
    if alarm is None:
        return "How often this method cries wolf on undoubted votes is not known yet."
    named = round(alarm.rate * alarm.n)
    return (
        f"Graded by the same rule, {named or 'none'} of the {alarm.on} "
        f"{'were' if named > 1 else 'was'} named (with so few, the rate can still be up to "
        f"{per_cent(round(reference.at_most(alarm), 2))})."
    )


def on_fair_votes(rate: FairRate, called: str = "") -> str:
    """Say how often a question rejected simulated fair votes.

    Parameters
    ----------
    rate
        How often.
    called
        What the question is called, where it is not the first of its method.
    """
    low, high = (f"{100 * share:.1f}" for share in (rate.low, rate.high))
    between = f"{low} to {high} in 100" if low != high else f"{low} in 100"
    often = f" That is more than promised in votes like {'; '.join(rate.doubtful)}." if rate.doubtful else ""
    often += _too_few(len(rate.few), fair.LEVEL, fair.TOO_OFTEN * fair.LEVEL)
    if called:
        return f"For {called} it was {between}.{often}"
    said = f"Of {rate.n:,} simulated fair votes, {between} gave p of at most 0.05"
    return f"{said}; such a p promises 5 in 100.{often}"


def coverage(found: FairCoverage) -> str:
    """Say how often an interval held the truth in simulated fair votes."""
    low, high = (f"{100 * share:.0f}" for share in (found.low, found.high))
    often = f"{low} to {high}" if low != high else low
    what = "zero" if found.truth == "nought" else "the mean of all"
    held = f"held {what} in {often} of 100 of {found.n:,} such votes"
    said = f"The interval of “{plain(found.effect, 120)}” {held}"
    if found.level is None:
        return f"{said}."
    seldom = (
        f" That is less than promised in votes like {'; '.join(found.doubtful)}." if found.doubtful else ""
    )
    broken = 1.0 - fair.TOO_OFTEN * (1.0 - found.level)
    return (
        f"{said}; it promises {100 * found.level:.0f}.{seldom}{_too_few(len(found.few), found.level, broken)}"
    )


def _too_few(kinds: int, promised: float, broken: float) -> str:
    """Say of how many kinds of vote too few were asked to tell a promise kept from one that is not."""
    if not kinds:
        return ""
    return (
        f" Of {kinds} {'kind' if kinds == 1 else 'kinds'} of fair vote there were too few to tell "
        f"{100 * promised:.0f} in 100 from {100 * broken:.0f}."
    )


def standing(place: Place) -> str:
    """Say where an answer stands among the same answers on reference votes."""
    if place.unit == reference.CHANCE:
        low, high, here = (digits(min(end, 0.0)) for end in (place.low, place.high, place.value))
        gave = f"p between {low} and {high}" if low != high else f"p = {low}"
        return f"On {place.on} the same test gave {gave}; here it is {here}, {rank(place)}."
    low, high, here = (with_unit(end, place.unit) for end in (place.low, place.high, place.value))
    lay = f"lay between {number(place.low, place.unit)} and {high}" if low != high else f"was {low}"
    return (
        f"On {place.on} the same figure ({plain(place.figure, 120)}) {lay}; here it is {here}, {rank(place)}."
    )


def rank(place: Place, of: str = "them") -> str:
    """Say above and below how many reference votes an answer is."""
    if place.below == len(place.votes):
        return f"above all of {of}"
    if place.above == len(place.votes):
        return f"below all of {of}"
    if place.below == place.above == 0:
        return f"among {of}"
    sides = [f"{word} {count}" for word, count in (("above", place.below), ("below", place.above)) if count]
    between = sum(min(values) < place.value < max(values) for values in place.votes.values())
    level = len(place.votes) - place.below - place.above - between
    # Several options are examined of a vote: one of them can be higher and another lower.
    more = [f"{between} {'lies' if between == 1 else 'lie'} on both sides"] if between else []
    more += [f"{level} {'is' if level == 1 else 'are'} level with it"] if level else []
    return "; ".join([f"{' and '.join(sides)} of {of}", *more])


def outside(span: reference.Span) -> str:
    """Say between which values the same estimate lay on reference votes, and how far its ranges reached."""
    return f"{reached(span)} on {'each of ' if span.least == span.most else ''}{span.on}"


def reached(span: reference.Span) -> str:
    """Say between which values the same estimate lay, and between which with the range of each."""
    unit = span.effect.unit if span.effect.unit.startswith("per cent") else span.unit
    came = with_unit(span.most, unit)
    if span.least != span.most:
        came = f"between {number(span.least, unit)} and {came}"
    if (span.lowest, span.highest) == (span.least, span.most):
        return came
    # The ends of a range are not what an estimate came to; but they are what a new one is compared with.
    return f"{came} (with the range of each, {number(span.lowest, unit)} to {number(span.highest, unit)})"


def as_compared(span: reference.Span) -> str:
    """Write an estimate in the unit in which reference votes have it, and beside it as it was made."""
    made = effect_in_words(span.effect)
    if span.effect.unit.startswith("per cent") or span.effect.unit == span.unit:
        return made
    return f"{with_unit(span.value, span.unit)}, that is {made}"


def beside(span: reference.Span, besides: tuple[str, ...]) -> str:
    """Compare a further estimate, also where it speaks against the first; nothing for other figures."""
    effect = span.effect
    if effect.name == EXPLAIN_AWAY:
        flattest, steepest, n = reference.slopes("clean", besides)
        less, more, disputed = reference.slopes("disputed", besides)
        return (
            f"All of it would be explained if the share rose with turnout of itself, by "
            f"{number(effect.value)} ({effect.unit}; the logit of a share is the logarithm of its odds); "
            f"in {n} reference votes held to be clean it changed by {number(flattest)} to "
            f"{number(steepest)}, in {disputed} disputed ones by {number(less)} to {number(more)}. "
        )
    if not effect.name.endswith(AUTOMATIC):
        return ""
    where = "inside" if span.least <= (effect.value or 0.0) <= span.most else "outside"
    return (
        f"The {effect.name.rpartition(', ')[2]} gives {with_unit(effect.value, effect.unit)}, {where} the "
        f"{number(span.least)} to {number(span.most)} of {span.n} reference votes. "
    )
