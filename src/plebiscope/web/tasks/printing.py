"""A dossier is printed into a PDF by the browser of this machine, which runs unseen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plebiscope.dossier.page.rendering import render
from plebiscope.dossier.stored import load
from plebiscope.dossier.write import DATA, PAGE
from plebiscope.model.errors import InputError
from plebiscope.web.folders import DOSSIER, CaseFolder

PDF = "dossier.pdf"
SECONDS = 300
"""Seconds that the browser may take; a hundred pages take it five."""
_NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "microsoft-edge-stable", "msedge", "brave-browser",
)  # fmt: skip
_PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
    ),
}
_FLAGS = (
    "--headless=new", "--disable-gpu", "--disable-extensions", "--disable-sync", "--no-first-run",
    "--no-default-browser-check", "--no-pings", "--disable-background-networking",
    "--disable-component-update", "--disable-default-apps", "--disable-dev-shm-usage",
    # The page asks for nothing; should the browser itself want to, no name of a machine is found.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline",
)  # fmt: skip


def browser() -> str | None:
    """Find a browser of this machine that can print into a file; null where there is none."""
    found = (shutil.which(name) for name in _NAMES)
    placed = (place for place in _PLACES.get(sys.platform, ()) if Path(place).is_file())
    return next((one for one in found if one), None) or next(placed, None)


def print_dossier(folder: Path, given: dict[str, Any], say: Callable[..., None]) -> dict[str, Any]:
    """Print the dossier of a case into :data:`PDF`, in the folder that the workbench keeps for itself.

    The page is made anew from the data, so that nothing that somebody has written into the page on disk is
    run by a browser that may read files.

    Raises
    ------
    InputError
        If there is no browser, or it prints nothing.
    """
    program = browser()
    if program is None:
        raise InputError(
            "no browser of this machine can make a PDF by itself",
            expected="Chromium, Chrome or Edge",
            todo="open the dossier's own page and print it from your browser, into a file",
        )
    say(step="drawing the page")
    text = render(load(folder / DOSSIER / DATA))
    case = CaseFolder(folder)
    place = case.printing()
    page, made = place / PAGE, place / PDF
    try:
        page.write_text(text, encoding="utf-8", newline="\n")
        say(step="printing")
        said = _print(program, page, made, place / "profile")
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF"):
            raise InputError(
                f"{Path(program).name} made no PDF ({said or 'it said nothing'})",
                todo="open the dossier's own page and print it from your browser, into a file",
            )
        made.replace(case.kept(PDF))
    finally:
        case.clear_printing()
    return {}


def _print(program: str, page: Path, made: Path, profile: Path) -> str:
    """Let the browser print, and return the last that it said."""
    # A browser refuses to lock itself in where it runs as root, as in most containers.
    as_root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    command = [
        program, *_FLAGS, *as_root, f"--user-data-dir={profile.absolute()}",
        f"--print-to-pdf={made.absolute()}", page.absolute().as_uri(),
    ]  # fmt: skip
    said = made.with_name("said")
    try:
        # Not a pipe: programs that the browser has started may hold it open when it is long gone.
        with said.open("wb") as heard:
            subprocess.run(  # noqa: S603 - a browser of this machine, and paths of our own
                command,
                stdin=subprocess.DEVNULL,
                stdout=heard,
                stderr=heard,
                timeout=SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return f"it was not done after {SECONDS} seconds"
    except OSError as error:
        return error.strerror or str(error)
    lines = said.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
