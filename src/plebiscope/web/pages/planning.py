"""Plan, then run: favoured option, questions, their levels and filters, seed, before any result.

A plan that was saved is part of the case file, so its digest stands on the page before anything is computed
and in the dossier afterwards: who compares the two knows that nobody chose the questions by their answers.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plebiscope import catalogue
from plebiscope.intake import cases
from plebiscope.intake.case_file import Found
from plebiscope.model.errors import InputError
from plebiscope.model.method import Method
from plebiscope.web.casefile import content, replace, save
from plebiscope.web.desk import case_of, changing, desk, form, go, show
from plebiscope.web.folders import CaseFolder
from plebiscope.web.pages.understanding import TASK as UNDERSTAND


@dataclass(frozen=True)
class Setting:
    """One parameter of a method, as a person sets it."""

    name: str
    about: str
    value: str
    default: str


async def plan(request: Request) -> Response:
    """Show the plan of a case as it stands."""
    case = case_of(request)
    if not case.files:
        return show(request, "plan.html", case=case, found=None)
    found = await run_in_threadpool(cases.gather, [case.path])
    chosen = found.case.plan.methods
    return show(
        request,
        "plan.html",
        case=case,
        found=found,
        digest=found.case.digest,
        options=_options(request, case, found),
        methods=[
            (method, chosen is None or method.id in chosen, _settings(method, found.case.plan.params))
            for method in map(catalogue.load, catalogue.modules())
        ],
        tiers=catalogue.TIERS,
        job=desk(request).jobs.of(case, "examine"),
    )


async def keep(request: Request) -> Response:
    """Write the plan into the case file, and begin if that is wanted."""
    case = case_of(request)
    async with form(request) as given:
        found = await run_in_threadpool(cases.gather, [case.path])
        entries = _entries(given, found)
        begin = given.get("do") == "run"
    async with changing(request, case):
        await run_in_threadpool(_write, case, entries)
    if begin:
        desk(request).jobs.start(case, "examine")
        return go(request, "run", case=case.name)
    return go(request, "plan", case=case.name)


def _write(case: CaseFolder, entries: dict[str, Any]) -> None:
    """Write a plan down; one that cannot be followed leaves the case file as it was."""
    from plebiscope import study  # not above: the first page would wait for it

    before = content(case)
    save(case, **entries)
    try:
        study.checked(cases.gather([case.path]))
    except Exception:
        # Whatever is wrong with it, the case file must stay one that can be read.
        replace(case, before)
        raise


def _options(request: Request, case: CaseFolder, found: Found) -> dict[str, list[str]]:
    """Say between which options people voted in each contest, as far as the results were read already."""
    known = {contest.id: list(contest.options) for contest in found.case.contests}
    job = desk(request).jobs.of(case, UNDERSTAND)
    for one in (job.done or {}).get("contests", []) if job is not None else []:
        if one["reading"] and one["id"] in known:
            known[one["id"]] = one["reading"]["options"]
    for contest in found.case.contests:
        if contest.favoured is not None and contest.favoured not in known[contest.id]:
            known[contest.id].append(contest.favoured)
    return known


@cache
def _about(params: type) -> dict[str, str]:
    """Return what is written under each parameter of a method."""
    body = ast.parse(inspect.getsource(params)).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - it is the source of a class
    found, name = {}, ""
    for line in body.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            name = line.target.id
        elif isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and name:
            found[name] = " ".join(str(line.value.value).split())
    return found


def _settings(method: Method, given: Mapping[str, Mapping[str, Any]]) -> list[Setting]:
    about = _about(method.params)
    changed = given.get(method.id, {})
    default = dataclasses.asdict(method.params())
    return [
        Setting(
            name,
            about.get(name, ""),
            _written(changed.get(name, default[name])),
            _written(default[name]),
        )
        for name in default
    ]


def _written(value: Any) -> str:
    """Write a parameter as a person types it: words without quotation marks, lists with commas."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_written, value))
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _typed(text: str, default: Any) -> Any:
    """Read back what a person typed for a parameter."""
    if isinstance(default, (list, tuple)):
        kind = default[0] if default else ""
        return [_typed(part, kind) for part in text.split(",") if part.strip()]
    if isinstance(default, str):
        return text.strip()
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


def _entries(given: FormData, found: Found) -> dict[str, Any]:
    """Say what the form changes in the case file."""
    methods = [name for name in catalogue.modules() if name in given.getlist("method")]
    params: dict[str, dict[str, Any]] = {
        name: dict(entries) for name, entries in found.case.plan.params.items()
    }
    for method in map(catalogue.load, catalogue.modules()):
        default = dataclasses.asdict(method.params())
        for name, value in default.items():
            text = given.get(f"set:{method.id}:{name}")
            if not isinstance(text, str):
                continue
            params.setdefault(method.id, {}).pop(name, None)
            if text.strip() != _written(value):
                params[method.id][name] = _typed(text, value)
    params = {name: entries for name, entries in params.items() if entries}
    seed = str(given.get("seed") or "").strip()
    if not (seed.isdecimal() and len(seed) < 20):
        raise InputError(
            f"the seed is {seed!r}", expected="a whole number", todo="type one, 20200701 for instance"
        )
    if not methods:
        raise InputError(
            "no question was chosen, so nothing would be asked", todo="choose at least one of the methods"
        )
    contests = {}
    for contest in found.case.contests:
        said = given.get(f"favoured:{contest.id}")
        if isinstance(said, str):
            contests[contest.id] = {"favoured": said or None}
    everything = len(methods) == len(catalogue.modules())
    plan = {"methods": None if everything else methods, "seed": int(seed), "params": params or None}
    called = str(given.get("name") or "").strip()
    return {"plan": plan, "contests": contests, "top": {"name": called or found.case.name}}


ROUTES = [
    Route("/cases/{case}/plan", plan, name="plan"),
    Route("/cases/{case}/plan/keep", keep, methods=["POST"], name="keep_plan"),
]
