"""The commands to begin with: a case to fill in, the methods there are, the workbench."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plebiscope.cli.options import AsJson
from plebiscope.cli.saying import print_json
from plebiscope.model.errors import InputError


def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the case.")]) -> None:
    """Write a commented case.toml to fill in."""
    from plebiscope.intake.case_file import TEMPLATE

    path = folder / "case.toml"
    if path.exists():
        raise InputError("there is a case.toml already", where=str(folder), todo="choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", where=str(path)) from None
    print(f"written: {path}\nFill it in, put the files beside it, then: plebiscope examine {folder}")


def methods(
    name: Annotated[str | None, typer.Argument(metavar="ID", help="Id of a method, for its page.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the methods, or show one method's page."""
    from plebiscope import catalogue

    if name is not None:
        print(catalogue.page(name))
        return
    found = [catalogue.load(key) for key in catalogue.modules()]
    if as_json:
        rows = [
            {"id": m.id, "title": m.title, "question": m.question, "tier": m.tier, "null": m.null}
            for m in found
        ]
        print_json(rows)
        return
    width = max(len(m.id) for m in found)
    for method in found:
        print(f"{method.id:<{width}}  tier {method.tier}  {method.question}")
    print()
    for tier, meaning in catalogue.TIERS.items():
        print(f"{tier}: {meaning}.")
    print("One method's page: plebiscope methods ID")


def serve(
    cases: Annotated[
        Path, typer.Option("--cases", metavar="DIR", help="Folder that holds the folders of the cases.")
    ] = Path("plebiscope-cases"),
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port of 127.0.0.1; by default 8517, or a free one."),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Open the workbench: the whole road in the browser, on this machine only."""
    from plebiscope.web.serve import serve as start

    def tell(address: str) -> None:
        print(f"The workbench is open, for this machine only:\n  {address}\nStop it with Ctrl+C.", flush=True)

    start(cases, port, tell, browser=browser)
