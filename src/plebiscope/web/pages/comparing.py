"""Compare: votes side by side, and the same stations before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plebiscope.compare import MOST, Chosen, Compared, compare
from plebiscope.compare.write import DATA, as_csv, tables, to_json
from plebiscope.dossier.stored import load
from plebiscope.model.errors import InputError
from plebiscope.web.compared import filled
from plebiscope.web.desk import address, desk, language_of, show
from plebiscope.web.folders import CaseFolder
from plebiscope.web.pages.exploring import download


@dataclass(frozen=True)
class Offer:
    """A vote that can be chosen."""

    case: CaseFolder
    contest: str
    called: str
    options: tuple[str, ...]

    @property
    def value(self) -> str:
        """What stands for it in an address."""
        return f"{self.case.name}/{self.contest}"


async def comparing(request: Request) -> Response:
    """Show the votes that can be chosen, and side by side those that are."""
    wanted = request.query_params.getlist("of")
    offers = await run_in_threadpool(_offers, desk(request).cases.all())
    mine = _in_order(offers, wanted)
    record = None
    inside: dict[str, Any] = {}
    if len(mine) > 1:
        found = await run_in_threadpool(_compared, mine, request)
        record = found.record
        files = {
            name: f"{address(request, 'compared', name=f'{name}.csv')}?{_query(request)}"
            for name in tables(found)
        }
        files[DATA] = f"{address(request, 'compared', name=DATA)}?{_query(request)}"
        inside = filled(record, language_of(request), files)
    return show(
        request,
        "compare.html",
        # Those that were chosen stand first, in their order, so that the form keeps it.
        offers=[*mine, *(one for one in offers if one not in mine)],
        turned=_turned(request) if record and not all(one.date for one in record.votes) else None,
        wanted={one.value for one in mine},
        most=MOST,
        options=[one for one in mine[0].options if all(one in other.options for other in mine)]
        if mine
        else [],
        option=request.query_params.get("option", ""),
        areas=list(dict.fromkeys(area for one in record.joined for area in one.areas)) if record else [],
        by=request.query_params.get("by", ""),
        record=record,
        **inside,
    )


async def compared(request: Request) -> Response:
    """Hand out the comparison as data, or one of its tables."""
    wanted, name = request.query_params.getlist("of"), request.path_params["name"]
    offers = await run_in_threadpool(_offers, desk(request).cases.all())
    mine = _in_order(offers, wanted)
    found = await run_in_threadpool(_compared, mine, request)
    if name == DATA:
        return download(to_json(found).encode(), DATA, "application/json")
    table = tables(found).get(name.removesuffix(".csv"))
    if table is None or not name.endswith(".csv"):
        raise HTTPException(404)
    return download(await run_in_threadpool(as_csv, table), name, "text/csv; charset=utf-8")


def _offers(cases: Sequence[CaseFolder]) -> list[Offer]:
    """List every contest of every case that was examined; a damaged dossier offers nothing."""
    found = []
    for case in cases:
        if case.dossier is None:
            continue
        try:
            contests = _contests(case.dossier, case.dossier.stat().st_mtime_ns)
        except InputError:
            continue
        several = len(contests) > 1
        found += [
            Offer(case, id_, f"{case.name}: {called}" if several else case.name, options)
            for id_, called, options in contests
        ]
    return found


@lru_cache(maxsize=256)
def _contests(dossier: Path, changed: int) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return id, name and options of each contest; the time of the last change makes older ones forgotten."""
    return tuple((one.id, one.name, one.options) for one in load(dossier).case.contests)


def _in_order(offers: Sequence[Offer], wanted: Sequence[str]) -> list[Offer]:
    """Return what was chosen, in the order in which the address has it."""
    known = {one.value: one for one in offers}
    return [known[value] for value in dict.fromkeys(wanted) if value in known]


def _compared(mine: Sequence[Offer], request: Request) -> Compared:
    option, by = request.query_params.get("option"), request.query_params.get("by")
    chosen = tuple(
        (Chosen(made, one.contest, option if option in one.options else None), made.stat().st_mtime_ns)
        for one in mine
        if (made := one.case.dossier) is not None
    )
    return _made(chosen, by)


@lru_cache(maxsize=4)
def _made(chosen: tuple[tuple[Chosen, int], ...], by: str | None) -> Compared:
    """Compare; the times of the last changes make an old comparison be forgotten."""
    return compare([one for one, _ in chosen], by)


def _turned(request: Request) -> str:
    """Return the address of the same votes the other way round."""
    asked = list(request.query_params.multi_items())
    votes = [pair for pair in asked if pair[0] == "of"]
    return urlencode([*reversed(votes), *(pair for pair in asked if pair[0] != "of")])


def _query(request: Request) -> str:
    return urlencode(list(request.query_params.multi_items()))


ROUTES = [
    Route("/compare", comparing, name="compare"),
    Route("/compare/{name}", compared, name="compared"),
]
