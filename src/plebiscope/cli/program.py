"""The program: which commands it has, in which order, and how it ends."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from plebiscope.cli.dossiers import compare, mask, verify
from plebiscope.cli.examining import demo, examine, totals
from plebiscope.cli.reading import conduct, read
from plebiscope.cli.saying import complain
from plebiscope.cli.simulating import power, simulate
from plebiscope.cli.starting import methods, new, serve
from plebiscope.model.errors import InputError

app = typer.Typer(
    name="plebiscope",
    help="How far can this vote be believed, and what exactly is the evidence?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# In the order in which --help lists them.
for command in (
    demo,
    examine,
    read,
    conduct,
    totals,
    power,
    new,
    methods,
    simulate,
    serve,
    compare,
    mask,
    verify,
):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        from plebiscope.version import __version__

        print(f"plebiscope {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """How far can this vote be believed, and what exactly is the evidence?"""


def main() -> None:
    """Run the command line; the exit code is 0, 2 for input that cannot be used, 1 for our own fault."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a letter gets a substitute, not a crash.
            stream.reconfigure(errors="replace")
    # Read when numpy is imported. Its products are small: threads beside the first only wait, and burn the
    # time of a processor that has other work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app(standalone_mode=True)
    except InputError as error:
        complain(error)
        raise SystemExit(2) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
