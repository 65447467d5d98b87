"""The timeline of a vote: when it was held, its result announced, what was celebrated and put in force.

Events, not every dated statement: an event is found by plain rules (``events.toml``), whether or not a code
speaks of it, and stands on the timeline if its day is known. What several sentences tell of one day is one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from plebiscope.conduct.attribute import Voices
from plebiscope.conduct.clean import Cleaned
from plebiscope.conduct.days import Dated, Span
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.patterns import pattern
from plebiscope.conduct.standing import standing
from plebiscope.conduct.when import When
from plebiscope.model.report import Moment, Report, Statement

Event = Literal["vote", "result", "ceremony", "enactment"]

_SAID = {
    ("vote", True): "Vote held",
    ("vote", False): "Vote to be held",
    ("result", True): "Result announced",
    ("result", False): "Result to be announced",
    ("ceremony", True): "Ceremony held",
    ("ceremony", False): "Ceremony announced",
    ("enactment", True): "Put in force",
    ("enactment", False): "Announced to be put in force",
}
_AFTERMATH = 60
"""Days after the vote within which what is enacted is taken for its consequence."""
_LONGEST = 14
"""Days of the longest stretch that dates an event: "in May" does not."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event as one sentence tells of it."""

    event: Event
    when: str
    held: bool
    announced: str | None
    report: str
    sentence: int
    start: int
    end: int
    words: str


def events(
    report: Report, cleaned: Cleaned, passages: Sequence[Passage], voices: Callable[[], Voices], when: When
) -> Iterator[Told]:
    """Find the dated events of a report.

    Parameters
    ----------
    report
        With its text.
    cleaned, passages, voices, when
        Its readable copy, its distinct sentences, who speaks in them, and their dates.
    """
    lowered = cleaned.lowered
    for index, passage in enumerate(passages):
        if not when.dates(index):
            continue
        low = lowered[passage.start : passage.end]
        for event in get_args(Event):
            found = pattern("events", "events", event).search(low)
            if found is None:
                continue
            start, end = passage.start + found.start(), passage.start + found.end()
            said = voices().utterances(index)
            date = when.of_fact(index, start, end, said)
            if date is None or (date.last - date.first).days > _LONGEST:
                continue
            status = standing(low, found.start(), found.end())
            if status in ("denied", "norm") or low[: found.start()].endswith("no "):
                continue
            held = status != "prospective" and (report.published is None or date.first <= report.published)
            first, last = cleaned.span(start, end)
            spoken = [one for one in when.dates(index) if one is not date and one.first == one.last]
            told = (
                spoken[0].when
                if spoken and said
                else report.published.isoformat()
                if report.published
                else None
            )
            words = " ".join(cleaned.text[passage.start : passage.end].split())[:300]
            days = _days_of(low, date, when.dates(index))
            announced = None if held else told
            yield Told(event, days, held, announced, report.path, index, first, last, words)


def _days_of(sentence: str, date: Dated, others: Sequence[Dated]) -> str:
    """Give the day of an event; of one on "Saturday and Sunday", both."""
    first, last = date.first, date.last
    for other in others:
        if other.start >= date.end and sentence[date.end : other.start] in (" and ", " and on ", ", "):
            last = max(last, other.last)
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


def timeline(
    told: Sequence[Told], statements: Sequence[Statement], day: dt.date | None = None
) -> tuple[Moment, ...]:
    """Put the events in the order of their days, and count the days from the vote.

    Parameters
    ----------
    told
        The events of all reports.
    statements
        To name the statement in the same words.
    day
        Day of the vote, or its last one, where the case says it; else what most sentences say.
    """
    voted = None if day is None else (day, day)
    votes = Counter(one.when for one in told if one.event == "vote")
    if voted is None and votes:
        voted = _span(min(votes, key=lambda when: (-votes[when], when)))
    same: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        if _belongs(one, voted):
            same.setdefault((one.event, one.when), []).append(one)
    moments = []
    for (_, when), several in same.items():
        held = [one for one in several if one.held]
        first = (held or several)[0]
        announced = min((one.announced for one in several if one.announced), default=None)
        moments.append(
            Moment(
                when=when,
                what=f"{_SAID[first.event, first.held]}: {first.words}",
                statement=_statement(first, statements),
                event=first.event,
                held=first.held,
                announced=announced,
                days=(_span(when)[0] - voted[1]).days if voted and first.event != "vote" else None,
                sentences=len(several),
                report=first.report,
                sentence=first.sentence,
                start=first.start,
                end=first.end,
            )
        )
    order = get_args(Event)
    return tuple(sorted(moments, key=lambda moment: (moment.when, order.index(moment.event))))


def _belongs(one: Told, voted: Span | None) -> bool:
    """Tell whether an event is of this vote: the vote itself, or what came of it within weeks."""
    if voted is None:
        return one.event != "enactment" or not one.held
    first, last = _span(one.when)
    if one.event == "vote":
        return first <= voted[1] and voted[0] <= last
    return (first - voted[0]).days >= 0 and (first - voted[1]).days <= _AFTERMATH


def _statement(told: Told, statements: Sequence[Statement]) -> int | None:
    for index, one in enumerate(statements):
        if one.report == told.report and one.start < told.end and told.start < one.end:
            return index
    return None


def _span(when: str) -> Span:
    first, _, last = when.partition("/")
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
