"""Bring it in: all cases, a new one from files or from the bundled example, and the files of a case."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plebiscope.intake.cases import LITTER
from plebiscope.model.errors import InputError
from plebiscope.web.casefile import put_in, take_out
from plebiscope.web.desk import LANGUAGE_COOKIE, case_of, changing, desk, form, go, show
from plebiscope.web.folders import DOSSIER, KEY, MASKED, REMOVED, CaseFolder
from plebiscope.web.words import LANGUAGES


async def home(request: Request) -> Response:
    """Show all cases, and where a new one begins."""
    found = desk(request)
    cases = await run_in_threadpool(found.cases.all)
    return show(request, "home.html", cases=cases, limits=found.limits, folder=found.cases.root.name)


async def create(request: Request) -> Response:
    """Make a case of the files that were dropped."""
    async with form(request) as given:
        files = _files(given.getlist("files"))
        called = str(given.get("called") or "").strip() or (files[0].filename or "").rpartition(".")[0]
        case = await run_in_threadpool(desk(request).cases.new, called)
        await run_in_threadpool(_put, case, files)
    return go(request, "case", case=case.name)


async def example(request: Request) -> Response:
    """Make a case of the bundled example."""
    from plebiscope import study  # not above: the first page would wait for it

    source = study.example()
    files = (p for p in sorted(source.iterdir()) if p.is_file())
    case = await run_in_threadpool(desk(request).cases.copy, files, "Marenna (simulated)")
    return go(request, "case", case=case.name)


async def case(request: Request) -> Response:
    """Show the files of a case and what can be done with it."""
    found = case_of(request)
    return show(request, "case.html", case=found, job=desk(request).jobs.of(found, "examine"))


async def add(request: Request) -> Response:
    """Add files to a case."""
    found = case_of(request)
    async with form(request) as given:
        files = _files(given.getlist("files"))
        async with changing(request, found):
            new = await run_in_threadpool(_put, found, files)
            await run_in_threadpool(put_in, found, new)
    return go(request, "case", case=found.name)


async def remove(request: Request) -> Response:
    """Move a file of a case aside."""
    found = case_of(request)
    async with form(request) as given:
        path = found.file(str(given.get("file") or ""))
    if path is None:
        raise HTTPException(404)
    async with changing(request, found):
        await run_in_threadpool(_take_aside, found, path)
    return go(request, "case", case=found.name)


async def language(request: Request) -> Response:
    """Remember the language that somebody has picked."""
    async with form(request) as given:
        picked = str(given.get("language") or "")
    answer = go(request, "home")
    if picked in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, picked, httponly=True, samesite="strict", max_age=31_536_000)
    return answer


def _files(given: list[UploadFile | str]) -> list[UploadFile]:
    files = [
        one for one in given if isinstance(one, UploadFile) and one.filename and not _litter(one.filename)
    ]
    if not files:
        raise InputError("no file was chosen", todo="drop one on the page, or choose it with the button")
    return files


def _take_aside(case: CaseFolder, path: Path) -> None:
    aside = case.aside()
    take_out(case, path.name)
    with path.open("rb") as content:
        aside.add(path.name, content)
    path.unlink()


def _litter(name: str) -> bool:
    """Tell what systems leave in folders, and what the workbench itself made."""
    parts = re.split(r"[/\\]", name)
    own = {".workbench", DOSSIER, REMOVED, MASKED, KEY}
    return parts[-1].startswith(LITTER) or bool(own & set(parts[:-1]))


def _put(case: CaseFolder, files: list[UploadFile]) -> list[Path]:
    return [case.add(one.filename or "", one.file) for one in files]


ROUTES = [
    Route("/", home, name="home"),
    Route("/cases", create, methods=["POST"], name="create"),
    Route("/example", example, methods=["POST"], name="example"),
    Route("/language", language, methods=["POST"], name="language"),
    Route("/cases/{case}", case, name="case"),
    Route("/cases/{case}/files", add, methods=["POST"], name="add"),
    Route("/cases/{case}/remove", remove, methods=["POST"], name="remove"),
]
