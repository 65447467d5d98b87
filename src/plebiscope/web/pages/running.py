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
    if not request.headers.get("hx-request"):
        return show(request, "run.html", case=case, job=job)
    if job is not None and job.state == request.query_params.get("state"):
        return show(request, "progress_now.html", case=case, job=job)
    answer = show(request, "progress.html", case=case, job=job)
    answer.headers["HX-Retarget"] = "#progress"
    return answer


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
