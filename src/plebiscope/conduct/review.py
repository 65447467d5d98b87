"""Review: what a person decided on a statement is applied on every run, to that statement and to no other.

A decision is bound to the text of the report, the place of the words and the rule, by a key made of their
SHA-256. A line that adds a statement is bound to the text that its key names, or else to the one that other
lines of the file name for a report called so. If the report or the codebook changes so that this statement
is no longer found, the decision is listed as unmatched; it never moves to other words. Who confirms a
statement confirms its code, speaker and standing as the line shows them, so these stand even where a later
version of the coder says otherwise. A statement that a plug-in proposed stays with the decision on it when
the plug-in is not asked again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import PurePosixPath

from plebiscope.conduct import codebook
from plebiscope.conduct.clean import Cleaned
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.places import Place, at_offsets, of_words
from plebiscope.conduct.propose import PROPOSED
from plebiscope.conduct.review_file import ReviewFile
from plebiscope.conduct.review_line import INFERRED, REPORT_ITSELF, Line
from plebiscope.model.errors import InputError
from plebiscope.model.report import Coded, Conduct, Judgement, Outcome, Report, Review, Statement, Unmatched
from plebiscope.model.report import Place as Site
from plebiscope.model.wording import counted, listed

ADDED = "review"
"""Rule of a statement that a person added."""

_LETTERS_OF_TEXT = 12
_LETTERS = re.compile(r"[^0-9A-Za-z]+")
_JUDGED = ("code", "speaker", "status", "when", "where")

Tell = Callable[[str, str, Place], Statement]
"""Makes a statement of a code, a rule and the words at a place."""


def key(digest: str, start: int, end: int, rule: str, code: str) -> str:
    """Make the key of a statement: the report's text, the place of the words, the rule and its code.

    Parameters
    ----------
    digest
        SHA-256 of the text, as in :attr:`plebiscope.model.report.Report.text_sha256`.
    """
    whole = f"{digest} {start} {end} {rule} {code}"
    return f"{key_of_text(digest)}-{hashlib.sha256(whole.encode()).hexdigest()[:12]}"


def key_of_text(digest: str) -> str:
    """Make the part of a key that says which text was read."""
    return f"s{digest[:_LETTERS_OF_TEXT]}"


@dataclass
class Reviewer:
    """Applies the lines of a review file, report by report, and keeps account of them.

    Parameters
    ----------
    file
        The review file.
    reports
        All reports of the run.
    """

    file: ReviewFile
    reports: Sequence[Report]

    def __post_init__(self) -> None:
        self._used: set[int] = set()
        self._why: dict[int, str] = {}
        self._decisions = decided = [line for line in self.file.lines if line.verb]
        self._digests = {report.path: report.text_sha256 or "" for report in self.reports}
        self._by_key = {line.statement: line for line in decided if line.statement}
        self._texts = _texts(self.file, self.reports)
        self._added = {report.path: [*self._additions(report, decided)] for report in self.reports}

    def apply(
        self,
        report: Report,
        cleaned: Cleaned,
        passages: Sequence[Passage],
        found: Sequence[Statement],
        tell: Tell,
    ) -> list[Statement]:
        """Apply the decisions on one report.

        Parameters
        ----------
        report, cleaned, passages
            The report, its cleaned text and its distinct sentences.
        found
            The statements that the coder found in it.
        tell
            Makes a statement of words that the coder did not find.

        Raises
        ------
        InputError
            If a line contradicts the statement that it is about, or another line.
        """
        digest = self._digests[report.path]
        told = [self._decided(one, self._by_key.get(key_of(digest, one))) for one in found]
        keys = {key_of(digest, one) for one in found}
        for line in self._by_key.values():
            place = None if line.statement in keys else _proposed(line, digest, cleaned, passages)
            if place:
                again = tell(line.code or "", line.rule or "", place)
                told.append(self._decided(again.model_copy(update={"strength": "suggested"}), line))
        for line in self._added[report.path]:
            self._add(line, list(of_words(line.words or "", cleaned, passages)), cleaned, told, tell)
        return sorted(told, key=lambda one: (one.sentence, one.start))

    def record(self) -> Review:
        """Say what became of every decision."""
        return Review(
            path=self.file.name,
            sha256=self.file.sha256,
            decisions=len(self._decisions),
            unmatched=tuple(
                Unmatched(
                    line=line.number,
                    decision=line.verb or "",
                    why=self._why.get(line.number) or self._reason(line),
                    report=line.report,
                    words=line.words,
                    code=line.new.get("code") or line.code,
                    reviewer=line.reviewer,
                    date=line.date,
                    note=line.note,
                )
                for line in self._decisions
                if line.number not in self._used
            ),
        )

    # ------------------------------------------------------------------------------------------ one decision

    def _decided(self, found: Statement, line: Line | None) -> Statement:
        """Apply a line to the statement that it is about."""
        if line is None or line.verb is None:
            return found
        if line.words and _bare(line.words) != _bare(found.verbatim):
            raise InputError(
                f"the words of this statement are changed: {line.words[:80]!r}",
                where=self._where(line),
                expected=repr(found.verbatim[:80]),
                todo="to mark other words, reject this statement and add a line with the words and the code",
            )
        if line.verb == "reject":
            settled = found.model_copy(update={"review": "rejected"})
        else:
            settled = _with(found, _seen(found, line) | dict(line.new))
        self._used.add(line.number)
        return _judged(settled, found, line)

    # ------------------------------------------------------------------------------------------ added by hand

    def _additions(self, report: Report, decided: Sequence[Line]) -> Iterator[Line]:
        """Find the lines that add to one report: those of its text."""
        text = self._digests[report.path][:_LETTERS_OF_TEXT]
        for line in decided:
            if line.verb == "add" and text and self._read_in(line) == {text}:
                yield line

    def _read_in(self, line: Line) -> AbstractSet[str]:
        """Say in which texts the words of a line may have been read: one, where it can be told."""
        if line.text:
            return {line.text}
        path = line.report or ""
        named = ("name", PurePosixPath(path).name) if path else ("any", "")
        return self._texts.get(("path", path)) or self._texts.get(named) or frozenset()

    def _add(
        self, line: Line, places: list[Place], cleaned: Cleaned, told: list[Statement], tell: Tell
    ) -> None:
        """Add a statement to those told; one that the coder finds too is settled by the line."""
        code = line.new["code"] or ""
        chosen = [one for one in places if line.start == cleaned.span(one.start, one.end)[0]]
        if len(places) == 1:
            chosen = places
        if len(chosen) != 1:
            self._why[line.number] = (
                f"the words stand in the report {counted(len(places), 'times')}, and `start` says not where"
                if places
                else "the words do not stand in one sentence of the report"
            )
            return
        self._used.add(line.number)
        start, end = cleaned.span(chosen[0].start, chosen[0].end)
        for place, other in enumerate(told):
            if (
                other.code != code
                or other.review == "rejected"
                or not (other.start < end and start < other.end)
            ):
                continue
            if other.judgement is not None:
                raise InputError(
                    f"these words have the code {code} by line {other.judgement.line} already",
                    where=self._where(line),
                    expected="one decision for each statement",
                )
            told[place] = _judged(_with(other, line.new), other, line)
            return
        made = _with(tell(code, ADDED, chosen[0]), line.new)
        told.append(made.model_copy(update={"review": "added", "judgement": _judgement(line)}))

    # ------------------------------------------------------------------------------------------ account

    def _reason(self, line: Line) -> str:
        """Say why a decision fits nothing."""
        digests = {digest[:_LETTERS_OF_TEXT] for digest in self._digests.values()}
        called = PurePosixPath(line.report or "").name
        now = [one.path for one in self.reports if PurePosixPath(one.path).name == called]
        if line.statement and line.text in digests:
            return "the coder no longer finds this statement in the report"
        texts = self._read_in(line)
        if not line.report and len(texts) != 1:
            return "it names no report"
        if line.report and not now:
            return "its report is not part of this run"
        if len(texts) == 1:
            return "the text of the report is not the one that was reviewed"
        known = "several texts" if texts else "no text"
        keys = listed([f"`{key_of_text(self._digests[path])}` ({path})" for path in now], "or")
        return (
            f"the file knows {known} of a report of that name, so it is not said in which these words were "
            f"read: write {keys} into its cell `statement`"
        )

    def _where(self, line: Line) -> str:
        return f"{self.file.name}, line {line.number}"


def rows(conduct: Conduct, lines: Sequence[Line]) -> list[dict[str, str]]:
    """Write the lines of those statements that a review file does not hold yet.

    A report on which the file has no line at all gets one without words: its key binds what a person adds.

    Parameters
    ----------
    conduct
        The record, its reports with their text.
    lines
        Those that the file has.
    """
    known = {line.statement for line in lines}
    texts = {line.text for line in lines}
    digests = {report.path: report.text_sha256 or "" for report in conduct.reports}
    sentences = {report.path: report.sentences for report in conduct.reports}
    made = []
    for one in conduct.statements:
        its_key = key_of(digests[one.report], one)
        if one.review is not None or its_key in known:
            continue
        known.add(its_key)
        cells = {
            "report": one.report,
            "code": one.code,
            "name": one.name,
            "words": one.verbatim,
            "sentence": sentences[one.report][one.sentence].text,
            "speaker": one.speaker or REPORT_ITSELF,
            "standing": one.status,
            "strength": one.strength + (f", {INFERRED}" if one.inferred else ""),
            "when": one.when or "",
            "where": "; ".join(place.name for place in one.where),
            "rule": one.rule,
            "start": str(one.start),
            "end": str(one.end),
            "statement": its_key,
        }
        texts.add(digests[one.report][:_LETTERS_OF_TEXT])
        made.append({column: _on_one_line(cell) for column, cell in cells.items()})
    for report in conduct.reports:
        digest = digests[report.path]
        if digest and digest[:_LETTERS_OF_TEXT] not in texts:
            texts.add(digest[:_LETTERS_OF_TEXT])
            made.append({"report": _on_one_line(report.path), "statement": key_of_text(digest)})
    return made


def _texts(file: ReviewFile, reports: Sequence[Report]) -> Mapping[tuple[str, str], AbstractSet[str]]:
    """Say which texts a review file knows, or will when it is extended: by path and by name of the report."""
    pairs = [(line.report or "", line.text) for line in file.lines if line.text]
    if file.extends:
        met = {text for _, text in pairs}
        for report in reports:
            text = (report.text_sha256 or "")[:_LETTERS_OF_TEXT]
            if text and text not in met:
                met.add(text)
                pairs.append((report.path, text))
    known: dict[tuple[str, str], set[str]] = {}
    for path, text in pairs:
        for key_of_report in (("path", path), ("name", PurePosixPath(path).name), ("any", "")):
            known.setdefault(key_of_report, set()).add(text)
    return known


def _proposed(line: Line, digest: str, cleaned: Cleaned, passages: Sequence[Passage]) -> Place | None:
    """Find again the words that a plug-in proposed, which this time was not asked or said otherwise."""
    rule = line.rule or ""
    if not rule.startswith(PROPOSED) or line.start is None or line.end is None or line.code is None:
        return None
    same = line.statement == key(digest, line.start, line.end, rule, line.code)
    return at_offsets(cleaned, passages, line.start, line.end) if same else None


def _seen(found: Statement, line: Line) -> dict[str, str | None]:
    """Give what the line shows and the reviewer confirmed, where the coder now says otherwise."""
    seen: dict[str, str | None] = {}
    if line.code and line.code != found.code:
        seen["code"] = line.code
    if line.standing and line.standing != found.status:
        seen["standing"] = line.standing
    # A spreadsheet may have spoilt letters beyond ASCII: only plain ones tell another name.
    if line.speaker and _bare(line.speaker) != _bare(found.speaker or REPORT_ITSELF):
        seen["speaker"] = None if line.speaker.casefold() == REPORT_ITSELF else line.speaker
    return seen


def _with(found: Statement, said: Mapping[str, str | None]) -> Statement:
    """Make a statement firm, and say of it what a person says."""
    changed: dict[str, object] = {"strength": "firm", "inferred": False}
    for name, value in said.items():
        if name == "code":
            code = codebook.load().codes[value or ""]
            changed |= {
                "code": code.id,
                "name": code.name,
                "obligation": code.obligation,
                "severity": code.severity,
            }
        elif name == "speaker":
            spoken = "indirect" if found.mode == "narration" else found.mode
            changed |= {"speaker": value, "mode": spoken if value else "narration"}
        elif name == "when":
            changed |= {"when": value, "when_rule": None}
        elif name == "where":
            parts = [part.strip() for part in (value or "").split(";") if part.strip()]
            changed["where"] = tuple(Site(written=part, name=part) for part in parts)
        else:
            changed["status" if name == "standing" else name] = value
    return found.model_copy(update=changed)


def _judged(settled: Statement, found: Statement, line: Line) -> Statement:
    """Write down who decided, and what the coder says where the person says otherwise."""
    outcome: Outcome = "rejected"
    if line.verb != "reject":
        same = all(getattr(settled, name) == getattr(found, name) for name in _JUDGED)
        outcome = "accepted" if same else "corrected"
    coded = Coded(**{name: getattr(found, name) for name in Coded.model_fields})
    differs = any(getattr(settled, name) != getattr(found, name) for name in Coded.model_fields)
    judgement = _judgement(line).model_copy(update={"coder": coded if differs else None})
    return settled.model_copy(update={"review": outcome, "judgement": judgement})


def _judgement(line: Line) -> Judgement:
    return Judgement(line=line.number, reviewer=line.reviewer, date=line.date, note=line.note)


def key_of(digest: str, one: Statement) -> str:
    """Make the key of a statement as it was found in the text of this SHA-256."""
    # Which words weighed most may change with their weights, and the statement is still the same.
    return key(digest, one.start, one.end, one.rule.partition(": ")[0], one.code)


def _bare(text: str) -> str:
    return _LETTERS.sub("", text).casefold()


def _on_one_line(text: str) -> str:
    """Leave out what a table cannot hold or a reader cannot see."""
    plain = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return plain.replace("\ufffd", "?")
