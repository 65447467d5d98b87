"""The JSON Schema of ``dossier.json``: as the code has it, and as it is shipped."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from plebiscope.dossier.dossier import Dossier


def schema() -> dict[str, Any]:
    """Return the JSON Schema of ``dossier.json`` as the code has it; a copy of it is shipped."""
    made = Dossier.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plebiscope dossier, schema 1",
        **{key: value for key, value in made.items() if key != "title"},
    }


def published_schema() -> dict[str, Any]:
    """Return the JSON Schema that is shipped with the package."""
    text = resources.files("plebiscope.dossier").joinpath("schema-1.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
