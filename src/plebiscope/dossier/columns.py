"""What became of every column of the files, in words: those that were not read are told of as well."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from plebiscope.model.returns import FileColumn
from plebiscope.model.wording import counted


@dataclass(frozen=True)
class Alike:
    """Columns of a file of which the same became."""

    names: tuple[str, ...]
    file: str
    became: str
    why: str
    todo: str


def elsewhere(columns: Sequence[FileColumn], canonical: Collection[str]) -> list[Alike]:
    """Return the columns that a list of canonical ones does not tell of: used otherwise, or not read."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for one in columns:
        if not set(canonical) & set(one.read_as):
            became = " and ".join(one.read_as) or "not read"
            groups.setdefault((one.file, became, one.why, one.todo), []).append(one.name)
    return [Alike(tuple(names), *told) for told, names in groups.items()]


def summary(columns: Sequence[FileColumn]) -> str:
    """Say how many columns there are, and how many of them were read."""
    unread = sum(not column.read_as for column in columns)
    return f"{counted(len(columns), 'columns')}: {len(columns) - unread:,} read, {unread:,} not read"
