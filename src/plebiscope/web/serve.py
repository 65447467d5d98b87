"""Starts the workbench on this machine."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn

from plebiscope.model.errors import InputError
from plebiscope.web.app import workbench
from plebiscope.web.guard import going_on

HOST = "127.0.0.1"
PORT = 8517
"""The port that is tried where none is asked for; where it is taken, the system picks one."""


def serve(root: Path, port: int | None, tell: Callable[[str], None], *, browser: bool = False) -> None:
    """Serve the workbench until it is stopped.

    Parameters
    ----------
    root
        Folder that holds the folders of the cases.
    port
        Port to listen on; null for the usual one, or any that is free.
    tell
        Told the address, with its token.
    browser
        Whether the address is opened in the browser. The command line of a browser can be read by every
        user of the machine, so it is given a file that leads there and that nobody else can read.

    Raises
    ------
    InputError
        If the port asked for is taken.
    """
    listening = _listen(port)
    number = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    hosts = [f"{HOST}:{number}", f"localhost:{number}"]
    address = f"http://{HOST}:{number}/?token={token}"
    tell(address)
    config = uvicorn.Config(
        workbench(root, token, hosts), log_level="warning", access_log=False, server_header=False
    )
    with listening, _leading_to(address, root) if browser else contextlib.nullcontext() as page:
        if page is not None:
            webbrowser.open(page.resolve().as_uri())
        uvicorn.Server(config).run(sockets=[listening])


@contextlib.contextmanager
def _leading_to(address: str, folder: Path) -> Iterator[Path | None]:
    """Make a page that leads to an address and that only its maker can read, and remove it in the end.

    It lies beside the cases, because some systems show their browsers no temporary files. Null where that is
    not possible; the address was told in any case.
    """
    page = None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".html", ".open-", folder)
        page = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(going_on(address))
    except OSError:
        yield None
    else:
        yield page
    finally:
        if page is not None:
            page.unlink(missing_ok=True)


def _listen(port: int | None) -> socket.socket:
    for number in (PORT, 0) if port is None else (port,):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, number))
        except OSError:
            listening.close()
            continue
        return listening
    raise InputError(
        f"the port {port} is taken or not allowed", todo="choose another one with --port, or leave it out"
    )
