"""JSON becomes a grid of text: one object per line, or one value with a list of objects somewhere in it."""

from __future__ import annotations

import json
from typing import Any

from plebiscope.intake.grid import MAX_COLUMNS, Sheet, grid_of
from plebiscope.intake.sniff import Part
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Quarantined

_DEEPEST = 6
"""Levels of lists and objects that are looked into."""
_FIELDS = 20_000_000
"""Most fields that unfolded records may have together: a small file may ask for very many."""


def objects(part: Part, text: str, encoding: str) -> Sheet:
    """Read JSON lines, or one JSON value with a list of records somewhere in it.

    Raises
    ------
    InputError
        If no record is in it, or records have too many fields.
    """
    records: list[tuple[int, dict[str, Any]]] = []
    broken: list[Quarantined] = []
    whole = _whole_json(text, part.name)
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


def _whole_json(text: str, name: str) -> list[dict[str, Any]] | None:
    """Parse the text as one JSON value and return its longest list of records, or its table of rows."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    best, rows, heads, of = _longest(value)
    if not best and not rows:
        best, _, _, of = _longest(_listed(value))
    if best and all("properties" in record for record in best[:5]):
        best = [record["properties"] for record in best if isinstance(record.get("properties"), dict)]
    if len(rows) > max(1, len(best)) and (table := _under_names(rows, heads)):
        return table
    best = best or ([value] if isinstance(value, dict) else [])
    return _unfolded(best, name, of) or None


def _longest(value: Any) -> tuple[list[dict[str, Any]], list[Any], list[list[Any]], str]:
    """Find the longest list of records, that of rows, other lists, and what the records are of."""
    best: list[dict[str, Any]] = []
    of = ""
    rows: list[Any] = []
    heads: list[list[Any]] = []
    queue: list[tuple[str, Any]] = [("", value)]
    for _ in range(10_000):
        if not queue:
            break
        key, item = queue.pop(0)
        if isinstance(item, list):
            found = [entry for entry in item if isinstance(entry, dict)]
            if len(found) > len(best):
                best, of = found, key
            lists = sum(isinstance(entry, list) for entry in item)
            if item and lists == len(item) > len(rows):
                rows = item
            elif item and not lists:
                heads.append(item)
        elif isinstance(item, dict):
            queue.extend((str(key), entry) for key, entry in item.items() if isinstance(entry, (list, dict)))
    return best, rows, heads, of


def _listed(value: Any, depth: int = 0) -> Any:
    """Make lists of objects that are kept under their names: stations by code, districts by name."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return value
    inner = {key: _listed(entry, depth + 1) for key, entry in value.items()}
    entries = list(inner.values())
    if len(entries) > 1 and all(isinstance(entry, dict) and entry for entry in entries) and _alike(entries):
        key = "name" if not any("name" in entry for entry in entries) else "key"
        return [{key: name} | entry for name, entry in inner.items()]
    each = [entry[0] for entry in entries if isinstance(entry, list) and entry and isinstance(entry[0], dict)]
    if len(entries) > 1 and len(each) == len(entries) and _alike(each):
        return [{"name": name, "entries": entry} for name, entry in inner.items()]
    return inner


def _alike(entries: list[dict[str, Any]]) -> bool:
    """Tell objects of one kind: nearly all have the fields of the first."""
    first = set(entries[0])
    return sum(2 * len(first & set(entry)) > len(first | set(entry)) for entry in entries) > 0.9 * len(
        entries
    )


def _under_names(rows: list[list[Any]], heads: list[list[Any]]) -> list[dict[str, Any]] | None:
    """Put names over the cells of rows: those of a list beside them, else the texts of the first row.

    Open-data portals give the names apart, each alone or in a description of its column.
    """
    width = max(map(len, rows))
    for head in heads:
        if len(head) == width and (names := _names(head)):
            return [dict(zip(names, row, strict=False)) for row in rows]
    names = _names(rows[0]) if len(rows[0]) == width else None
    return [dict(zip(names, row, strict=False)) for row in rows[1:]] if names else None


def _names(head: list[Any]) -> list[str] | None:
    """Return the names in a list of texts or of descriptions, if every one has its own."""
    for key in ("", "name", "title", "label", "field", "id", "key"):
        names = [entry.get(key) if key and isinstance(entry, dict) else entry for entry in head]
        if all(isinstance(name, str) and name.strip() for name in names) and len({*names}) == len(names):
            return [str(name) for name in names]
    return None


def _unfolded(records: list[dict[str, Any]], name: str, of: str, depth: int = 0) -> list[dict[str, Any]]:
    """Make records of the finest kind: the stations in the districts that a file lists.

    A list of objects in every record is unfolded, with what is said of the record written to each; where a
    list names the same things in record after record, as the options, it stays.
    """
    inner = _inner(records) if depth < _DEEPEST else None
    if inner is None:
        return records
    finer: list[dict[str, Any]] = []
    fields = 0
    for record in records:
        # The name of a district, or the title of a contest: what it is of, only the list says.
        rest = {f"{of}.{key}" if of else key: value for key, value in record.items() if key != inner}
        for entry in record.get(inner) or []:
            # Names that come again inside are told apart by the list that they stand in.
            finer.append(rest | {f"{inner}.{key}" if key in rest else key: v for key, v in entry.items()})
            fields += len(finer[-1])
        if fields > _FIELDS:
            met = f"the lists inside the records make more than {_FIELDS:,} fields"
            raise InputError(met, where=name, expected="one record for each station")
    return _unfolded(finer, name, "", depth + 1)


def _inner(records: list[dict[str, Any]]) -> str | None:
    """Find the one field whose lists of objects are the finer records."""
    fields: dict[str, list[list[Any]]] = {}
    for record in records:
        for key, value in record.items():
            if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
                fields.setdefault(key, []).append(value)
    finer = [
        key
        for key, lists in fields.items()
        if len(lists) > 0.5 * len(records) and (_hold_lists(lists) or _name_others(lists))
    ]
    return finer[0] if len(finer) == 1 else None


def _hold_lists(lists: list[list[dict[str, Any]]]) -> bool:
    """Tell lists of objects that hold lists or objects themselves, as stations their options."""
    return any(isinstance(value, (list, dict)) for entry in lists[0][:5] for value in entry.values())


def _name_others(lists: list[list[dict[str, Any]]]) -> bool:
    """Tell lists that name other things in each record from those that name the same options in all."""
    told = [[_named(entry)[0] or json.dumps(entry, sort_keys=True) for entry in each] for each in lists]
    mean = sum(map(len, told)) / len(told)
    return len(told) > 1 and len({name for names in told for name in names}) > 3 * mean


def _flatten(value: Any, path: str, into: dict[str, str | None], depth: int) -> None:
    """Lay nested fields side by side; a list of (name, count) pairs becomes one field per name."""
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else str(key), into, depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
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
