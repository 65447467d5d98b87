"""JSON becomes a grid of text: one object per line, or one value with a list of objects somewhere in it."""

from __future__ import annotations

import json
from typing import Any

from plebiscope.intake.grid import MAX_COLUMNS, Sheet, grid_of
from plebiscope.intake.sniff import Part
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Quarantined


def objects(part: Part, text: str, encoding: str) -> Sheet:
    """Read JSON lines, or one JSON value with a list of records somewhere in it.

    Raises
    ------
    InputError
        If no record is in it, or records have too many fields.
    """
    records: list[tuple[int, dict[str, Any]]] = []
    broken: list[Quarantined] = []
    whole = _whole_json(text)
    if whole is not None:
        records = [(i + 1, record) for i, record in enumerate(whole)]
        kind = "JSON"
    else:
        kind = "JSON lines"
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                value = None
            if isinstance(value, dict):
                records.append((number, value))
            else:
                broken.append(Quarantined(number, "this line is no JSON record", line[:500]))
    if not records:
        raise InputError("no JSON record in the file", where=part.name, expected="one JSON object per line")
    names: dict[str, int] = {}
    flat: list[tuple[int, dict[str, str | None]]] = []
    for line_number, record in records:
        row: dict[str, str | None] = {}
        _flatten(record, "", row, 0)
        for key in row:
            names.setdefault(key, len(names))
        if len(names) > MAX_COLUMNS:
            raise InputError(f"the records have more than {MAX_COLUMNS:,} fields", where=part.name)
        flat.append((line_number, row))
    order = list(names)
    grid = grid_of(
        part.name,
        ((line, [row.get(key) for key in order]) for line, row in flat),
        broken,
        encoding=encoding,
        format=kind,
    )
    return Sheet(grid.name, grid.cells, grid.lines, grid.widths, tuple(order), grid.broken, encoding, kind)


def _whole_json(text: str) -> list[dict[str, Any]] | None:
    """Parse the text as one JSON value and return its longest list of records."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    best: list[dict[str, Any]] = []
    queue: list[Any] = [value]
    for _ in range(10_000):
        if not queue:
            break
        item = queue.pop(0)
        if isinstance(item, list):
            found = [entry for entry in item if isinstance(entry, dict)]
            if len(found) > len(best):
                best = found
        elif isinstance(item, dict):
            queue.extend(entry for entry in item.values() if isinstance(entry, (list, dict)))
    if best and all("properties" in record for record in best[:5]):
        best = [record["properties"] for record in best if isinstance(record.get("properties"), dict)]
    return best or ([value] if isinstance(value, dict) else None)


def _flatten(value: Any, path: str, into: dict[str, str | None], depth: int) -> None:
    """Lay nested fields side by side; a list of (name, count) pairs becomes one field per name."""
    if isinstance(value, dict) and depth < 6:
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else str(key), into, depth + 1)
    elif isinstance(value, list) and depth < 6:
        for i, inner in enumerate(value[:500]):
            label, rest = _named(inner)
            if label is not None:
                for key, number in rest.items():
                    _flatten(number, label if len(rest) == 1 else f"{label}.{key}", into, depth + 1)
            else:
                _flatten(inner, f"{path}.{i + 1}", into, depth + 1)
    elif value is None or isinstance(value, bool):
        into[path] = None if value is None else str(value).lower()
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        into[path] = str(int(value))
    else:
        into[path] = str(value).strip()[:2000] or None


def _named(value: Any) -> tuple[str | None, dict[str, Any]]:
    """Recognise ``{"name": "Yes", "votes": 12}``: one text and numbers beside it."""
    if not isinstance(value, dict):
        return None, {}
    texts = [v for v in value.values() if isinstance(v, str) and not v.replace(".", "").isdigit()]
    numbers = {k: v for k, v in value.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}
    return (texts[0], numbers) if len(texts) == 1 and numbers else (None, {})
