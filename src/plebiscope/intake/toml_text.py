"""TOML that somebody has written, read so that whatever is wrong with it ends in a message."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from plebiscope.model.errors import InputError

_DEEPEST = 20
"""Tables and lists inside one another; nothing that a case says needs more than seven."""


def parsed(
    text: str, where: str, todo: str | None = None, number: Callable[[str], Any] = Decimal
) -> dict[str, Any]:
    """Read TOML.

    Parameters
    ----------
    text
        The text.
    where
        Name of the file, for complaints.
    todo
        What to do about a text that is no TOML.
    number
        What is made of a number with a point; by default decimals are kept as they were written.

    Raises
    ------
    InputError
        If it is none, or tables lie in one another too deeply to be meant.
    """
    try:
        found = tomllib.loads(text, parse_float=number)
    except (ValueError, ArithmeticError) as error:
        raise InputError(f"this is no valid TOML ({error})", where=where, todo=todo) from None
    except RecursionError:
        raise _too_deep(where) from None
    level: list[Any] = [found]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return found
    raise _too_deep(where)


def _inside(value: Any) -> list[Any]:
    held = value.values() if isinstance(value, dict) else value
    return [one for one in held if isinstance(one, (dict, list))]


def _too_deep(where: str) -> InputError:
    return InputError(
        "tables or lists lie in one another too deeply",
        where=where,
        expected=f"at most {_DEEPEST} of them in one another",
    )
