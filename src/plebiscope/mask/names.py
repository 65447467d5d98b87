"""A list of names to be masked, as somebody writes it."""

from __future__ import annotations

from pathlib import Path

from plebiscope.model.errors import InputError

MOST = 5_000
"""Names on one list."""
_SHORTEST = 2
"""Letters and digits of a name."""


def read(path: Path) -> tuple[tuple[str, ...], ...]:
    """Read a list from a file.

    Raises
    ------
    InputError
        If it cannot be read, or holds no name.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}", where=str(path), expected="a text file in UTF-8, one name a line"
        ) from None
    return parse(text, str(path))


def parse(text: str, where: str) -> tuple[tuple[str, ...], ...]:
    """Read a list: one name a line, further ways to write it behind semicolons; ``#`` begins a remark.

    Parameters
    ----------
    text
        The list.
    where
        What it is called in a message.

    Raises
    ------
    InputError
        If it holds no name, too many, or one that is too short to be looked for.
    """
    lines = [line.partition("#")[0] for line in text.splitlines()]
    found = [tuple(dict.fromkeys(part.strip() for part in line.split(";") if part.strip())) for line in lines]
    named = [names for names in found if names]
    if not 0 < len(named) <= MOST:
        raise InputError(
            f"{len(named) or 'no'} names are listed",
            where=where,
            expected=f"one name a line, at most {MOST:,}",
        )
    for names in named:
        for one in names:
            if sum(letter.isalnum() for letter in one) < _SHORTEST or one.isdigit():
                raise InputError(
                    f"{one!r} is too short, or a bare number: it would be found everywhere",
                    where=where,
                    expected="names of at least two letters",
                )
    return tuple(named)
