"""Keep: take the dossier away as one page, as data or as an archive; verify it; cite it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from plebiscope.dossier.stored import load
from plebiscope.dossier.write import DATA, PAGE, STATIONS
from plebiscope.web.crate import archive
from plebiscope.web.desk import case_of, desk, go, language_of, progress, show
from plebiscope.web.pages import masking
from plebiscope.web.pages.exploring import attached
from plebiscope.web.pages.printing import TASK as PRINT
from plebiscope.web.pages.printing import printed
from plebiscope.web.words import speaker

TASK = "verify"
_FILES = {
    PAGE: "text/html; charset=utf-8",
    DATA: "application/json",
    STATIONS: "application/vnd.apache.parquet",
}


async def keeping(request: Request) -> Response:
    """Show what can be taken away, how to cite it, and whether it comes out the same again."""
    case = case_of(request)
    job = desk(request).jobs.of(case, TASK)
    if request.headers.get("hx-request"):
        return progress(request, "verified.html", job, "verified", "keep", case=case, verifying=job)
    made = case.dossier
    dossier = await run_in_threadpool(load, made) if made is not None else None
    return show(
        request,
        "keep.html",
        case=case,
        verifying=job,
        printing=desk(request).jobs.of(case, PRINT),
        pdf=printed(case),
        files=[name for name in _FILES if made is not None and made.with_name(name).is_file()],
        pictures=[figure.title for figure in dossier.figures] if dossier is not None else [],
        cited=speaker(language_of(request))(
            "keep.citation",
            name=dossier.case.name,
            version=dossier.plebiscope,
            digest=dossier.case.digest,
        )
        if dossier is not None
        else None,
        **await run_in_threadpool(masking.shown, request, case),
    )


async def take(request: Request) -> Response:
    """Hand out a file of the dossier, or the whole case as an archive."""
    case, name = case_of(request), request.path_params["name"]
    if name == "case.zip":
        pieces = await run_in_threadpool(archive, case)
        return StreamingResponse(pieces, media_type="application/zip", headers=attached(f"{case.name}.zip"))
    made = case.dossier
    if made is None or name not in _FILES or not made.with_name(name).is_file():
        raise HTTPException(404)
    headers = attached(f"{case.name} {name}")
    return FileResponse(made.with_name(name), media_type=_FILES[name], headers=headers)


async def verify(request: Request) -> Response:
    """Begin to make the dossier again."""
    case = case_of(request)
    if case.dossier is None:
        raise HTTPException(404)
    desk(request).jobs.start(case, TASK)
    return go(request, "keep", case=case.name)


ROUTES = [
    Route("/cases/{case}/keep", keeping, name="keep"),
    Route("/cases/{case}/keep/{name}", take, name="take"),
    Route("/cases/{case}/verify", verify, methods=["POST"], name="verify"),
]
