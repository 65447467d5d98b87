"""Share: a copy of the dossier in which names are masked, beside the dossier itself."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from plebiscope.dossier.stored import load
from plebiscope.dossier.write import DATA
from plebiscope.mask.names import parse
from plebiscope.mask.write import KEY as KEY_FILE
from plebiscope.model.errors import InputError
from plebiscope.web.crate import masked_archive
from plebiscope.web.desk import case_of, desk, form, go, progress
from plebiscope.web.folders import KEY, MASKED, CaseFolder
from plebiscope.web.pages.exploring import attached

TASK = "mask"
_FILES = {
    "dossier.html": "text/html; charset=utf-8",
    "dossier.json": "application/json",
    "stations.parquet": "application/vnd.apache.parquet",
}
_ALL = "masked.zip"


def shown(request: Request, case: CaseFolder) -> dict[str, Any]:
    """Return what the part of the page on masking shows: the work under way, and the copy that is there."""
    copy, found, damaged = case.path / MASKED, None, False
    if (copy / DATA).is_file():
        try:
            found = load(copy / DATA).masked
        except InputError:
            damaged = True
    older = (
        found is not None
        and case.dossier is not None
        and ((copy / DATA).stat().st_mtime_ns < case.dossier.stat().st_mtime_ns)
    )
    return {
        "mask_job": desk(request).jobs.of(case, TASK),
        "masked": found,
        "masked_damaged": damaged,
        "masked_older": older,
        "masked_files": [*(name for name in _FILES if (copy / name).is_file()), _ALL] if found else [],
        "masked_key": f"{KEY}/{KEY_FILE}" if (case.path / KEY / KEY_FILE).is_file() else None,
        "masked_folder": MASKED,
    }


async def masked(request: Request) -> Response:
    """Show how far the copy is; without htmx, the whole page on which it stands."""
    case = case_of(request)
    if not request.headers.get("hx-request"):
        return go(request, "keep", case=case.name)
    found = await run_in_threadpool(shown, request, case)
    return progress(request, "masked.html", found["mask_job"], "masked", "masked", case=case, **found)


async def begin(request: Request) -> Response:
    """Begin to make a copy."""
    case = case_of(request)
    if case.dossier is None:
        raise HTTPException(404)
    async with form(request) as given:
        listed = str(given.get("names") or "")
        wanted = {
            "stations": "stations" in given,
            "speakers": "speakers" in given,
            "persons": "persons" in given,
            "names": parse(listed, "the list of names") if listed.strip() else (),
            "key": "key" in given,
        }
    if not any(wanted[what] for what in ("stations", "speakers", "persons", "names")):
        raise InputError("nothing was chosen to be masked", todo="choose stations, speakers, or list names")
    desk(request).jobs.start(case, TASK, wanted)
    return go(request, "keep", case=case.name)


async def take(request: Request) -> Response:
    """Hand out a file of the copy, or all of it as an archive.

    The name of the case is none of its file's: it may hold a name that the copy masks.
    """
    case, name = case_of(request), request.path_params["name"]
    if name == _ALL:
        pieces = await run_in_threadpool(masked_archive, case)
        return StreamingResponse(pieces, media_type="application/zip", headers=attached(_ALL))
    file = case.path / MASKED / name
    if name not in _FILES or not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, media_type=_FILES[name], headers=attached(f"masked {name}"))


ROUTES = [
    Route("/cases/{case}/mask", begin, methods=["POST"], name="mask"),
    Route("/cases/{case}/masked", masked, name="masked"),
    Route("/cases/{case}/masked/{name}", take, name="take_masked"),
]
