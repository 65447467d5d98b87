"""Options whose votes stand in several columns, one for each way of voting, without a total of their own.

"Smith, by post", "Smith, on the day", "Jones, by post", "Jones, on the day": every option comes with every
way. Each column taken for an option would make two options of one, and a column left out would lose votes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plebiscope.intake.columns import Column
from plebiscope.intake.vocabulary import row_mark

_WORD = re.compile(r"\w+")
_BETWEEN = " \n\t-\u2013\u2014:;,./|()[]"
_MOST = 12
"""Most ways of voting that are told apart."""

Group = tuple[Column, ...]


def crossed(columns: Sequence[Column]) -> dict[str, Group]:
    """Find the options that columns hold by way of voting.

    Returns
    -------
    dict
        The columns of each option; empty where not every option comes with every way, in the same order.
    """
    for groups in _groups(columns):
        for last in (True, False):
            told = [_told(group, last) for group in groups]
            options = {option: group for (option, _), group in zip(told, groups, strict=True) if option}
            ways = {way for _, way in told}
            if len(options) == len(groups) and len(ways) == 1 and _are_ways(ways.pop(), groups):
                return options
    return {}


def _groups(columns: Sequence[Column]) -> Iterator[list[Group]]:
    """Divide columns evenly: neighbours are of one option, or every nth is."""
    for ways in range(2, min(_MOST, len(columns) // 2) + 1):
        options, rest = divmod(len(columns), ways)
        if not rest:
            yield [tuple(columns[i * ways : (i + 1) * ways]) for i in range(options)]
            yield [tuple(columns[i::options]) for i in range(options)]


def _told(group: Group, last: bool) -> tuple[str, tuple[str, ...]]:
    """Return the words with which all headers begin (where the ways are ``last``) or end, and the ways."""
    words = [_WORD.findall(column.name) for column in group]
    words = words if last else [each[::-1] for each in words]
    same = 0
    while all(len(each) > same + 1 for each in words) and len({each[same] for each in words}) == 1:
        same += 1
    if not same:
        return "", ()
    ways = tuple(" ".join(each[same:] if last else each[same:][::-1]).casefold() for each in words)
    spans = list(_WORD.finditer(group[0].name))
    name = group[0].name[: spans[same - 1].end()] if last else group[0].name[spans[-same].start() :]
    return name.strip(_BETWEEN), ways


def _are_ways(ways: tuple[str, ...], groups: Sequence[Group]) -> bool:
    """Tell ways of voting from options: at least one is called by a word for one, and none a total."""
    if len({*ways}) < len(ways) or any(row_mark(way) == "total" for way in ways):
        return False
    said = [
        frozenset.intersection(*(_parts(group[i]) for group in groups)) or row_mark(way)
        for i, way in enumerate(ways)
    ]
    return any(said) and len({*said}) > 1


def _parts(column: Column) -> frozenset[str]:
    return frozenset(part for meaning in column.meanings for part in meaning.parts)
