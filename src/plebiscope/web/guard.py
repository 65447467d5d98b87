"""Who may ask: only this machine's own browser, with the token of the address that was printed.

A server on 127.0.0.1 is open to every other user of the machine and, through their browser, to every page
they visit. Against the first stands a token; it comes once in the address, and after that in a cookie that
no script can read and no other site can send. Against the second stand the checks of ``Host`` (a name that
somebody points to 127.0.0.1 is refused) and of ``Origin`` (what changes anything must come from our pages).
Every answer forbids the browser to run or fetch what is not ours.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from html import escape
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plebiscope.web.limits import Limits

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'"
)
"""What pages of the workbench may do; no script in them is evaluated from text."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers then say nothing of where a form comes from either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_READING = {"GET", "HEAD"}


class Guard:
    """Lets in what comes from the workbench's own pages in the browser of whoever started it.

    Parameters
    ----------
    app
        What is guarded.
    token
        Secret of this run of the server.
    hosts
        Values of ``Host`` that are answered, ``127.0.0.1:8517`` for example.
    limits
        How many bytes a request may hold.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Iterable[str], limits: Limits) -> None:
        self.app, self.token, self.hosts, self.limits = app, token, frozenset(hosts), limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, _sealed(send))
            return
        counted = _Counted(receive, self.limits.upload + (1 << 20))
        try:
            await self.app(scope, counted, _sealed(send))
        except ClientDisconnect:
            # A browser that went away in the middle of an upload hears nothing more.
            if counted.left < 0:
                await self._too_much()(scope, receive, _sealed(send))

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Say why a request is not answered, or send the browser on with its cookie."""
        host = headers.get("host", "")
        if host not in self.hosts:
            return _page(
                421, "This address is not answered here", "Open the address that was printed in the terminal."
            )
        cookie = f"plebiscope-{host.rpartition(':')[2]}"
        given = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if scope["method"] in _READING and self._is_token(given.get("token", "")):
            rest = urlencode([(k, v) for k, v in given.items() if k != "token"])
            path = "/" + scope["path"].lstrip("/\\")
            there = path + (f"?{rest}" if rest else "")
            answer: Response = RedirectResponse(there, status_code=303)
            if headers.get("sec-fetch-site") == "cross-site":
                # From the file that was opened, the cookie is brought only to where our own page leads.
                answer = HTMLResponse(going_on(there))
            answer.set_cookie(cookie, self.token, httponly=True, samesite="strict", path="/")
            return answer
        if not self._is_token(cookie_parser(headers.get("cookie", "")).get(cookie, "")):
            return _page(
                403,
                "The workbench does not know this browser",
                "It was started by somebody on this machine. Open the whole address that was printed in the "
                "terminal, with what stands behind the question mark.",
            )
        if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return _page(403, "This request came from another site", "Nothing was shown or changed.")
        if scope["method"] not in _READING and not _is_ours(headers, host):
            return _page(403, "This request came from another site", "Nothing was changed.")
        size = headers.get("content-length", "0")
        known = size.isascii() and size.isdigit() and len(size) < 20
        if not known or int(size) > self.limits.upload + (1 << 20):
            return self._too_much()
        return None

    def _too_much(self) -> Response:
        return _page(
            413,
            "This is more than can be taken in at once",
            f"At most {self.limits.upload:,} bytes are taken in one upload. Upload the files one by one, "
            "or put them into the folder of the case by hand.",
        )

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self.token.encode())


def _is_ours(headers: Headers, host: str) -> bool:
    """Tell a form of our own pages; a browser always says where what changes something comes from."""
    origin = headers.get("origin")
    if origin is not None:
        return origin == f"http://{host}"
    return headers.get("sec-fetch-site") == "same-origin"


class _Counted:
    """Ends a request whose body is longer than it may be, whatever it said of its length."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive, self.left = receive, most

    async def __call__(self) -> Message:
        message = await self.receive()
        self.left -= len(message.get("body", b""))
        return message if self.left >= 0 else {"type": "http.disconnect"}


def _sealed(send: Send) -> Send:
    """Put on every answer what the browser must not do with it."""

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", POLICY)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sealed


def going_on(address: str) -> str:
    """Return a page that leads on to an address by itself."""
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>plebiscope</title>"
        f'<meta http-equiv="refresh" content="0; url={escape(address)}">'
        f'<main><p><a href="{escape(address)}">To the workbench</a></p></main></html>'
    )


def _page(status: int, what: str, then: str) -> HTMLResponse:
    return HTMLResponse(
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{escape(what)}</title><main><h1>{escape(what)}</h1><p>{escape(then)}</p></main></html>",
        status_code=status,
    )
