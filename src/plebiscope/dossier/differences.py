"""In what two dossiers differ: each key and value, and the versions that made them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.stored import compact
from plebiscope.dossier.text import plain


def differences(one: Dossier, other: Dossier) -> list[str]:
    """Name everything in which two dossiers differ, apart from the time they took and the versions used.

    Returns
    -------
    list of str
        Each as ``place: this, that``, the place as keys and positions joined by dots.
    """
    first, second = (made.model_dump(mode="json", by_alias=True) for made in (one, other))
    for made in (first, second):
        made["plebiscope"] = None
        made["made"] = {"seed": made["made"]["seed"]}
    return list(_differences(first, second, ""))


def other_versions(one: Dossier, other: Dossier) -> list[str]:
    """Name the versions that differ, as ``made with Python 3.11.7, here 3.12.1``."""
    first, second = (
        {"plebiscope": d.plebiscope, "Python": d.made.python, **d.made.libraries} for d in (one, other)
    )
    return [
        f"made with {name} {first.get(name, 'not named')}, here {second.get(name, 'none')}"
        for name in dict.fromkeys([*first, *second])
        if first.get(name) != second.get(name)
    ]


def _differences(one: Any, other: Any, place: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            yield from _differences(one.get(key), other.get(key), f"{place}.{key}" if place else key)
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{place}: {len(one)} entries, {len(other)} entries"
        for position, (left, right) in enumerate(zip(one, other, strict=False)):
            yield from _differences(left, right, f"{place}.{position}")
    elif one != other:
        yield f"{place}: {plain(compact(one), 80)}, {plain(compact(other), 80)}"
