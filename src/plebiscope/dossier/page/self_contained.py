"""Style and script are inside the page, and a policy forbids everything else."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files


@cache
def asset(file: str) -> str:
    """Return the text of a file that lies beside the templates."""
    return files("plebiscope.dossier").joinpath("templates", file).read_text("utf-8")


def closed_up(text: str) -> str:
    """Leave out the empty lines."""
    return re.sub(r"\n\s*\n", "\n", text)


def policy_of(style: str, script: str) -> str:
    """Return the content security policy under which this style and this script may act, and no other."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        f"img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
