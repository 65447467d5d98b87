"""Read: the dossier of a case, framed by the workbench or by itself."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from plebiscope.dossier.write import PAGE
from plebiscope.web.desk import case_of, show


async def dossier(request: Request) -> Response:
    """Show the dossier within the workbench."""
    case = case_of(request)
    return show(request, "dossier.html", case=case)


async def page(request: Request) -> Response:
    """Show the dossier's own page, which brings its own policy: its style and script are part of it."""
    made = case_of(request).dossier
    if made is None:
        raise HTTPException(404)
    # The page was made by plebiscope, yet may have been changed on disk: it runs in a place of its own,
    # from which it can reach neither the workbench nor anything outside.
    policy = (
        "sandbox allow-scripts allow-downloads allow-modals; default-src 'none'; "
        "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )
    return FileResponse(
        made.with_name(PAGE), media_type="text/html", headers={"Content-Security-Policy": policy}
    )


ROUTES = [
    Route("/cases/{case}/dossier", dossier, name="dossier"),
    Route("/cases/{case}/dossier/page", page, name="page"),
]
