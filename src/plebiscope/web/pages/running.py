"""Run: an examination is started, watched and cancelled."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plebiscope.web.desk import case_of, desk, go, show
from plebiscope.web.jobs import READING


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
    """End whatever is being made for a case."""
    return await _cancelled(request, "run")


async def cancel_kept(request: Request) -> Response:
    """End it from the page on which copies, PDFs and comparisons are asked for."""
    return await _cancelled(request, "keep")


async def _cancelled(request: Request, page: str) -> Response:
    case, jobs = case_of(request), desk(request).jobs
    job = jobs.under_way(case)
    if job is not None and job.task not in READING:
        await jobs.cancel(job)
    return go(request, page, case=case.name)


ROUTES = [
    Route("/cases/{case}/run", run, name="run"),
    Route("/cases/{case}/run/start", start, methods=["POST"], name="start"),
    Route("/cases/{case}/run/cancel", cancel, methods=["POST"], name="cancel"),
    Route("/cases/{case}/keep/cancel", cancel_kept, methods=["POST"], name="cancel_kept"),
]
