"""The words: which sentence may be said of a measurement, and at which strength.

Methods measure; this file judges, by the following policy and nothing else.

**Grades.** The first that applies:

- null: the question was *not testable* or the method *failed*.
- ``contradiction``: announced or published figures that cannot all be true. It is arithmetic, asks for no
  probability and is the only judgement that a method passes itself.
- ``display`` (shown, not judged): the method is descriptive (tier D); or something was found, but an
  assumption of the method fails on this table, or reference votes show that the method cries wolf too often,
  or the method depends on a model (tier C) and what clean votes give is not known.
- ``strong``: q below 0.001, an effect large enough to matter, no assumption that fails, a known and small
  rate of false alarms on reference votes, tier A or B.
- ``notable``: q below 0.05 with the same care, except that the rate of false alarms may still be unknown.
  A model-dependent estimate (tier C) can be at most notable, and only where its whole interval lies outside
  what reference votes gave.
- ``none``: everything else, always together with the detection limit or the sentence that it is not known.

**Large enough to matter.** Stations: at least three and a quarter of a per cent of those tested. Percentage
points and per cent: at least half of one. Other units have no threshold, because there the question is not
how much but whether (counts computed from rounded percentages).

**Known and small** means seen on at least ten reference votes, in at most five per cent of them
(:mod:`plebiscope.calibrate.reference`); with so few votes the true rate can be higher, and the sentence says
how many votes there were. Where no rate is known, the sentence says that.

**Sentences** can be quoted alone: they name the contest, what was measured with its interval, the comparison,
and what is not shown. A p is the chance of such figures in a fair vote, never the chance that a vote was
fair. "Nothing found" is never said without the detection limit. The words for crimes do not occur, nor any
intent; neither is there a single score or a colour for a country.

What the case as a whole is said to show is in :mod:`plebiscope.dossier.reading`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from plebiscope.calibrate import reference
from plebiscope.dossier.numbers import digits, effect_in_words, interval, number, odds, with_unit
from plebiscope.dossier.text import ended, listed, name, plain
from plebiscope.model.case import Contest
from plebiscope.model.finding import Effect, FalseAlarm, Finding, Grade, Measurement, Tier
from plebiscope.model.method import Method

STRONG = 0.001
NOTABLE = 0.05

_SMALLEST_SHARE = 0.0025
_FEWEST_STATIONS = 3
_SMALLEST_PERCENT = 0.5

_ORDER: Mapping[Grade | None, int] = {
    "contradiction": 0,
    "strong": 1,
    "notable": 2,
    "none": 3,
    "display": 4,
    None: 5,
}

NEEDS: Mapping[str, str] = {
    "returns": "results by polling station or area",
    "station": "results by polling station",
    "options": "votes for each option",
    "areas": "the areas that stations belong to",
    "totals": "announced totals",
    "registered": "registered voters",
    "received": "ballots received",
    "issued": "ballots issued",
    "unused": "unused ballots",
    "cast": "ballots cast",
    "valid": "valid ballots",
    "invalid": "invalid ballots",
}
"""What methods need, in words."""


class Judgement(NamedTuple):
    """A grade, and the rule of the policy that led to it."""

    grade: Grade | None
    why: str


def rank(grade: Grade | None) -> int:
    """Return the place of a grade in the order in which findings are shown, contradictions first."""
    return _ORDER[grade]


def matters(effect: Effect | None, n: int | None) -> bool:
    """Whether an effect is large enough to matter, by its unit."""
    if effect is None or effect.value is None:
        return True
    size = abs(effect.value)
    if effect.unit == "stations":
        return size >= _FEWEST_STATIONS and size >= _SMALLEST_SHARE * (n or 0)
    if effect.unit.startswith(("per cent", "percentage point")):
        return size >= _SMALLEST_PERCENT
    return True


def judge(
    measurement: Measurement,
    tier: Tier,
    log10_q: float | None,
    span: reference.CleanRange | None = None,
) -> Judgement:
    """Grade a measurement by the policy of this module.

    Parameters
    ----------
    measurement
        What a method measured.
    tier
        The tier of its method.
    log10_q
        Base-ten logarithm of q; null where there is no p.
    span
        What reference votes gave on the same measure; for estimates without a test.

    Returns
    -------
    Judgement
    """
    if measurement.status != "tested":
        return Judgement(None, measurement.status)
    if measurement.contradiction:
        return Judgement("contradiction", "arithmetic")
    if tier == "D":
        return Judgement("display", "descriptive")
    if tier == "C":
        return _judge_by_range(measurement, log10_q, span)
    if log10_q is None:
        return Judgement("none", "no contradiction")
    if log10_q >= math.log10(NOTABLE):
        return Judgement("none", "chance")
    hindrance = _hindrance(measurement)
    if hindrance is not None:
        return hindrance
    if log10_q < math.log10(STRONG) and reference.small(reference.false_alarm(measurement.method, STRONG)):
        return Judgement("strong", "beyond chance")
    if reference.large(reference.false_alarm(measurement.method, NOTABLE)):
        return Judgement("display", "false alarms")
    return Judgement("notable", "beyond chance")


def _hindrance(measurement: Measurement) -> Judgement | None:
    """What forbids a grade although something was found."""
    if any(assumption.state == "fails" for assumption in measurement.assumptions):
        return Judgement("display", "assumption")
    if not matters(measurement.effect, measurement.n):
        return Judgement("none", "small")
    return None


def _judge_by_range(
    measurement: Measurement, log10_q: float | None, span: reference.CleanRange | None
) -> Judgement:
    if log10_q is not None and log10_q >= math.log10(NOTABLE):
        return Judgement("none", "chance")
    effect = comparable(measurement, span)
    if span is None or effect is None or effect.value is None:
        return Judgement("display", "no reference")
    low = effect.value if effect.low is None else effect.low
    high = effect.value if effect.high is None else effect.high
    if low <= span.high and high >= span.low:
        return Judgement("none", "clean range")
    return _hindrance(measurement) or Judgement("notable", "outside clean range")


def comparable(measurement: Measurement, span: reference.CleanRange | None) -> Effect | None:
    """Return the effect of a measurement that reference votes can be compared with."""
    if span is None:
        return None
    effects = (measurement.effect, *measurement.effects)
    return next((effect for effect in effects if effect is not None and effect.unit == span.unit), None)


def find(
    measurement: Measurement,
    method: Method,
    contest: Contest,
    log10_q: float | None,
    q: float | None,
    questions: int,
    citation: str,
) -> Finding:
    """Turn a measurement into a finding: graded and put into words.

    Parameters
    ----------
    measurement, method, contest
        The answer, its method and the contest that it is about.
    log10_q, q
        The p after correction, as a logarithm and as a number.
    questions
        How many contest-level questions were asked.
    citation
        The references, written out.
    """
    span = reference.clean_range(method.id)
    judgement = judge(measurement, method.tier, log10_q, span)
    level = STRONG if judgement.grade == "strong" else NOTABLE
    alarm = reference.false_alarm(method.id, level) if judgement.grade is not None else None
    return Finding(
        **{key: getattr(measurement, key) for key in Measurement.model_fields},
        tier=method.tier,
        q=q,
        false_alarm=alarm,
        grade=judgement.grade,
        sentence=sentence(measurement, method, contest, judgement, log10_q, alarm, span, questions),
        reference=citation,
    )


def sentence(
    measurement: Measurement,
    method: Method,
    contest: Contest,
    judgement: Judgement,
    log10_q: float | None,
    alarm: FalseAlarm | None,
    span: reference.CleanRange | None,
    questions: int,
) -> str:
    """Say what may be said of a measurement; safe to quote alone."""
    subject = name(contest.name)
    if measurement.scope.area is not None:
        subject += f", {name(measurement.scope.area)}"
    if measurement.status == "failed":
        return (
            f"{subject}: the question “{method.question}” was not answered, because the method stopped with an "
            f"error ({plain(measurement.reason, 300)}). That is a fault of plebiscope and says nothing about the vote."
        )
    if measurement.status == "not testable":
        return (
            f"{subject}: the question “{method.question}” cannot be answered, because "
            f"{ended(plain(measurement.reason, 600))}"
        )
    parts = [f"{subject}: {ended(plain(measurement.statement) or method.title)}"]
    shown = measurement.effect and interval(measurement.effect)
    if measurement.effect and shown and not _mentions(measurement.statement, measurement.effect):
        parts.append(f"{_capital(measurement.effect.name)}: {effect_in_words(measurement.effect)}.")
    parts += _clauses(measurement, judgement, log10_q, alarm, span, questions)
    return " ".join(parts)


def _clauses(
    measurement: Measurement,
    judgement: Judgement,
    log10_q: float | None,
    alarm: FalseAlarm | None,
    span: reference.CleanRange | None,
    questions: int,
) -> list[str]:
    """The comparison, the rate of false alarms, and what is not shown."""
    if judgement.why == "arithmetic":
        return [
            "These figures cannot all be true as published. This does not show which of them is wrong, or why."
        ]
    if judgement.why == "descriptive":
        return ["This is shown, not judged: such patterns also vary widely between votes that nobody doubts."]
    if judgement.why == "no contradiction":
        return ["Nothing here contradicts itself. This does not show that the figures are right."]
    if judgement.why == "no reference":
        return [
            "This is shown, not judged: what undoubted votes give on this measure is not known to plebiscope yet."
        ]
    if judgement.why == "assumption":
        failed = [a for a in measurement.assumptions if a.state == "fails"]
        return [
            f"This is shown, not judged, because an assumption of the method fails here: {plain(failed[0].name, 200)} "
            f"({plain(failed[0].how, 300).rstrip('.')})."
        ]
    if judgement.why == "false alarms":
        return [
            "This is shown, not judged: the method names too many undoubted votes.",
            _alarm(alarm, "notable"),
        ]
    if judgement.why in {"clean range", "outside clean range"}:
        return _range_clauses(measurement, judgement, span)
    chance = _chance(log10_q, questions if measurement.scope.level == "contest" else None)
    if judgement.why == "chance":
        return [f"{chance} That is not unusual.", limit(measurement)]
    if judgement.why == "small":
        return [f"{chance} But the difference is too small to matter.", limit(measurement)]
    assert judgement.grade is not None
    return [
        chance,
        _alarm(alarm, judgement.grade) if measurement.scope.level == "contest" else "",
        "This does not show who or what caused it, nor what the true result is.",
    ]


def _range_clauses(
    measurement: Measurement, judgement: Judgement, span: reference.CleanRange | None
) -> list[str]:
    effect = comparable(measurement, span)
    assert span is not None
    assert effect is not None
    between = f"between {number(span.low)} and {number(span.high)} {span.unit} on {span.on}"
    own = effect_in_words(effect)
    if judgement.grade == "notable":
        return [
            f"The same kind of estimate came to {between}; here it is {own}, outside that range.",
            "It rests on a model of how votes would have been spread, and does not show who or what caused the "
            "difference.",
        ]
    return [
        f"This is inside what such votes show: the same kind of estimate came to {between}, and here it is {own}.",
        "So it shows nothing either way.",
    ]


def _chance(log10_q: float | None, questions: int | None) -> str:
    assert log10_q is not None
    asked = (
        f"corrected for the {questions} questions asked"
        if questions is not None and questions > 1
        else "corrected for the number of areas looked at"
        if questions is None
        else "the only question asked"
    )
    if log10_q > math.log10(0.95):
        return f"In a fair vote, chance alone would nearly always give this much ({asked})."
    return (
        f"In a fair vote that meets the method's assumptions, chance alone would give this much or more in "
        f"{odds(log10_q)} cases (q = {digits(log10_q)}, {asked})."
    )


def _alarm(alarm: FalseAlarm | None, grade: str) -> str:
    if alarm is None:
        return "How often this method cries wolf on undoubted votes is not known yet."
    named = round(alarm.rate * alarm.n)
    count = "None" if named == 0 else f"{named}"
    return f"{count} of the {alarm.on} gave as much ({grade} by the same rule)."


def limit(measurement: Measurement) -> str:
    """Say what ``none`` is worth: the smallest departure that would have been seen."""
    found = measurement.limit
    if found is None:
        return "How large a departure this test could have missed is not known, so it reassures nobody."
    size = []
    if found.stations is not None:
        size.append(with_unit(found.stations, "stations"))
    elif found.dose is not None:
        size.append(with_unit(found.dose, found.unit))
    if found.votes is not None:
        size.append(with_unit(found.votes, "votes"))
    much = f" on about {' or '.join(size)}" if size else ""
    return (
        f"It would have noticed {plain(found.mechanism, 200)}{much} with a chance of {100 * found.power:.0f} %; "
        f"anything smaller, or of another kind, can have gone unseen."
    )


def _mentions(statement: str, effect: Effect) -> bool:
    ends = [end for end in (effect.low, effect.high) if end is not None]
    return all(number(abs(end), effect.unit) in statement for end in ends)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def missing(lacks: Iterable[str]) -> str:
    """Say what a method needs and was not published, as the reason of a finding that is not testable.

    Parameters
    ----------
    lacks
        What :func:`plebiscope.model.method.lacking` returned.
    """
    lacks = list(lacks)
    if "returns" in lacks:
        return f"{NEEDS['returns']} were not published"
    named = [" or ".join(NEEDS.get(part, part) for part in lack.split(" or ")) for lack in lacks]
    return f"{listed(named)} {'were' if named else 'was'} not published"


def failure(error: BaseException) -> str:
    """Say why a method failed, as the reason of a finding."""
    return plain(f"{type(error).__name__}: {error}", 300).rstrip(": ")
