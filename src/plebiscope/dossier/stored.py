"""``dossier.json`` as a file: written in one way only, and read back, also from older versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from plebiscope.dossier.dossier import Dossier
from plebiscope.model.errors import InputError


def to_json(dossier: Dossier) -> str:
    """Write the canonical JSON: keys in the order of the schema, one record a line, null or finite.

    Two runs with the same inputs give the same text, apart from ``made.seconds``.
    """
    parts = []
    for key, value in dossier.model_dump(mode="json", by_alias=True).items():
        if isinstance(value, list) and value:
            body = "[\n" + ",\n".join(compact(item) for item in value) + "\n]"
        else:
            body = compact(value)
        parts.append(f"{compact(key)}: {body}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def from_json(text: str, *, where: str | None = None) -> Dossier:
    """Read a dossier back, also one that an older version wrote.

    Raises
    ------
    InputError
        If it is not a dossier of schema 1.
    """
    try:
        return Dossier.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file as a whole"
        raise InputError(
            f"not a dossier that this version can read: {place}: {first['msg']}",
            where=where,
            expected="dossier.json, schema 1, as written by `plebiscope examine`",
            todo="make the dossier again from its sources, or use the version of plebiscope that wrote it",
        ) from None


def load(path: Path) -> Dossier:
    """Read ``dossier.json`` from a file.

    Raises
    ------
    InputError
        If the file is missing, unreadable or not a dossier.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}", where=str(path), expected="a dossier.json", todo="check the path"
        ) from None
    return from_json(text, where=str(path))


def compact(value: Any) -> str:
    """Write a value as JSON without blanks; what is not finite is an error."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
