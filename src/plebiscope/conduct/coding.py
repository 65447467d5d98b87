"""Reports become the conduct record: every statement with its words, its rule, its voice and its standing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from plebiscope.conduct import codebook
from plebiscope.conduct.attribute import Voices
from plebiscope.conduct.clean import Cleaned, clean
from plebiscope.conduct.corroborate import support, timeline
from plebiscope.conduct.elsewhere import another_vote
from plebiscope.conduct.figures import figures
from plebiscope.conduct.language import is_english
from plebiscope.conduct.matching import Match, matches
from plebiscope.conduct.reading import readings
from plebiscope.conduct.segment import Passage, fold, sentences
from plebiscope.conduct.standing import standing
from plebiscope.conduct.when import When
from plebiscope.conduct.wire import marked
from plebiscope.model.report import Conduct, Report, Sentence, StatedFigure, Statement


def code_reports(reports: Sequence[Report]) -> Conduct:
    """Segment, fold, code and attribute reports.

    Parameters
    ----------
    reports
        As they were read, with their text.

    Returns
    -------
    Conduct
        The reports with their sentences, the statements in the order of the text, the support of each code
        and the timeline. A report that is not in English is marked as not read and has no statements.
    """
    read: list[Report] = []
    statements: list[Statement] = []
    stated: list[StatedFigure] = []
    for report in _told_apart(reports):
        cleaned = clean(report.text, report.body)
        passages = fold(cleaned, sentences(cleaned))
        english = is_english(cleaned.text)
        read.append(_with_sentences(report, cleaned, passages, read=english))
        if english:
            voices = cache(partial(Voices, cleaned.text, passages))
            statements += _statements(report, cleaned, passages, voices)
            stated += figures(report, cleaned, passages, voices)
    read = marked(read)
    return Conduct(
        reports=tuple(read),
        statements=tuple(statements),
        support=support(statements, read),
        timeline=timeline(statements),
        figures=tuple(stated),
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
    report: Report, cleaned: Cleaned, passages: Sequence[Passage], listen: Callable[[], Voices]
) -> Iterator[Statement]:
    read = readings(cleaned, passages)
    found = list(matches(read))
    if not found:
        return
    voices = listen()
    lowered = cleaned.lowered
    other = another_vote(read, report.published)
    when = When(lowered, passages, report.published)
    by_sentence: defaultdict[int, list[Match]] = defaultdict(list)
    for match in found:
        by_sentence[match.sentence].append(match)
    order = {code: place for place, code in enumerate(codebook.load().codes)}
    for index, here in sorted(by_sentence.items()):
        passage = passages[index]
        sentence = lowered[passage.start : passage.end]
        seen: set[tuple[str, str | None, str]] = set()
        for match in sorted(_best(here), key=lambda match: (match.start, order[match.code.id])):
            statement = _statement(report, cleaned, passage, match, voices, sentence, when)
            if other[index] and match.rule.strength != "firm":
                continue
            if other[index] or _asked(sentence):
                statement = statement.model_copy(update={"strength": "suggested"})
            key = (statement.rule, statement.speaker, statement.status)
            if key not in seen:
                seen.add(key)
                yield statement


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


def _statement(
    report: Report,
    cleaned: Cleaned,
    passage: Passage,
    match: Match,
    voices: Voices,
    sentence: str,
    when: When,
) -> Statement:
    start, end = cleaned.span(match.start, match.end)
    voice = voices.ask(match.sentence, match.start, match.end, loaded=match.rule.loaded)
    first, last = match.start - passage.start, match.end - passage.start
    settled = match.rule.performed or match.rule.loaded
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
        status="asserted" if settled else standing(sentence, first, last, hedged=voice.hedged),
        when=date.when if date else None,
        when_rule=f"{date.words}: {date.rule}" if date else None,
        rule=match.rule.id,
        strength=match.rule.strength,
    )


def _with_sentences(report: Report, cleaned: Cleaned, passages: Sequence[Passage], *, read: bool) -> Report:
    found = []
    for passage in passages:
        start, end = cleaned.span(passage.start, passage.end)
        found.append(Sentence(text=report.text[start:end], start=start, end=end, copies=passage.copies))
    return report.model_copy(
        update={
            "sentences": tuple(found),
            "read": read,
            "copies_folded": sum(passage.copies - 1 for passage in passages),
        }
    )
