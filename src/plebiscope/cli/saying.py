"""What a command says to whoever called it: steps, notes, complaints and results."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plebiscope.model.errors import InputError

if TYPE_CHECKING:
    from plebiscope.study import Examined


def printable(text: str, instead: str = "\ufffd") -> str:
    """Return a line without what would steer the terminal, which no file is to do."""
    return "".join(letter if letter.isprintable() else instead for letter in text)


def complain(error: InputError) -> None:
    """Say what cannot be used, why, and what to do."""
    print("\n".join(map(printable, f"plebiscope: {error}".split("\n"))), file=sys.stderr)


def remark(remarks: Iterable[str]) -> None:
    """Say what a person should know beside the result."""
    for one in remarks:
        print(f"note: {printable(one)}", file=sys.stderr)


@contextmanager
def progress_shown(quiet: bool, verbose: bool) -> Iterator[Callable[[str], None] | None]:
    """Show the step under way: as lines with -v, as one changing line on a terminal, else not at all."""
    if quiet:
        yield None
    elif verbose:
        yield lambda step: print(f"  {step}", file=sys.stderr, flush=True)
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status(Text("starting")) as status:
            yield lambda step: status.update(Text(step))
    else:
        yield None


def print_json(data: Any) -> None:
    """Print data as JSON on standard output."""
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def deliver(examined: Examined, files: Sequence[Path], quiet: bool, as_json: bool) -> None:
    """Print a dossier as JSON or in short, with the files that it was written to."""
    from plebiscope.dossier.stored import to_json

    if as_json:
        sys.stdout.write(to_json(examined.dossier))
    elif not quiet:
        from plebiscope.dossier.terminal import show

        show(examined.dossier, files)
