"""The words: which sentence may be said of a measurement, and at which strength.

Methods measure; this file judges, by the following policy and nothing else.

**Grades.** The first that applies:

- null: the question was *not testable* or the method *failed*.
- ``contradiction``: announced or published figures that cannot all be true. It is arithmetic, asks for no
  probability and is the only judgement that a method passes itself.
- ``display`` (shown, not judged): the method is descriptive (tier D), or its answers only restate the
  figures; or the figures can be true but need an explanation; or something was found, but an assumption of
  the method fails on this table, or the method named too many reference votes at that level, or it depends on
  a model (tier C) and what clean votes give is not known, be it that too few have the estimate and only
  disputed votes gave as much.
- ``strong``: q below 0.001, an effect large enough to matter, no assumption that fails, a known and small
  rate of false alarms on reference votes, tier A or B. For an area the rate is that of votes in which any
  area was named.
- ``notable``: q below 0.05 with the same care, except that the rate of false alarms at that level may still
  be unknown; known and not small is not enough, and then the answer is shown, not judged. An area is looked
  at behind the answer for its contest: where that is strong, q below 0.05 suffices. A model-dependent
  estimate (tier C) can be at most notable, and only where its whole interval lies outside what the very
  same estimate gave on reference votes, where the range of its headline leaves out 0, and where few reference
  votes lie outside the range of the others; where it has a p, the rate at that level must be small too. The
  headline can be wider than what is compared: it then leaves more open, and what may be nothing at all with
  that left open is not notable without it.
  These are the votes held to be clean where at least ten have the estimate. Where fewer have it, they are no
  yardstick, and disputed votes are counted as well: what lies outside all of them is named, what only
  disputed votes reach is shown, what clean votes reach is ``none``.
- ``display`` too: an estimate that a design identifies (tier B) and that no p belongs to, where its interval
  leaves out 0.
- ``none``: everything else, always together with the detection limit or the sentence that it is not known.

**Large enough to matter** is defined in :mod:`plebiscope.model.size`. **Known and small** means seen on
at least ten reference votes, in at most five per cent of them (:mod:`plebiscope.calibrate.reference`); with
so few votes the true rate can be higher, and the sentence says how many votes there were. Where no rate is
known, the sentence says that.

**Tiers.** That figures are hard to explain by counting alone is said of tier A only, and only where they
are strong. How many votes are concerned is said only from tier B where something is named, or from tier C
for areas that fail a test of tier A (:mod:`plebiscope.dossier.magnitude`). Else an estimate of tier C is
told with its range over assumptions and beside that of reference votes, and never as a number of wrong votes.
Tier D is shown beside what reference votes gave, and counts nowhere.

**Sentences** can be quoted alone: they name the contest, what was measured with its interval, the comparison,
and what is not shown. A p is the chance of such figures in a fair vote that meets the method's assumptions,
never the chance that a vote was fair; so behind a named answer stands what it holds for doubtful of these.
"Nothing found" is never said without the detection limit. The words for crimes do not occur, nor any
intent; neither is there a single score or a colour for a country.

What the case as a whole is said to show is in :mod:`plebiscope.dossier.reading`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from plebiscope.calibrate import reference
from plebiscope.dossier.limits import beyond, limit, limit_size, told_in_full, uncounted
from plebiscope.dossier.numbers import digits, effect_in_words, interval, number, odds
from plebiscope.dossier.text import ended, name, plain
from plebiscope.dossier.yardstick import alarms, as_compared, beside, outside, standing
from plebiscope.model.case import Contest
from plebiscope.model.finding import Effect, FalseAlarm, Grade, Limit, Measurement, Place
from plebiscope.model.method import Method
from plebiscope.model.size import ROWS, matters
from plebiscope.model.wording import QUANTITIES, listed

STRONG = 0.001
NOTABLE = 0.05

_FACTS = 1500
"""Letters of a method's statement that are kept, so that what the policy adds is never cut off."""

_RANK: Mapping[Grade | None, int] = {
    "contradiction": 0,
    "strong": 1,
    "notable": 2,
    "display": 3,
    "none": 4,
    None: 5,
}

NEEDS: Mapping[str, str] = {
    "returns": "results by polling station or area",
    "station": "results by polling station",
    "options": "votes for each option",
    "areas": "the areas that stations belong to",
    "totals": "announced totals",
    "group": "groups of stations to compare",
    "pairs": "another vote that was held at the same stations",
    "sample": "a sample of stations that somebody else counted",
    "reported": "the time or the order in which stations were reported",
    "copies": "copies of the protocols or another second record of the stations",
    **QUANTITIES,
}
"""What methods need, in words."""
_ONE = {"pairs", "sample", "reported", "copies"}
"""Those of them that are, or end with, a thing in the singular."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """A measurement, with everything that its grade and its sentence depend on."""

    measurement: Measurement
    method: Method
    contest: Contest
    log10_q: float | None = None
    """Base-ten logarithm of p after correction; null where there is no p."""
    tests: int = 1
    """How many contest-level tests, with a p, the dossier holds."""
    log10_q_above: float | None = None
    """Of an area: base-ten logarithm of q of the same question put to the whole contest."""
    besides: tuple[str, ...] = ()
    """Ids of the reference votes that are this vote or were held with it: no yardstick for it."""
    sums: Mapping[str, int] = field(default_factory=dict)
    """Sums of the columns of the table."""
    simulated: Limit | str = ""
    """What the method would have noticed in simulated votes; or why that is not known."""
    answered: bool = False
    """Whether the method answered anything about this contest."""
    rows: int | None = None
    """Number of rows of the table; null where there is none."""

    @property
    def whole(self) -> bool:
        """Whether it is about the contest, not an area of it."""
        return self.measurement.scope.level == "contest"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A grade, and the sentences that the policy puts after the facts."""

    grade: Grade | None
    words: str = ""
    false_alarm: FalseAlarm | None = None
    limit: Limit | None = None
    """What would have been noticed, where that follows from reference or simulated votes and not from the
    table."""
    place: Place | None = None


def rank(grade: Grade | None) -> int:
    """Return the place of a grade in the order in which findings are shown, contradictions first."""
    return _RANK[grade]


def sentence(weighing: Weighing, judgement: Judgement) -> str:
    """Say what may be said of a measurement: the facts, then what the policy adds. Safe to quote alone."""
    measurement, method = weighing.measurement, weighing.method
    subject = name(weighing.contest.name)
    if measurement.scope.area is not None:
        subject += f", {name(measurement.scope.area)}"
    if measurement.status == "failed":
        return (
            f"{subject}: the question “{method.question}” was not answered, because the method stopped with "
            f"an error ({plain(measurement.reason, 300)}). That is a fault of plebiscope and says nothing "
            f"about the vote."
        )
    if measurement.status == "not testable":
        # Beside answers to the same question, only what lacks one may be called open.
        part = f"the part “{called(measurement)}” of " if weighing.answered else ""
        return (
            f"{subject}: {part}the question “{method.question}” cannot be answered, because "
            f"{ended(plain(measurement.reason, 600))}"
        )
    facts = ended(plain(measurement.statement, _FACTS) or method.title)
    effect = measurement.effect
    if effect is not None and interval(effect) and not _mentions(facts, effect):
        facts += f" {effect.name[:1].upper()}{effect.name[1:]}: {effect_in_words(effect)}."
    named = judgement.grade in {"strong", "notable"}
    doubt = doubted([one.name for one in measurement.assumptions if one.state == "doubtful"]) if named else ""
    return f"{subject}: {lowered(facts)} {judgement.words}{doubt}".strip()


def doubted(names: Sequence[str]) -> str:
    """Say which assumptions an answer itself holds for doubtful here, to stand behind what it says."""
    if not names:
        return ""
    return f" Doubtful here: {'; '.join(f'“{plain(name, 200)}”' for name in names)}."


def called(measurement: Measurement) -> str:
    """Name what was asked: its quantity and option, in words."""
    quantity = name(measurement.quantity).replace("-", " ").replace("_", " ")
    return f"{quantity}, {name(measurement.option)}" if measurement.option else quantity


def lowered(text: str) -> str:
    """Return a sentence or title as it stands after a colon or inside a sentence."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def judge(weighing: Weighing) -> Judgement:
    """Grade a measurement by the policy of this module, and say where it stands among reference votes."""
    place = None
    if not weighing.method.arithmetic:  # a large lead is no sign of anything
        place = reference.place(weighing.measurement, weighing.besides)
    judgement = replace(_grade(weighing), place=place)
    # A range over assumptions is compared as a whole, in words of its own.
    told = weighing.method.tier == "C" or judgement.grade not in {"strong", "notable", "display"}
    if place is None or told:
        return judgement
    return replace(judgement, words=f"{judgement.words} {standing(place)}")


def _grade(weighing: Weighing) -> Judgement:
    measurement = weighing.measurement
    if measurement.status != "tested":
        return Judgement(None)
    if measurement.contradiction:
        return Judgement(
            "contradiction",
            "These figures cannot all be true as published. That does not show which is wrong, or why.",
        )
    if measurement.unexplained:
        return Judgement(
            "display", "Such figures can be true, and they need an explanation. They are shown, not judged."
        )
    if weighing.method.arithmetic:
        return Judgement(
            "display",
            "This is arithmetic on the figures as published; it does not say that any of them is wrong.",
        )
    if weighing.method.tier == "D":
        return Judgement(
            "display",
            "This is shown, not judged: such patterns vary widely between votes that nobody doubts.",
        )
    if weighing.log10_q is not None and weighing.log10_q >= math.log10(NOTABLE):
        found, missed = _missed(weighing)
        words = f"{_chance(weighing, weighing.log10_q)} {_usual(weighing)} {missed}"
        return Judgement("none", words, _alarm(weighing, NOTABLE), found)
    if weighing.method.tier == "C":
        return _by_range(weighing)
    if weighing.log10_q is None:
        if weighing.method.tier == "B":
            return _by_design(measurement)
        if measurement.describes:
            return Judgement(
                "none",
                "This describes the figures, and nothing is judged by it. There is no smallest size that is "
                "noticed: what is there is told, be it large or small.",
            )
        return Judgement(
            "none",
            "Nothing here contradicts itself. That does not show that the figures are right. There is no "
            "smallest size that is noticed: a figure that contradicts another would have been named, be it "
            "alone and by one vote, and figures made to agree never are.",
        )
    return _by_chance(weighing, weighing.log10_q)


def _by_chance(weighing: Weighing, log10_q: float) -> Judgement:
    """Grade a measurement that chance does not explain."""
    notable, strong = _alarm(weighing, NOTABLE), _alarm(weighing, STRONG)
    chance = _chance(weighing, log10_q)
    hindrance = _hindrance(weighing, chance)
    if hindrance is not None:
        return hindrance
    words = f"{chance} This does not show who or what caused it, nor what the true result is."
    if log10_q < math.log10(STRONG) and reference.small(strong):
        if weighing.method.tier == "A":
            words = words.replace(chance, f"{chance} Such figures are hard to explain by counting alone.")
        return Judgement("strong", words, strong)
    if reference.small(notable):
        return Judgement("notable", words, notable)
    above, behind = weighing.log10_q_above, _alarm(weighing, STRONG, "contest")
    if above is not None and above < math.log10(STRONG) and reference.small(behind):
        # The rate is that of the answer for the whole contest, behind which areas are looked at.
        return Judgement("notable", words, behind)
    if reference.too_common(notable):
        words = f"{chance} This is shown, not judged: at this level that is too common. {alarms(notable)}"
        return Judgement("display", words, notable)
    return Judgement("notable", words, notable)


def _by_design(measurement: Measurement) -> Judgement:
    """Grade an estimate that a design identifies and no chance belongs to, by its interval."""
    one = measurement.effect
    if one is None or one.low is None or one.high is None:
        return Judgement("none", "How exact this estimate may be is not known, so nothing rests on it.")
    if holds_nought(one):
        # Before any assumption: one that fails can only take away from what was found, and nothing was.
        return Judgement(
            "none", "That may be no difference at all, and it may be anything up to the ends of the interval."
        )
    failed = _failed_assumption(measurement)
    if failed is not None:
        return failed
    return Judgement(
        "display",
        "This is an estimate, shown and not judged: it is as good as its assumptions, and does not show who "
        "or what caused the difference.",
    )


def _alarm(weighing: Weighing, level: float, where: reference.Level | None = None) -> FalseAlarm | None:
    where = where or ("contest" if weighing.whole else "area")
    asked, quantity = weighing.method.id, weighing.measurement.quantity
    return reference.false_alarm(asked, quantity, level, weighing.besides, where)


def _by_range(weighing: Weighing) -> Judgement:
    """Grade an estimate that depends on a model, by what the same estimate gave on reference votes."""
    measurement, tail = weighing.measurement, weighing.method.tail
    if measurement.effect is None:
        least, missed = _missed(weighing)
        return Judgement("none", f"So there is no estimate to judge. {missed}", limit=least)
    first = reference.yardstick(measurement, weighing.besides)
    if first is None or first.n < reference.FEWEST:
        if not matters_here(measurement):
            least, missed = _missed(weighing)
            return Judgement("none", f"That is too little to matter. {missed}", limit=least)
        return Judgement("display", f"This is shown, not judged: {_unknown(weighing, first)}.")
    here, least = as_compared(first), _limit_by_range(weighing, first)
    if tail == "upper" and first.high < first.lowest:
        below = "zero, the opposite of what the method looks for" if first.high < 0.0 else "all of these"
        words = (
            f"The same estimate came to {outside(first)}; here it is below {below}: {here}. Reference votes "
            f"reach up to {limit_size(least)}, in whatever stations; what is smaller can have gone unseen."
        )
        return Judgement("none", words + uncounted(least), limit=least)
    if first.inside and _beyond_clean(first, tail) and first.clean and first.disputed:
        # Clean votes are too few here to tell what is usual, and a disputed one may hold what is looked for.
        words = (
            f"This is shown, not judged: the same estimate came to {outside(first.clean)}, and here it is "
            f"{here}, outside that range; but so few votes do not tell what is usual, and disputed votes "
            f"gave as much: {outside(first.disputed)}."
        )
        return Judgement("display", words, limit=least)
    if first.inside:
        words = (
            f"This is not outside what reference votes show: the same estimate came to {outside(first)}, and "
            f"here it is {here}. So it shows nothing either way"
        )
        if first.value == 0.0:
            # The estimate is silent; what its range on other votes would hold says nothing of what it misses.
            least, missed = _missed(weighing)
            return Judgement("none", f"{words}. {missed}", limit=least)
        words += f": anything up to {limit_size(least)}, in whatever stations, lies within that range."
        return Judgement("none", words + uncounted(least), limit=least)
    if measurement.effect is not None and holds_nought(measurement.effect):
        words = (
            f"That may be nothing at all, because its range holds 0. With less left open it is outside what "
            f"reference votes show (the same estimate came to {outside(first)}, and here it is {here}); that "
            f"is not enough. Reference votes reach up to {limit_size(least)}, in whatever stations; what is "
            f"smaller can have gone unseen."
        )
        return Judgement("none", words + uncounted(least), limit=least)
    found = (
        f"The same estimate came to {outside(first)}; here it is {here}, outside that range. "
        + "".join(
            beside(span, weighing.besides)
            for span in reference.spans(measurement, weighing.besides)
            if span.effect.name != first.effect.name
        )
    ).strip()
    hindrance = _hindrance(weighing, found)
    if hindrance is not None:
        return replace(hindrance, limit=least)
    by_chance = None if weighing.log10_q is None else _alarm(weighing, NOTABLE)
    alarm = max((one for one in (by_chance, first.alarm(tail)) if one is not None), key=lambda one: one.rate)
    if reference.too_common(alarm):
        words = f"{found} This is shown, not judged: at this level that is too common. {alarms(alarm)}"
        return Judgement("display", words, alarm, least)
    words = (
        f"{found} It rests on a model of how votes would have been spread; it is no number of wrong votes, "
        f"and does not show who or what caused the difference."
    )
    return Judgement("notable", words, alarm, least)


def _unknown(weighing: Weighing, span: reference.Span | None) -> str:
    """Say why reference votes do not tell what is usual of an estimate."""
    if not weighing.whole:
        # Nothing follows from that: of other votes only the estimates for all stations were kept.
        return "what single areas of other votes give was not recorded, so what is usual of them is not known"
    known = "no reference vote has it" if span is None else f"it came to {outside(span)}"
    if span is None and (asked := reference.silent(weighing.measurement, weighing.besides)) is not None:
        known = f"the same was asked of {asked}, and none has it"
    return f"too few votes tell what is usual of this estimate; {known}"


def _beyond_clean(span: reference.Span, tail: str) -> bool:
    """Whether no clean vote gave as much, though votes that are judged against did."""
    clean = span.clean
    return clean is not None and not clean.inside and (tail != "upper" or span.low > clean.highest)


def _limit_by_range(weighing: Weighing, span: reference.Span) -> Limit:
    """Return the size that just leaves the range of reference votes; half of such votes end above it."""
    mechanism = lowered(weighing.method.title)
    unit = span.unit if span.effect.unit in ROWS else span.effect.unit
    votes = stations = None
    if unit in {f"per cent of {rows}" for rows in ROWS}:
        stations = span.highest / 100.0 * (weighing.measurement.n or 0) if unit.endswith("stations") else None
    if unit.startswith("per cent of "):
        option = weighing.measurement.option or weighing.contest.favoured or ""
        whole = weighing.sums.get(option if unit.endswith(" votes") else "cast")
        votes = None if whole is None else span.highest / 100.0 * whole
    found = Limit(
        mechanism=mechanism,
        dose=span.highest,
        unit=unit,
        stations=stations,
        votes=votes,
        power=0.5,
        how="range",
    )
    return told_in_full(found, weighing.measurement, weighing.sums, weighing.rows)


def _missed(weighing: Weighing) -> tuple[Limit | None, str]:
    """Return what would have been noticed, where that is told by simulated votes, and say it in any case."""
    own, simulated = weighing.measurement.limit, weighing.simulated
    if own is not None or weighing.measurement.no_limit:
        return None, limit(own, none=weighing.measurement.no_limit)
    if not weighing.whole:
        return None, limit(None, "it is worked out for the vote as a whole only")
    if isinstance(simulated, Limit):
        found = told_in_full(simulated, weighing.measurement, weighing.sums, weighing.rows)
        too_many = beyond(found, weighing.rows)
        return (None, limit(None, none=too_many)) if too_many else (found, limit(found))
    return None, limit(None, simulated)


def _hindrance(weighing: Weighing, comparison: str) -> Judgement | None:
    """Return the judgement where something was found and yet may not be graded; else null."""
    measurement = weighing.measurement
    failed = _failed_assumption(measurement)
    if failed is not None:
        return failed
    if not matters_here(measurement):
        least, missed = _missed(weighing)
        return Judgement(
            "none", f"{comparison} But the difference is too small to matter. {missed}", limit=least
        )
    return None


def _failed_assumption(measurement: Measurement) -> Judgement | None:
    """Return the judgement where an assumption of the method fails on this table; else null."""
    failed = [assumption for assumption in measurement.assumptions if assumption.state == "fails"]
    if not failed:
        return None
    return Judgement(
        "display",
        f"This is shown, not judged, because an assumption of the method fails here: "
        f"{plain(failed[0].name, 200)} ({plain(failed[0].how, 300).rstrip('.')}).",
    )


def matters_here(measurement: Measurement) -> bool:
    """Whether the effect of a measurement is large enough to matter; where it has none, it is."""
    effect = measurement.effect
    return effect is None or matters(effect.value, effect.unit, measurement.n)


def missing(lacks: Iterable[str], unpublished: Iterable[str] = ()) -> str:
    """Say what is missing, as the reason of a finding that is not testable.

    Parameters
    ----------
    lacks
        What :func:`plebiscope.model.method.lacking` returned.
    unpublished
        What is known never to have been published. Of anything else it is only said that it is not here: it
        may have been published and not handed in.
    """
    never = set(unpublished)
    lacks = ["returns"] if "returns" in (lacks := list(lacks)) else lacks
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for lack in lacks:
        kinds[never.issuperset(lack.split(" or "))].append(lack)
    said = []
    if kinds[True]:
        said.append(f"{needed(kinds[True])} {'was' if _is_one(kinds[True]) else 'were'} never published")
    if kinds[False]:
        said.append(
            f"{needed(kinds[False])} {'is' if _is_one(kinds[False]) else 'are'} not part of this case"
        )
    return listed(said)


def needed(lacks: Sequence[str]) -> str:
    """Name what methods need and a case lacks, in words."""
    return listed(" or ".join(NEEDS.get(part, part) for part in lack.split(" or ")) for lack in lacks)


def _is_one(lacks: Sequence[str]) -> bool:
    """Whether the verb behind what is lacking is in the singular: it goes with the last of alternatives."""
    return len(lacks) == 1 and lacks[0].split(" or ")[-1] in _ONE


def holds_nought(effect: Effect) -> bool:
    """Tell whether the range of an effect is known and holds 0, so that it may be no effect at all."""
    return effect.low is not None and effect.high is not None and effect.low <= 0.0 <= effect.high


def failure(error: BaseException) -> str:
    """Say why a method failed, as the reason of a finding."""
    return plain(f"{type(error).__name__}: {error}", 300).rstrip(": ")


def _chance(weighing: Weighing, log10_q: float) -> str:
    log10_p = weighing.measurement.log10_p
    log10_p = log10_q if log10_p is None else log10_p
    shown = f"p = {digits(log10_p)}"
    if not weighing.whole:
        shown += f"; q = {digits(log10_q)}, corrected for the number of areas looked at"
    elif weighing.tests > 1:
        shown += f"; q = {digits(log10_q)}, corrected for the {weighing.tests} tests made"
    else:
        shown += ", the only test made"
    return (
        f"Chance alone would give something at least as extreme in {odds(log10_p)} fair votes that meet the "
        f"method's assumptions ({shown})."
    )


def _usual(weighing: Weighing) -> str:
    """Say that an answer is not unusual, and whether it is so by itself or only among all that was asked."""
    log10_p = weighing.measurement.log10_p
    if log10_p is None or log10_p >= math.log10(NOTABLE):
        return "That is not unusual."
    among = f"the {weighing.tests} tests made" if weighing.whole else "all the areas looked at"
    return f"By itself that would be unusual; among {among} it is not."


def _mentions(facts: str, effect: Effect) -> bool:
    """Whether both ends of an interval are in a text already, in one of the usual ways of writing."""
    ends = [end for end in (effect.low, effect.high) if end is not None]
    return all(
        any(form in facts for form in {number(abs(end), effect.unit), f"{abs(end):.1f}", f"{abs(end):,.0f}"})
        for end in ends
    )
