"""The workbench as an application: its pages, behind the guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from plebiscope.model.errors import InputError
from plebiscope.web.desk import Desk, show
from plebiscope.web.folders import Cases
from plebiscope.web.guard import Guard
from plebiscope.web.jobs import Jobs
from plebiscope.web.limits import Limits
from plebiscope.web.pages import (
    comparing,
    exploring,
    home,
    judging,
    keeping,
    masking,
    planning,
    printing,
    reading,
    running,
    understanding,
)

STATIC = Path(__file__).parent / "static"


def workbench(root: Path, token: str, hosts: Iterable[str], limits: Limits | None = None) -> Starlette:
    """Make the workbench.

    Parameters
    ----------
    root
        Folder that holds the folders of the cases; it is made when the first case is.
    token
        Secret that a browser must bring.
    hosts
        Values of ``Host`` that are answered.
    limits
        What one person may ask of it.
    """
    limits = limits or Limits()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        cases = Cases(root)
        for case in cases.all():
            case.clear_printing()  # a workbench that was killed could not
        app.state.desk = Desk(cases, Jobs(limits), limits)
        yield
        await app.state.desk.jobs.close()

    return Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
            *home.ROUTES,
            *comparing.ROUTES,
            *understanding.ROUTES,
            *planning.ROUTES,
            *running.ROUTES,
            *reading.ROUTES,
            *exploring.ROUTES,
            *judging.ROUTES,
            *keeping.ROUTES,
            *masking.ROUTES,
            *printing.ROUTES,
        ],
        middleware=[Middleware(Guard, token=token, hosts=hosts, limits=limits)],
        exception_handlers={InputError: _refused, HTTPException: _missing},
        lifespan=lifespan,
    )


async def _refused(request: Request, error: Exception) -> Response:
    inside = bool(request.headers.get("hx-request"))
    answer = show(request, "refused.html", status=422, error=error, inside=inside)
    # What was asked for stays on the page as it is; the refusal stands above it.
    answer.headers["HX-Retarget"] = "#refusal"
    answer.headers["HX-Reswap"] = "innerHTML show:window:top"
    return answer


async def _missing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type checker: it is registered for this one alone
    answer = show(request, "missing.html", status=error.status_code, found=error.status_code != 404)
    answer.headers.update(error.headers or {})
    return answer
