"""What every page works with: the cases, the work under way, the limits; and how a page is put together."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any
from urllib.parse import quote

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from plebiscope.model.errors import InputError
from plebiscope.version import __version__
from plebiscope.web.folders import CaseFolder, Cases
from plebiscope.web.jobs import Job, Jobs
from plebiscope.web.limits import Limits
from plebiscope.web.words import LANGUAGES, chosen, speaker

LANGUAGE_COOKIE = "plebiscope-language"


@dataclass(frozen=True)
class Desk:
    """What the workbench was started with."""

    cases: Cases
    jobs: Jobs
    limits: Limits
    locks: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """One for each case: whoever changes its files holds it, so that no change undoes another."""


def desk(request: Request) -> Desk:
    """Return what the workbench was started with."""
    found: Desk = request.app.state.desk
    return found


def case_of(request: Request) -> CaseFolder:
    """Return the case that the address names.

    Raises
    ------
    HTTPException
        If there is none.
    InputError
        If a name that the workbench writes to is a link that leads elsewhere.
    """
    found = desk(request).cases.find(request.path_params["case"])
    if found is None:
        raise HTTPException(404)
    found.refuse_links()
    return found


def changing(request: Request, case: CaseFolder) -> asyncio.Lock:
    """Return the lock to be held while the files of a case are changed."""
    return desk(request).locks[case.name]


def language_of(request: Request) -> str:
    """Return the language of whoever asks."""
    return chosen(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))


def address(request: Request, route: str, **named: Any) -> str:
    """Return the path of a page, whatever letters the names in it have."""
    return quote(request.app.url_path_for(route, **named))


class _Page(Response):
    """A page that is put together when it is sent, in a thread: a large one keeps nobody else waiting."""

    def __init__(self, make: Callable[[], str], status: int) -> None:
        super().__init__(status_code=status, media_type="text/html")
        self.make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.body = (await run_in_threadpool(self.make)).encode()
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def show(request: Request, template: str, *, status: int = 200, **filled: Any) -> Response:
    """Put a page together; that is done when it is sent.

    Parameters
    ----------
    template
        Name of the template. Where htmx asks for a piece of a page only, a template that extends the frame
        is still a whole page: pieces have templates of their own.
    status
        Of the answer.
    filled
        What the template shows; every text is escaped.
    """
    language = language_of(request)
    # Work goes on while the page is made, which must tell one moment of it.
    filled = {name: copy(value) if isinstance(value, Job) else value for name, value in filled.items()}

    def make() -> str:
        return (
            _environment()
            .get_template(template)
            .render(
                request=request,
                t=speaker(language),
                language=language,
                languages=LANGUAGES,
                version=__version__,
                address=partial(address, request),
                **filled,
            )
        )

    return _Page(make, status)


def progress(
    request: Request, template: str, job: Job | None, place: str, route: str, **filled: Any
) -> Response:
    """Show how far a piece of work is: the part that changes, or all of its place once it has come further.

    The button to cancel stands outside the part that changes, and with it the keyboard's place on it.

    Parameters
    ----------
    template
        All that stands in its place.
    place
        Id of the element that holds it.
    route
        Where it is asked how far it is.
    """
    if job is not None and not job.over and job.state == request.query_params.get("state"):
        return show(request, "under_way_now.html", job=job, place=place, route=route, **filled)
    answer = show(request, template, **filled)
    answer.headers["HX-Retarget"] = f"#{place}"
    return answer


def go(request: Request, route: str, **named: Any) -> Response:
    """Send the browser on to another page, also where htmx has asked."""
    where = address(request, route, **named)
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": where})
    return RedirectResponse(where, status_code=303)


@asynccontextmanager
async def form(request: Request) -> Any:
    """Read a form within the limits, and close its files afterwards.

    Raises
    ------
    InputError
        If it holds more files or fields than may be.
    """
    limits = desk(request).limits
    try:
        given: FormData = await request.form(
            max_files=limits.files, max_fields=limits.fields, max_part_size=limits.form
        )
    except HTTPException as error:
        raise InputError(
            f"this form cannot be read ({error.detail})",
            expected=f"at most {limits.files:,} files and {limits.fields:,} fields",
        ) from None
    try:
        yield given
    finally:
        await given.close()


def texts(given: FormData) -> Iterator[tuple[str, str]]:
    """Return the fields of a form that are no files."""
    return ((name, value) for name, value in given.multi_items() if isinstance(value, str))


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("plebiscope.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
