"""Graded by the range of reference votes: an estimate that depends on a model (tier C)."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from plebiscope.calibrate import reference
from plebiscope.dossier.limits import limit_size, uncounted
from plebiscope.dossier.numbers import span
from plebiscope.dossier.text import plain
from plebiscope.dossier.words.hindrances import hindrance
from plebiscope.dossier.words.levels import NOTABLE, alarm_at
from plebiscope.dossier.words.sizes import holds_nought, matters_here
from plebiscope.dossier.words.unnoticed import limit_by_range, missed
from plebiscope.dossier.words.weighing import Judgement, Weighing
from plebiscope.dossier.yardstick import alarms, as_compared, beside, outside, reached
from plebiscope.model.finding import Beside, Effect


def by_range(weighing: Weighing) -> Judgement:
    """Grade an estimate that depends on a model, by what the same estimate gave on reference votes."""
    measurement = weighing.measurement
    if measurement.effect is None:
        least, unseen = missed(weighing)
        return Judgement("none", f"So there is no estimate to judge. {unseen}", limit=least)
    first = reference.yardstick(measurement, weighing.besides)
    if first is None or first.n < reference.FEWEST:
        if not matters_here(measurement):
            least, unseen = missed(weighing)
            return Judgement("none", f"That is too little to matter. {unseen}", limit=least)
        return Judgement("display", f"This is shown, not judged: {_unknown(weighing, first)}.")
    if weighing.method.tail == "upper" and first.high < first.lowest:
        here, least = as_compared(first), limit_by_range(weighing, first)
        below = "zero, the opposite of what the method looks for" if first.high < 0.0 else "all of these"
        words = (
            f"The same estimate came to {outside(first)}; here it is below {below}: {here}. Reference votes "
            f"reach up to {limit_size(least)}, in whatever stations; what is smaller can have gone unseen."
        )
        where = _beside("below", first)
        return Judgement("none", words + uncounted(least), limit=least, beside=where)
    return _inside(weighing, first) if first.inside else _outside(weighing, measurement.effect, first)


def _inside(weighing: Weighing, first: reference.Span) -> Judgement:
    """Grade an estimate that reference votes reach as well."""
    here, least, where = as_compared(first), limit_by_range(weighing, first), _beside("within", first)
    if _beyond_clean(first, weighing.method.tail) and first.clean and first.disputed:
        # Clean votes are too few here to tell what is usual, and a disputed one may hold what is looked for.
        words = (
            f"This is shown, not judged: the same estimate came to {outside(first.clean)}, and here it is "
            f"{here}, outside that range; but so few votes do not tell what is usual, and disputed votes "
            f"gave as much: {outside(first.disputed)}."
        )
        return Judgement("display", words, limit=least, beside=where)
    words = (
        f"This is not outside what reference votes show: the same estimate came to {outside(first)}, and "
        f"here it is {here}. So it shows nothing either way"
    )
    if first.value == 0.0:
        # The estimate is silent; what its range on other votes would hold says nothing of what it misses.
        noticed, unseen = missed(weighing)
        return Judgement("none", f"{words}. {unseen}", limit=noticed, beside=where)
    words += f": anything up to {limit_size(least)}, in whatever stations, lies within that range."
    return Judgement("none", words + uncounted(least), limit=least, beside=where)


def _outside(weighing: Weighing, effect: Effect, first: reference.Span) -> Judgement:
    """Grade an estimate that no reference vote reaches."""
    here, least = as_compared(first), limit_by_range(weighing, first)
    if first.low <= 0.0 <= first.high:
        words = (
            f"That may be nothing at all, because its range holds 0. It is outside what reference votes show "
            f"(the same estimate came to {outside(first)}, and here it is {here}); that is not enough. "
            f"Reference votes reach up to {limit_size(least)}, in whatever stations; what is smaller can "
            f"have gone unseen."
        )
        where = _beside("outside", first, "its range holds 0, so that it may be nothing at all")
        return Judgement("none", words + uncounted(least), limit=least, beside=where)
    found = (
        f"The same estimate came to {outside(first)}; here it is {here}, outside that range. "
        + "".join(
            beside(other, weighing.besides)
            for other in reference.spans(weighing.measurement, weighing.besides)
            if other.effect.name != first.effect.name
        )
    ).strip()
    hindered = hindrance(weighing, found)
    if hindered is not None:
        failed = hindered.grade == "display"
        why = "an assumption of the method fails here" if failed else "the difference is too small to matter"
        # That it is not judged takes nothing away from where it lies.
        words = f"{found} {hindered.words}" if failed else hindered.words
        return replace(hindered, words=words, limit=least, beside=_beside("outside", first, why))
    if holds_nought(effect):
        why = f"with all that its headline leaves open (“{plain(effect.name, 120)}”) it may be nothing at all"
        words = f"{found} This is shown, not judged, because {why}: {span(effect)} {effect.unit}."
        return Judgement("display", words, limit=least, beside=_beside("outside", first, why))
    by_chance = None if weighing.log10_q is None else alarm_at(weighing, NOTABLE)
    by_span = first.alarm(weighing.method.tail)
    alarm = max((one for one in (by_chance, by_span) if one is not None), key=lambda one: one.rate)
    if reference.too_common(alarm):
        words = f"{found} This is shown, not judged: at this level that is too common. {alarms(alarm)}"
        where = _beside("outside", first, "at this level that is too common on reference votes")
        return Judgement("display", words, alarm, least, beside=where)
    words = (
        f"{found} It rests on a model of how votes would have been spread; it is no number of wrong votes, "
        f"and does not show who or what caused the difference."
    )
    return Judgement("notable", words, alarm, least)


def _beside(where: Literal["within", "below", "outside"], first: reference.Span, why: str = "") -> Beside:
    """Say in a few words where an estimate lies, for the reading."""
    return Beside(where, f"{as_compared(first)}; reference votes {reached(first)}", why)


def _unknown(weighing: Weighing, known: reference.Span | None) -> str:
    """Say why reference votes do not tell what is usual of an estimate."""
    if not weighing.whole:
        # Nothing follows from that: of other votes only the estimates for all stations were kept.
        return "what single areas of other votes give was not recorded, so what is usual of them is not known"
    gave = "no reference vote has it" if known is None else f"it came to {outside(known)}"
    if known is None and (asked := reference.silent(weighing.measurement, weighing.besides)) is not None:
        gave = f"the same was asked of {asked}, and none has it"
    return f"too few votes tell what is usual of this estimate; {gave}"


def _beyond_clean(first: reference.Span, tail: str) -> bool:
    """Whether no clean vote gave as much, though votes that are judged against did."""
    clean = first.clean
    return clean is not None and not clean.inside and (tail != "upper" or first.low > clean.highest)
