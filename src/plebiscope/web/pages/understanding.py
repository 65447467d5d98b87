"""See how it was understood: the first rows, what each column is taken for and why, and a say in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plebiscope.intake import cases
from plebiscope.model.returns import QUANTITIES
from plebiscope.web.casefile import save
from plebiscope.web.desk import case_of, changing, desk, form, go, show
from plebiscope.web.folders import CaseFolder
from plebiscope.web.jobs import Job

TASK = "understand"
ROLES = (*QUANTITIES, "option", "station", "areas", "ignore")
"""What a column can be said to be."""


@dataclass(frozen=True)
class Column:
    """One column of a file: its header, its first cells, what it is taken for."""

    called: str
    """The name by which a mapping speaks of it: its header, or its place where that is not enough."""
    header: str
    cells: tuple[str, ...]
    role: str
    """One of :data:`ROLES`; empty where it is not used."""
    why: str


async def understanding(request: Request) -> Response:
    """Show how the results of a case were understood; they are read first if need be."""
    case = case_of(request)
    job = _current(request, case)
    told = job.done if job is not None else None
    if told is not None:
        case.remember(
            "readings",
            {
                "options": {one["id"]: _option_names(one) for one in told["contests"]},
                "areas": {one["id"]: _area_headers(one) for one in told["contests"]},
            },
        )
    return show(
        request,
        "understand.html",
        case=case,
        job=job,
        told=told,
        columns={one["id"]: _columns(one) for one in told["contests"]} if told else {},
        roles=ROLES,
    )


async def result(request: Request) -> Response:
    """Show what came of it, or how far it is; htmx asks for this again until it is over."""
    case = case_of(request)
    job = _current(request, case)
    everything = request.query_params.get("then") == "all"
    if job is not None and job.over and everything:
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    told = job.done if job is not None else None
    return show(request, "understood.html", case=case, job=job, told=told, then="all" if everything else "")


async def tried(request: Request) -> Response:
    """Read again with what somebody says of the columns, or save it."""
    case = case_of(request)
    jobs = desk(request).jobs
    job = jobs.of(case, TASK)
    found = await run_in_threadpool(cases.gather, [case.path])
    readings = case.remembered("readings") or {}
    async with form(request) as given:
        said = _said(given, found.mappings, readings)
        what = given.get("do", "try")
    if what != "try":
        new = {name: {"mapping": mapping if what == "save" else None} for name, mapping in said.items()}
        async with changing(request, case):
            await run_in_threadpool(save, case, contests=new)
    if job is not None:
        await jobs.cancel(job)
    jobs.start(case, TASK, {"stamp": _stamp(case), "mappings": said if what == "try" else None})
    if what == "try" and request.headers.get("hx-request"):
        return await result(request)
    return go(request, "understand", case=case.name)


def _current(request: Request, case: CaseFolder) -> Job | None:
    """Return the reading of the files as they are now; it is begun where it is not under way."""
    jobs = desk(request).jobs
    job = jobs.of(case, TASK)
    stamp = _stamp(case)
    stale = job is None or (job.over and (job.given.get("stamp") != stamp or job.state == "cancelled"))
    if stale and case.files:
        job = jobs.start(case, TASK, {"stamp": stamp})
    return job if job is not None and job.task == TASK else None


async def mapping(request: Request) -> Response:
    """Hand out how a contest was understood, as a mapping file."""
    case = case_of(request)
    job = desk(request).jobs.of(case, TASK)
    wanted = request.query_params.get("contest", "")
    for one in (job.done or {}).get("contests", []) if job is not None else []:
        if one["id"] == wanted and one.get("as_written"):
            return Response(
                one["as_written"],
                media_type="application/toml; charset=utf-8",
                headers={"Content-Disposition": 'attachment; filename="mapping.toml"'},
            )
    raise HTTPException(404)


def _stamp(case: CaseFolder) -> list[list[Any]]:
    """Tell whether the files are still those that were read."""
    return [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in case.files]


def _columns(contest: Mapping[str, Any]) -> list[Column]:
    """Set beside each column of the first table that was used what it is taken for."""
    if not contest["tables"]:
        return []
    reading = contest["reading"]
    sheet = reading["sheet"] if reading else ""
    fitting = [one for one in contest["tables"] if one["sheet"] and one["sheet"] in sheet]
    table = (fitting or contest["tables"])[0]
    roles = _roles(reading) if reading else _roles_said(contest.get("mapping") or {})
    often = Counter(table["headers"])
    became = _became(reading, table["sheet"]) if reading else {}
    found = []
    for place, header in enumerate(table["headers"]):
        by_place = f"#{place + 1}"
        role, why = roles.get(by_place) or roles.get(header) or ("", became.get(place + 1, ""))
        cells = tuple(str(row[place] or "") if place < len(row) else "" for row in table["rows"])
        called = header if header and often[header] == 1 else by_place
        found.append(Column(called, header, cells, role, why))
    return found


def _became(reading: Mapping[str, Any], sheet: str) -> dict[int, str]:
    """Say what became of each column of a table, by its place from 1."""
    return {
        one["place"]: ": ".join([*filter(None, [", ".join(one["read_as"])]), one["why"]])
        for one in reading["file_columns"]
        if one["file"] in ("", sheet)
    }


def _roles(reading: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, origin in reading["columns"].items():
        role = name if name in ROLES else "option" if name in reading["options"] else ""
        role = "areas" if name in reading["areas"] else role
        if not origin["derived"]:
            found.update(dict.fromkeys(origin["from"], (role, origin["why"])))
    return found


def _option_names(contest: Mapping[str, Any]) -> dict[str, str]:
    """Return what each option is called, by its header, where one header stands for it."""
    reading = contest["reading"]
    if not reading:
        return {}
    origins = {option: reading["columns"][option]["from"] for option in reading["options"]}
    return {headers[0]: option for option, headers in origins.items() if len(headers) == 1}


def _area_headers(contest: Mapping[str, Any]) -> list[str]:
    """Return the headers of areas, from large to small."""
    reading = contest["reading"] or {"areas": [], "columns": {}}
    return [header for area in reading["areas"] for header in reading["columns"][area]["from"]]


def _roles_said(said: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    columns = said.get("columns", {})
    if not isinstance(columns, Mapping):
        return {}
    found: dict[str, tuple[str, str]] = {}
    for name, headers in columns.items():
        listed: Iterable[Any] = [headers]
        if isinstance(headers, Mapping):
            listed = headers.values()
        elif isinstance(headers, list):
            listed = headers
        role = "option" if name == "options" else name
        found.update({str(header): (role, "") for header in listed})
    return found


def _said(
    given: FormData, before: Mapping[str, Any], readings: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Make mappings of the menus, one for each contest; what menus cannot say stays as it was said.

    Parameters
    ----------
    before
        What the case file says, by contest.
    readings
        As the results were last understood: what each of ``options`` is called by contest and header, and
        the headers of ``areas`` by contest, from large to small.
    """
    said: dict[str, dict[str, Any]] = {}
    for contest in map(str, given.getlist("contest")):
        columns: dict[str, Any] = {}
        headers = [str(header) for header in given.getlist(f"header:{contest}")]
        roles = [str(role) for role in given.getlist(f"role:{contest}")]
        for header, role in zip(headers, roles, strict=False):
            if role == "option":
                called = readings.get("options", {}).get(contest, {}).get(header, header)
                columns.setdefault("options", {})[called] = header
            elif role in ROLES:
                columns.setdefault(role, []).append(header)
        if not columns:
            continue
        earlier = dict(before.get(contest) or {})
        order = {"areas": [h for h in readings.get("areas", {}).get(contest, []) if h in headers]}
        columns = _with_unseen(columns, order, set(headers))
        columns = _with_unseen(columns, earlier.pop("columns", {}), set(headers))
        sheet = given.get(f"sheet:{contest}")
        if sheet is not None:
            earlier.pop("sheet", None)
        said[contest] = {**earlier, **({"sheet": str(sheet)} if sheet else {}), "columns": columns}
    return said


def _with_unseen(columns: dict[str, Any], earlier: Any, shown: set[str]) -> dict[str, Any]:
    """Keep what was said of columns that the menus do not show, and the order in which areas were said."""
    if not isinstance(earlier, Mapping):
        return columns
    for role, value in earlier.items():
        if role == "options":
            if isinstance(value, Mapping):
                unseen = {name: header for name, header in value.items() if str(header) not in shown}
                columns["options"] = {**unseen, **columns.get("options", {})}
            continue
        listed = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
        chosen = columns.get(role, [])
        kept = [header for header in listed if header in chosen or header not in shown]
        columns[role] = [*kept, *(header for header in chosen if header not in kept)]
    return {role: value for role, value in columns.items() if value}


ROUTES = [
    Route("/cases/{case}/understand", understanding, name="understand"),
    Route("/cases/{case}/understand/result", result, name="understood"),
    Route("/cases/{case}/understand/try", tried, methods=["POST"], name="try"),
    Route("/cases/{case}/understand/mapping", mapping, name="mapping"),
]
