"""Judge the reports: the text with its statements marked; accept, correct or reject each, by keyboard too.

Every decision is written into the review file of the case at once, the file that the command line uses.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plebiscope import reviewing
from plebiscope.conduct import codebook
from plebiscope.conduct.review_line import COLUMNS, REPORT_ITSELF, Line
from plebiscope.intake.case_file import REVIEWS, is_review
from plebiscope.model.errors import InputError
from plebiscope.model.report import Standing
from plebiscope.web.desk import case_of, changing, desk, form, go, show
from plebiscope.web.folders import CaseFolder
from plebiscope.web.jobs import Job

TASK = "judge"
_NEW = tuple(name for name in COLUMNS if name.startswith("new_"))
_LONGEST = 10_000
"""Letters of a note or a speaker; whoever has more to say writes it elsewhere."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a report's text that the same statements cover."""

    text: str
    keys: tuple[str, ...]
    first: bool
    """Whether the first of them begins here."""


@dataclass(frozen=True)
class Card:
    """A statement with what was decided on it."""

    told: Mapping[str, Any]
    line: Line | None

    @property
    def verb(self) -> str:
        """The decision; empty where there is none yet."""
        return self.line.verb or "" if self.line is not None else ""

    def now(self, name: str) -> str:
        """Return the code, speaker, standing, day or place as it stands after the decision."""
        found = {"standing": "status"}.get(name, name)
        before = self.told[found] or (REPORT_ITSELF if name == "speaker" else "")
        if self.line is None or name not in self.line.new:
            return str(before)
        return self.line.new[name] or (REPORT_ITSELF if name == "speaker" else "none")


def review_path(case: CaseFolder) -> Path:
    """Return the review file of a case, whatever it is called, or where it will be."""
    named = [case.path / name for name in REVIEWS if (case.path / name).is_file()]
    others = (path for path in case.files if path.name != "case.toml" and is_review(path))
    return next(iter(named), None) or next(others, case.path / REVIEWS[0])


async def judging(request: Request) -> Response:
    """Show the reports with their statements, and what was decided so far."""
    case = case_of(request)
    job = _current(request, case)
    if request.headers.get("hx-request"):
        if job is not None and job.over:
            return Response(status_code=204, headers={"HX-Refresh": "true"})
        return show(request, "judge_wait.html", case=case, job=job)
    told = job.done if job is not None else None
    if told is None:
        return show(request, "judge.html", case=case, job=job, told=None, nothing=not _stamp(case))
    cards, added = await run_in_threadpool(_cards, case, told)
    wanted = request.query_params.get("report", "")
    report = next((one for one in told["reports"] if one["path"] == wanted), _first_open(told, cards))
    mine = [card for card in cards if report is not None and card.told["report"] == report["path"]]
    return show(
        request,
        "judge.html",
        case=case,
        job=job,
        told=told,
        nothing=False,
        report=report,
        cards=mine,
        added=[line for line in added if report is not None and line.report == report["path"]],
        pieces=_pieces(report["text"], [card.told for card in mine]) if report is not None else [],
        progress={
            one["path"]: (
                sum(bool(card.verb) for card in cards if card.told["report"] == one["path"]),
                sum(card.told["report"] == one["path"] for card in cards),
            )
            for one in told["reports"]
        },
        codes=codebook.load().codes,
        standings=get_args(Standing),
        reviewer=(case.remembered("reviewer") or {}).get("name", ""),
        itself=REPORT_ITSELF,
    )


async def decide(request: Request) -> Response:
    """Write a decision down, and show the statement as it stands then."""
    case = case_of(request)
    job = _current(request, case)
    told = job.done if job is not None else None
    said = await _form(request)
    one = next((s for s in (told or {}).get("statements", []) if s["key"] == said.get("statement")), None)
    if told is None or one is None:
        raise _changed()
    async with changing(request, case):
        await run_in_threadpool(_decide, case, one, said)
    cards, _ = await run_in_threadpool(_cards, case, told)
    card = next(card for card in cards if card.told["key"] == one["key"])
    if request.headers.get("hx-request"):
        return show(
            request,
            "statement.html",
            case=case,
            card=card,
            codes=codebook.load().codes,
            standings=get_args(Standing),
            itself=REPORT_ITSELF,
        )
    return _back(request, case, str(one["report"]), str(one["key"]))


def _decide(case: CaseFolder, one: Mapping[str, Any], said: Mapping[str, str]) -> None:
    verb = said.get("do", "")
    cells = dict.fromkeys(_NEW, "")
    if verb == "correct":
        card = Card(one, None)
        for name in _NEW:
            before = card.now(name.removeprefix("new_"))
            value = said.get(name, before).strip()
            if not value and before:
                # What was cleared is no day and no place, and the report's own voice.
                value = REPORT_ITSELF if name == "new_speaker" else "none"
            if value != before:
                cells[name] = value
        if not any(cells.values()):
            verb = "accept"
    elif verb not in ("accept", "reject", "undo"):
        raise InputError(f"{verb!r} is no decision", expected="accept, correct, reject or undo")
    who = said.get("reviewer", "").strip() or str((case.remembered("reviewer") or {}).get("name", ""))
    if verb == "undo":
        cells |= {"decision": "", "reviewer": "", "date": ""}
    else:
        cells |= {"decision": verb, "reviewer": who, "date": dt.datetime.now(dt.UTC).date().isoformat()}
    if "note" in said:
        cells["note"] = said["note"]
    reviewing.decide(review_path(case), str(one["key"]), cells)


async def add(request: Request) -> Response:
    """Write down a statement that was missed."""
    case = case_of(request)
    said = await _form(request)
    job = _current(request, case)
    reports = {one["path"]: one for one in (job.done or {}).get("reports", [])} if job is not None else {}
    report = reports.get(said.get("report", ""))
    if report is None:
        raise _changed()
    words = " ".join(said.get("words", "").split())
    start = _place(words, report, said.get("start", ""))
    who = str((case.remembered("reviewer") or {}).get("name", ""))
    cells = {
        "report": report["path"],
        "words": words,
        "start": str(start),
        "new_code": said.get("code", ""),
        "new_speaker": said.get("speaker", "") or REPORT_ITSELF,
        "new_standing": said.get("standing", ""),
        "note": said.get("note", ""),
        "reviewer": who,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
    }
    async with changing(request, case):
        await run_in_threadpool(reviewing.add, review_path(case), cells)
    return _back(request, case, report["path"])


def _place(words: str, report: Mapping[str, Any], near: str) -> int:
    """Find where words stand in a report: letters before them.

    Parameters
    ----------
    near
        Where they were marked, about; empty where they were typed.

    Raises
    ------
    InputError
        If they stand nowhere, or several times and nobody has said which is meant.
    """
    spelled = r"\s+".join(map(re.escape, words.split()))
    found = [one.start() for one in re.finditer(spelled, report["text"])] if spelled else []
    if not found:
        raise InputError(
            "these words do not stand in the report",
            where=report["path"],
            expected="words as they stand there",
            todo="mark them in the text; they are then filled in",
        )
    if len(found) > 1 and not re.fullmatch(r"[0-9]{1,9}", near):
        raise InputError(
            f"these words stand in the report {len(found)} times",
            where=report["path"],
            todo="mark those that are meant in the text, or take in more words around them",
        )
    return min(found, key=lambda start: abs(start - int(near))) if len(found) > 1 else found[0]


async def _form(request: Request) -> dict[str, str]:
    """Read the fields of a form.

    Raises
    ------
    InputError
        If one holds more than can be kept.
    """
    async with form(request) as given:
        said = {name: str(value) for name, value in given.items() if isinstance(value, str)}
    for name, value in said.items():
        if len(value) > _LONGEST:
            raise InputError(
                f"what was written under `{name}` has {len(value):,} letters, and nothing was saved",
                expected=f"at most {_LONGEST:,} letters",
                todo="shorten it; a longer text can lie in a file beside the case",
            )
    return said


def _changed() -> InputError:
    return InputError(
        "the files of this case have changed since this page was shown, and nothing was saved",
        todo="load the page again; what was decided before is kept",
    )


def _back(request: Request, case: CaseFolder, report: str, key: str = "") -> Response:
    """Send the browser back to the report that it came from."""
    answer = go(request, "judge", case=case.name)
    name = "hx-redirect" if "hx-redirect" in answer.headers else "location"
    answer.headers[name] += f"?{urlencode({'report': report})}" + (f"#s-{key}" if key else "")
    return answer


async def reviewer(request: Request) -> Response:
    """Remember who decides."""
    case = case_of(request)
    said = await _form(request)
    case.remember("reviewer", {"name": said.get("reviewer", "").strip()[:200]})
    return _back(request, case, said.get("report", ""))


def _current(request: Request, case: CaseFolder) -> Job | None:
    """Return the coding of the reports as they are now; it is begun where it is not under way."""
    jobs = desk(request).jobs
    job = jobs.of(case, TASK)
    stamp, review = _stamp(case), review_path(case).name
    stale = job is None or (job.over and (job.given.get("stamp") != stamp or job.state == "cancelled"))
    if stale and stamp:
        job = jobs.start(case, TASK, {"stamp": stamp, "review": review})
    return job if job is not None and job.task == TASK else None


def _stamp(case: CaseFolder) -> list[list[Any]]:
    """Tell whether the files are still those that were read."""
    own = (review_path(case).name, "case.toml")
    return [[p.name, p.stat().st_size, p.stat().st_mtime_ns] for p in case.files if p.name not in own]


def _cards(case: CaseFolder, told: Mapping[str, Any]) -> tuple[list[Card], list[Line]]:
    lines = reviewing.decisions(review_path(case))
    by_key = {line.statement: line for line in lines if line.statement}
    cards = [Card(one, by_key.get(one["key"])) for one in told["statements"]]
    return cards, [line for line in lines if line.verb == "add"]


def _first_open(told: Mapping[str, Any], cards: Sequence[Card]) -> Mapping[str, Any] | None:
    """Pick the first report on which something is still to be decided."""
    open_ones = {card.told["report"] for card in cards if not card.verb}
    reports: list[Mapping[str, Any]] = told["reports"]
    return next((one for one in reports if one["path"] in open_ones), reports[0] if reports else None)


def _pieces(text: str, statements: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """Cut a text where a statement begins or ends, so that overlapping ones can be marked."""
    cuts = sorted({0, len(text), *(s["start"] for s in statements), *(s["end"] for s in statements)})
    at = {cut: number for number, cut in enumerate(cuts)}
    keys: list[list[str]] = [[] for _ in cuts]
    for one in statements:
        for number in range(at[one["start"]], at[one["end"]]):
            keys[number].append(one["key"])
    starts = {s["start"] for s in statements}
    return [
        Piece(text[begin:end], tuple(mine), bool(mine) and begin in starts)
        for (begin, end), mine in zip(pairwise(cuts), keys, strict=False)
    ]


ROUTES = [
    Route("/cases/{case}/reports", judging, name="judge"),
    Route("/cases/{case}/reports/decide", decide, methods=["POST"], name="decide"),
    Route("/cases/{case}/reports/add", add, methods=["POST"], name="add_statement"),
    Route("/cases/{case}/reports/reviewer", reviewer, methods=["POST"], name="reviewer"),
]
