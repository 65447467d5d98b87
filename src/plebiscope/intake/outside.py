"""Has a file taken apart by a program of its own, which may come to grief over it.

Readers of binary formats trust what a file says of itself. What a damaged or hostile one makes them do ends
the program :mod:`plebiscope.intake.child` and not ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from plebiscope.model.errors import InputError

_CHILD = Path(__file__).with_name("child.py")
_PATIENCE = 300
"""Seconds after which a reader is not waited for any longer."""
_LESS_PATIENCE = {"page": 60, "pdf": 120, "docx": 60}
"""The same for web pages, of which half a million rows take five, and for reports: what takes longer is meant
to."""
_CALLED = {
    "workbook": "the workbook",
    "parquet": "the Parquet file",
    "rdata": "the R data file",
    "page": "the web page",
    "7z": "the archive",
    "pdf": "the PDF",
    "docx": "the Word document",
}
_ADVICE = {
    "rdata": "open it in R, and save the data frame with the results again or export it as CSV",
    "page": "open it in a spreadsheet program, and save the table as xlsx or CSV",
    "7z": "unpack it and pass the table",
    "pdf": "save its text as .txt (pdftotext does it) and pass that; pictures of pages need OCR before",
    "docx": "open it in a word processor, save it again as .docx or .txt, and pass that",
}


def take_apart(kind: str, data: bytes, where: str, limit: int, most: int) -> list[tuple[str, bytes]]:
    """Have a file taken apart.

    Parameters
    ----------
    kind
        ``workbook``, ``parquet``, ``rdata``, ``page`` (as UTF-8), ``7z``, ``pdf`` or ``docx``.
    limit
        Most bytes that may come out.
    most
        Most pieces that may come out.

    Returns
    -------
    list of (str, bytes)
        Name and content of each piece: an Arrow frame of text, or the bytes of an archive's member; of a
        report its ``text`` as UTF-8 and the ``facts`` of its file as JSON.

    Raises
    ------
    InputError
        If nothing came out.
    """
    patience = min(_PATIENCE, _LESS_PATIENCE.get(kind, _PATIENCE))
    try:
        done = subprocess.run(  # noqa: S603 - no input chooses the program: this Python, our file
            [sys.executable, "-P", str(_CHILD), kind, str(limit), str(most)],
            input=data,
            capture_output=True,
            timeout=patience,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=False,
        )
        head, _, body = done.stdout.partition(b"\n")
        said = json.loads(head) if done.returncode == 0 else {}
    except subprocess.TimeoutExpired:
        said, body = {"error": [f"its reader was not done after {patience} seconds"]}, b""
    except ValueError:
        said, body = {}, b""
    if not isinstance(said, list):
        problem = str(said.get("error", ["its reader broke down over it"])[0])[:200]
        raise InputError(
            f"{_CALLED[kind]} cannot be read ({problem})",
            where=where,
            todo=_ADVICE.get(kind, "open it in a program that can, and save it again or export CSV"),
        )
    pieces, at = [], 0
    for name, size in said:
        pieces.append((name, body[at : at + size]))
        at += size
    return pieces
