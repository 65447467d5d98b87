"""Run: an examination is started, watched and cancelled."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plebiscope.web.desk import case_of, desk, go, show


async def start(request: Request) -> Response:
    """Begin to examine a case."""
    case = case_of(request)
    desk(request).jobs.start(case, "examine")
    return go(request, "run", case=case.name)


async def run(request: Request) -> Response:
    """Show how far it is; htmx asks for the inner part again until it is over."""
    case = case_of(request)
    job = desk(request).jobs.of(case, "examine")
    piece = request.headers.get("hx-request")
    return show(request, "progress.html" if piece else "run.html", case=case, job=job)


async def cancel(request: Request) -> Response:
    """End it."""
    case = case_of(request)
    job = desk(request).jobs.of(case, "examine")
    if job is not None:
        await desk(request).jobs.cancel(job)
    return go(request, "run", case=case.name)


ROUTES = [
    Route("/cases/{case}/run", run, name="run"),
    Route("/cases/{case}/run/start", start, methods=["POST"], name="start"),
    Route("/cases/{case}/run/cancel", cancel, methods=["POST"], name="cancel"),
]
