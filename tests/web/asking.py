"""What the fuzzing of the routes stands on: requests as a server passes them on, files watched, pages read."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

from plebiscope.model.errors import InputError
from plebiscope.web.app import workbench
from plebiscope.web.jobs import Job, Jobs, _hear
from plebiscope.web.limits import Limits
from plebiscope.web.worker import TASKS

from .conftest import HOST, ORIGIN, TOKEN

OURS: Mapping[str, str] = {"host": HOST, "cookie": f"plebiscope-8517={TOKEN}", **ORIGIN}
"""What the browser of whoever started the workbench sends with everything."""


@dataclass(frozen=True)
class Answer:
    """What came back, and what was read and written on the way."""

    status: int
    headers: dict[str, str]
    body: bytes
    touched: tuple[tuple[str, bool], ...]
    """Every path, and whether it was written."""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")

    def written(self, root: Path) -> list[str]:
        """Return what was written beneath a folder."""
        return [name for name, writing in self.touched if writing and Path(name).is_relative_to(root)]


class Asker:
    """A workbench without a server in front, whose long work is done at once and in this process.

    An exception of a route is not turned into a status 500 but comes out here.
    """

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        self.root = root
        self.app = workbench(root, TOKEN, [HOST], limits)
        self.runner = asyncio.Runner()
        self.life = self.app.router.lifespan_context(self.app)
        self.runner.run(self.life.__aenter__())

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, *raised: object) -> None:
        self.runner.run(self.life.__aexit__(None, None, None))
        self.runner.close()

    def forget_work(self) -> None:
        """Forget what was done for any case."""
        self.app.state.desk.jobs._jobs.clear()

    def ask(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Ask for a path as it stands in the request line, percent-encoded, with its query."""
        raw, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(raw),
            "raw_path": raw.encode("ascii"),
            "root_path": "",
            "query_string": query.encode("ascii"),
            "headers": [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8517),
        }
        half = len(body) // 2
        messages = [
            {"type": "http.request", "body": body[:half], "more_body": True},
            {"type": "http.request", "body": body[half:], "more_body": False},
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        async def once() -> None:
            await self.app(scope, receive, send)
            jobs = self.app.state.desk.jobs
            for job in list(jobs._jobs.values()):
                await jobs.wait(job)

        with watched() as touched:
            self.runner.run(once())
        head = {k.decode().lower(): v.decode("latin-1") for k, v in sent[0]["headers"]}
        inside = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], head, inside, tuple(touched))


async def at_hand(self: Jobs, job: Job) -> None:
    """Do in this process what a program of its own would do, except for what takes long."""

    def say(**what: Any) -> None:
        _hear(job, json.dumps(what, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    if job.task in ("examine", "verify", "print"):
        say(answer={"method": "Sums", "contest": "c", "status": "tested", "said": "<i>text</i>"})
        say(done={"remarks": [], "differences": ["<b>grade</b>"]})
        job.state = "done"
        return
    module, _, name = TASKS[job.task].partition(":")
    try:
        say(done=getattr(importlib.import_module(module), name)(job.case.path, job.given, say))
        job.state = "done"
    except InputError as error:
        say(refused={"met": error.met, "where": error.where, "expected": error.expected, "todo": error.todo})
        job.state = "refused"


_hooked: list[Any] = []
_listening: list[list[tuple[str, bool]]] = []
_WRITING = {
    "os.mkdir", "os.rmdir", "os.remove", "os.rename", "os.link", "os.symlink", "os.truncate", "os.chmod",
    "shutil.rmtree", "shutil.move", "shutil.copyfile", "shutil.copytree",
}  # fmt: skip
_READING = {"os.listdir", "os.scandir", "glob.glob"}


def _heard(event: str, given: tuple[Any, ...]) -> None:
    if not _listening or not (event == "open" or event in _WRITING or event in _READING):
        return
    writing = event in _WRITING
    if event == "open":
        mode, flags = given[1], given[2]
        writing = bool(set(mode or "") & set("wax+")) or bool(
            (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        )
    # A folder is emptied by names that are relative to it, not to where we are.
    at = given[-1] if event in ("os.mkdir", "os.remove", "os.rmdir") else -1
    held = Path(f"/proc/self/fd/{at}")
    base = held.readlink() if held.is_symlink() else Path()
    for path in given[: 2 if event in ("os.rename", "os.link", "os.symlink") else 1]:
        if isinstance(path, (str, bytes, os.PathLike)):
            _listening[-1].append((str((base / os.fsdecode(path)).absolute()), writing))


@contextmanager
def watched() -> Iterator[list[tuple[str, bool]]]:
    """Note every path that Python opens, lists or changes."""
    if _heard not in _hooked:
        sys.addaudithook(_heard)  # it cannot be taken away again, and does nothing while nobody listens
        _hooked.append(_heard)
    found: list[tuple[str, bool]] = []
    _listening.append(found)
    try:
        yield found
    finally:
        _listening.remove(found)


def strayed(answer: Answer, root: Path, mine: set[str]) -> list[tuple[str, bool]]:
    """Return what was touched that a request has no business with.

    Parameters
    ----------
    root
        Folder of the cases.
    mine
        Names of the cases that the request may touch.
    """
    temporary = Path(tempfile.gettempdir())
    ours = [Path(place) for place in {sys.prefix, sys.base_prefix, str(Path(__file__).parents[2])}]
    system = [Path(place) for place in ("/proc", "/sys", "/dev", "/usr/share/zoneinfo", "/etc/localtime")]
    found = []
    for name, writing in answer.touched:
        path = Path(name).resolve()
        if path.is_relative_to(root):
            inside = path.relative_to(root).parts
            fine = not inside or inside[0] in mine
        elif temporary in (path, path.parent):
            fine = True  # uploads wait there
        elif writing:
            fine = "__pycache__" in path.parts or path == Path(os.devnull)
        else:
            fine = any(path.is_relative_to(place) for place in (*ours, *system))
        if not fine:
            found.append((name, writing))
    return found


def as_sent(fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, bytes]]) -> tuple[bytes, str]:
    """Write a form as a browser does: its body and the type of that."""
    if not files:
        return urlencode(fields, errors="replace").encode(), "application/x-www-form-urlencoded"

    def quoted(text: str) -> str:
        return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")

    heads = [f'name="{quoted(name)}"' for name, _ in fields]
    heads += [f'name="files"; filename="{quoted(called)}"' for called, _ in files]
    contents = [
        *(value.encode("utf-8", "replace") for _, value in fields),
        *(content for _, content in files),
    ]
    parts = [
        b"--frontier\r\nContent-Disposition: form-data; "
        + head.encode("utf-8", "replace")
        + b"\r\n\r\n"
        + inside
        for head, inside in zip(heads, contents, strict=True)
    ]
    return b"\r\n".join([*parts, b"--frontier--\r\n"]), "multipart/form-data; boundary=frontier"


@dataclass
class Form:
    """A form of a page: where it is sent, and each field with the values that the page gives it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """A page as a browser takes it apart: its forms, its links, and what must not be there."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.told = ""
        """Its headings and what it says in bold."""
        self.foreign: list[str] = []
        self._inside: list[str] = []
        self._select = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside.append(tag)
        self.foreign += [f"{tag} {name}" for name in given if name.startswith("on") or "fuzz" in name]
        if "fuzz" in tag or (tag == "script" and not given.get("src", "").startswith("/static/")):
            self.foreign.append(tag)
        if tag in ("style", "object", "embed", "base") or "style" in given:
            self.foreign.append(tag)
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            value = given.get(name, "")
            here = value.startswith(("#", "?", "/")) and not value.startswith(("//", "/\\"))
            if value and not here:
                self.foreign.append(f"{tag} {name}={value}")
            if name == "href" and tag == "a":
                self.links.append(value)
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").upper()))
        elif self.forms and "name" in given and tag in ("input", "textarea", "button"):
            self.forms[-1].fields.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self.forms and self._select:
            self.forms[-1].fields.append((self._select, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if "h1" in self._inside[-3:] or "strong" in self._inside[-2:]:
            self.told += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass
