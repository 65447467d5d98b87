"""Starts the workbench on this machine."""

from __future__ import annotations

import secrets
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn

from plebiscope.model.errors import InputError
from plebiscope.web.app import workbench

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
        Whether the address is opened in the browser.

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
    if browser:
        webbrowser.open(address)
    config = uvicorn.Config(
        workbench(root, token, hosts), log_level="warning", access_log=False, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listening])


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
