"""Reports become the conduct record: every statement with its words, its rule, its voice and its standing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from plebiscope.conduct import codebook
from plebiscope.conduct.attribute import Voices
from plebiscope.conduct.clean import Cleaned, clean
from plebiscope.conduct.codebook import Rule
from plebiscope.conduct.contradict import contradictions
from plebiscope.conduct.corroborate import support
from plebiscope.conduct.days import Dated
from plebiscope.conduct.elsewhere import another_vote
from plebiscope.conduct.events import Told, events, timeline
from plebiscope.conduct.figures import figures
from plebiscope.conduct.language import is_english
from plebiscope.conduct.matching import Match, matches
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.places import Place
from plebiscope.conduct.propose import Proposals, propose
from plebiscope.conduct.reading import readings
from plebiscope.conduct.review import Reviewer
from plebiscope.conduct.review_file import ReviewFile
from plebiscope.conduct.segment import fold, sentences
from plebiscope.conduct.spread import spread
from plebiscope.conduct.standing import negated, standing
from plebiscope.conduct.when import When
from plebiscope.conduct.where import Where
from plebiscope.conduct.wire import marked
from plebiscope.conduct.wording import COMPANY, Wording
from plebiscope.model.report import (
    NOT_ENGLISH,
    Conduct,
    Held,
    Report,
    Sentence,
    Standing,
    StatedFigure,
    Statement,
)


def code_reports(
    reports: Sequence[Report],
    review: ReviewFile | None = None,
    proposers: Sequence[str] = (),
    held: Held | None = None,
) -> Conduct:
    """Segment, fold, code and attribute reports, and apply what people decided on them.

    Parameters
    ----------
    reports
        As they were read, with their text.
    review
        The review file, if there is one.
    proposers
        Names of plug-ins that are asked for proposals.
    held
        Country and day of the vote, if they are known.

    Returns
    -------
    Conduct
        The reports with their sentences, the statements in the order of the text, the support of each code
        and the timeline. A report that is not in English, or could not be read, is marked as not read, with
        the reason, and has no statements.
    """
    parted = list(_told_apart(reports))
    held = held or Held()
    if review is None and not proposers:
        proposals, reviewer = propose((), ()), None
        done = spread(alone, parted, held)
    else:
        texts = [_text(report, held) for report in parted]
        proposals = propose(proposers, [text.report for text in texts if text.report.read])
        reviewer = Reviewer(review, [text.report for text in texts]) if review is not None else None
        done = [_said(text, proposals, reviewer) for text in texts]
    read = [one.report for one in done]
    statements = [statement for one in done for statement in one.statements]
    stated = [figure for one in done for figure in one.stated]
    told = [event for one in done for event in one.told]
    read = marked(read)
    return Conduct(
        reports=tuple(read),
        statements=tuple(statements),
        support=support(statements, read),
        timeline=timeline(told, statements, held.day),
        figures=tuple(stated),
        contradictions=contradictions(statements, stated),
        review=reviewer.record() if reviewer is not None else None,
        proposers=proposals.record(),
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What one report says, before it is held against the others."""

    report: Report
    statements: tuple[Statement, ...]
    stated: tuple[StatedFigure, ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """A report made readable: its passages without boilerplate, and how to ask for voices and places."""

    report: Report
    cleaned: Cleaned
    body: list[Passage]
    listen: Callable[[], Voices]
    locate: Callable[[], tuple[When, Where]]


def alone(report: Report, held: Held) -> Said:
    """Code one report that nobody has reviewed."""
    return _said(_text(report, held), propose((), ()), None)


def _text(report: Report, held: Held) -> _Text:
    cleaned = clean(report.text, report.body)
    passages = fold(cleaned, sentences(cleaned))
    # Boilerplate is counted and shown; it says nothing, and nobody speaks in it.
    body = [passage for passage in passages if not passage.boilerplate]
    if report.why_unread is None and not is_english(cleaned.text):
        report = report.model_copy(update={"why_unread": NOT_ENGLISH})
    listen = cache(partial(Voices, cleaned.text, body, report.text[: report.body]))
    locate = cache(partial(_located, cleaned, body, report.published, held))
    return _Text(_with_sentences(report, cleaned, passages), cleaned, body, listen, locate)


def _said(text: _Text, proposals: Proposals, reviewer: Reviewer | None) -> Said:
    report, cleaned, body, listen, locate = text.report, text.cleaned, text.body, text.listen, text.locate
    found: list[Statement] = []
    stated: list[StatedFigure] = []
    told: list[Told] = []
    places = [place for place, one in enumerate(report.sentences) if not one.boilerplate]
    if report.read:
        found += _statements(report, cleaned, body, listen, locate, proposals)
        stated += figures(report, cleaned, body, listen)
        told += events(report, cleaned, body, listen, locate()[0])
    if reviewer is not None:
        tell = _PointedOut(report, cleaned, body, listen, locate)
        found = reviewer.apply(report, cleaned, body, found, tell)
    return Said(
        report,
        tuple(one.model_copy(update={"sentence": places[one.sentence]}) for one in found),
        tuple(one.model_copy(update={"sentence": places[one.sentence]}) for one in stated),
        tuple(replace(one, sentence=places[one.sentence]) for one in told),
    )


def _told_apart(reports: Sequence[Report]) -> Iterator[Report]:
    """Give every report a path of its own: statements name their report by it."""
    used: set[str] = set()
    for report in reports:
        path, number = report.path, 1
        while path in used:
            number += 1
            path = f"{report.path} ({number})"
        used.add(path)
        yield report.model_copy(update={"path": path})


def _statements(
    report: Report,
    cleaned: Cleaned,
    passages: Sequence[Passage],
    listen: Callable[[], Voices],
    locate: Callable[[], tuple[When, Where]],
    proposals: Proposals,
) -> Iterator[Statement]:
    read = readings(cleaned, passages)
    wording = Wording(read)
    found = list(matches(read))
    found += proposals.of(report, cleaned, read, found)
    found += wording.suggestions(found)
    if not found:
        return
    voices = listen()
    lowered = cleaned.lowered
    other = another_vote(read, report.published)
    by_sentence: defaultdict[int, list[Match]] = defaultdict(list)
    for match in found:
        by_sentence[match.sentence].append(match)
    order = {code: place for place, code in enumerate(codebook.load().codes)}
    told: list[tuple[Statement, bool]] = []
    for index, here in sorted(by_sentence.items()):
        passage = passages[index]
        sentence = lowered[passage.start : passage.end]
        seen: set[tuple[str, str, str | None, str]] = set()
        for match in sorted(_best(here), key=lambda match: (match.start, order[match.code.id])):
            statement = _statement(report, cleaned, passage, match, voices, sentence, *locate())
            elsewhere = other[index].holds(sentence, *(at - passage.start for at in (match.start, match.end)))
            if elsewhere and match.rule.strength != "firm":
                continue
            doubtful = elsewhere or _asked(sentence) or wording.doubts(match)
            if doubtful:
                statement = statement.model_copy(update={"strength": "suggested"})
            key = (statement.code, statement.rule, statement.speaker, statement.status)
            if key not in seen:
                seen.add(key)
                told.append((statement, not doubtful and wording.certain(match)))
    # Words alone are believed only in a report of which rules found that it tells of such things.
    much = len({one.code for one, _ in told if one.strength == "firm"}) >= COMPANY
    for statement, certain in told:
        yield statement.model_copy(update={"strength": "firm"}) if much and certain else statement


def _asked(sentence: str) -> bool:
    """Tell a question, whose words take a thing for granted or leave it open: nobody can say which."""
    return sentence.rstrip("\"')").endswith("?")


def _best(found: Sequence[Match]) -> list[Match]:
    """Of overlapping matches of one code, keep the firm before the suggested, the long before the short."""
    kept: list[Match] = []
    for match in sorted(
        found, key=lambda match: (match.rule.strength != "firm", match.start - match.end, match.start)
    ):
        if not any(
            other.code.id == match.code.id and other.start < match.end and match.start < other.end
            for other in kept
        ):
            kept.append(match)
    return kept


def _status(match: Match, sentence: str, first: int, last: int, *, hedged: bool) -> Standing:
    """Say with which standing a match is told."""
    if match.rule.performed:
        return "asserted"
    if match.rule.loaded:
        return "denied" if match.negated or negated(sentence, first, last) else "asserted"
    told = standing(sentence, first, last, hedged=hedged, threatens=match.code.threatens)
    return "denied" if match.negated and told in ("asserted", "alleged") else told


def _statement(
    report: Report,
    cleaned: Cleaned,
    passage: Passage,
    match: Match,
    voices: Voices,
    sentence: str,
    when: When,
    where: Where,
) -> Statement:
    start, end = cleaned.span(match.start, match.end)
    voice = voices.ask(
        match.sentence,
        *(match.core or (match.start, match.end)),
        loaded=match.rule.loaded,
        threatens=match.code.threatens,
    )
    first, last = (at - passage.start for at in match.core or (match.start, match.end))
    said = voices.utterances(match.sentence)
    performed = match.rule.performed
    date = when.of_fact(match.sentence, match.start, match.end, said, is_speech=performed)
    if match.rule.loaded:
        date = None
    return Statement(
        code=match.code.id,
        name=match.code.name,
        obligation=match.code.obligation,
        severity=match.code.severity,
        verbatim=report.text[start:end],
        start=start,
        end=end,
        sentence=match.sentence,
        report=report.path,
        copies=passage.copies,
        speaker=voice.speaker,
        inferred=voice.inferred,
        mode=voice.mode,
        status=_status(match, sentence, first, last, hedged=voice.hedged),
        when=date.when if date else None,
        when_rule=_shown(cleaned, passage, date) if date else None,
        where=where.of_fact(match.sentence, match.start, match.end, said, is_speech=performed),
        rule=match.rule.id,
        strength=match.rule.strength,
    )


def _located(
    cleaned: Cleaned, passages: Sequence[Passage], published: dt.date | None, held: Held
) -> tuple[When, Where]:
    """Read the dates and the places of a report, once for all who ask."""
    voted = (held.day, held.day) if held.day else None
    return When(cleaned.lowered, passages, published, voted), Where(cleaned, passages, held.country)


def _shown(cleaned: Cleaned, passage: Passage, date: Dated) -> str:
    """Quote the words that say when, and tell how they were resolved."""
    return f"“{cleaned.text[passage.start + date.start : passage.start + date.end]}”: {date.rule}"


@dataclass(frozen=True)
class _PointedOut:
    """Makes statements of words that a person or a plug-in has pointed out in a report."""

    report: Report
    cleaned: Cleaned
    passages: Sequence[Passage]
    listen: Callable[[], Voices]
    locate: Callable[[], tuple[When, Where]]

    def __call__(self, code: str, rule: str, place: Place) -> Statement:
        passage = self.passages[place.sentence]
        when, where = self.locate()
        sentence = when.lowered[passage.start : passage.end]
        match = Match(codebook.load().codes[code], Rule(id=rule, strength="firm"), *place)
        return _statement(self.report, self.cleaned, passage, match, self.listen(), sentence, when, where)


def _with_sentences(report: Report, cleaned: Cleaned, passages: Sequence[Passage]) -> Report:
    found = []
    for one in passages:
        start, end = cleaned.span(one.start, one.end)
        text = report.text[start:end]
        found.append(
            Sentence(text=text, start=start, end=end, copies=one.copies, boilerplate=one.boilerplate)
        )
    return report.model_copy(
        update={
            "sentences": tuple(found),
            "read": report.why_unread is None,
            "copies_folded": sum(passage.copies - 1 for passage in passages),
        }
    )
