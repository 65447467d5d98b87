"""Whether a file is a case file, or one with decisions on the statements of reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from plebiscope.intake.encoding import decode
from plebiscope.intake.sniff import read_bytes
from plebiscope.intake.toml_text import parsed
from plebiscope.model.errors import InputError

MODEL = "the file that `plebiscope new DIR` writes"

REVIEWS = ("review.csv", "review.toml")
"""Names under which a review file is found beside a case file."""


def toml(path: Path) -> dict[str, Any]:
    """Read a TOML file."""
    return parsed(decode(read_bytes(path))[0], path.name, f"compare it with {MODEL}")


def is_review(path: Path) -> bool:
    """Tell a file with decisions on statements by its content: a list of them, or the header of a table."""
    if path.suffix.lower() == ".toml":
        return "decision" in toml(path)
    if path.suffix.lower() not in (".csv", ".tsv", ".txt") or not path.is_file():
        return False
    with path.open("rb") as file:
        text, _ = decode(file.read(4096))
    first = next((line for line in text.lower().splitlines() if line.strip(" ,;\t")), "")
    header = {cell.strip(' "') for cell in re.split(r"[,;\t]", first.strip())}
    return {"decision", "words", "statement", "new_code"} <= header


def only_review(paths: Sequence[Path]) -> Path | None:
    """Return the review file.

    Raises
    ------
    InputError
        If there are two.
    """
    if len({path.resolve() for path in paths}) > 1:
        raise InputError(
            "there are two review files",
            where=" and ".join(str(path) for path in paths),
            expected="one file with the decisions on all reports",
        )
    return paths[0] if paths else None


def is_case(path: Path) -> bool:
    """Tell a case file from another TOML file."""
    return path.name == "case.toml" or "contest" in toml(path)
