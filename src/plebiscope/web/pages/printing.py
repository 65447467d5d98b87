"""Print: the dossier as a PDF, made by the browser of this machine."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from plebiscope.web.desk import case_of, desk, go, progress
from plebiscope.web.folders import CaseFolder
from plebiscope.web.jobs import PRINT
from plebiscope.web.pages.exploring import attached
from plebiscope.web.tasks.printing import PDF

TASK = PRINT


def printed(case: CaseFolder) -> Path | None:
    """Return the PDF of a case, if one was made of the dossier that lies there now."""
    made, pdf = case.dossier, case.kept(PDF)
    if made is None or not pdf.is_file():
        return None
    return pdf if pdf.stat().st_mtime_ns >= made.stat().st_mtime_ns else None


async def printing(request: Request) -> Response:
    """Show how far the printing is, as a piece of the page for keeping."""
    case = case_of(request)
    if not request.headers.get("hx-request"):
        return go(request, "keep", case=case.name)
    job = desk(request).jobs.of(case, TASK)
    return progress(
        request, "printed.html", job, "printed", "printing", case=case, printing=job, pdf=printed(case)
    )


async def begin(request: Request) -> Response:
    """Begin to print."""
    case = case_of(request)
    if case.dossier is None:
        raise HTTPException(404)
    desk(request).jobs.start(case, TASK)
    return go(request, "keep", case=case.name)


async def take(request: Request) -> Response:
    """Hand out the PDF."""
    case = case_of(request)
    pdf = printed(case)
    if pdf is None:
        raise HTTPException(404)
    return FileResponse(pdf, media_type="application/pdf", headers=attached(f"{case.name}.pdf"))


ROUTES = [
    Route("/cases/{case}/print", printing, name="printing"),
    Route("/cases/{case}/print/start", begin, methods=["POST"], name="print"),
    Route("/cases/{case}/print/dossier.pdf", take, name="pdf"),
]
