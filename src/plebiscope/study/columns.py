"""What a person said about the columns of a table, as a mapping file or its content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plebiscope.intake import mapping as mappings
from plebiscope.intake.encoding import decode
from plebiscope.intake.sniff import read_bytes


def mapping_table(mapping: str | Path | dict[str, Any]) -> dict[str, Any]:
    """Return what a mapping says as a table, once it is seen that it can be meant."""
    if isinstance(mapping, dict):
        mappings.from_dict(mapping, "mapping")
        return mapping
    path = Path(mapping)
    text, _ = decode(read_bytes(path))
    return mappings.load(text, path.name)


def meant(mapping: str | Path | dict[str, Any] | None) -> mappings.Mapping | None:
    """Return what a mapping means for the columns; nothing where none was given."""
    return None if mapping is None else mappings.from_dict(mapping_table(mapping), "mapping")
