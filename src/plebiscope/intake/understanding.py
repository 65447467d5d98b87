"""What the columns of a table were understood to be: quantities, options, and the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plebiscope.intake.columns import Column

Ints = NDArray[np.int64]


class Use(NamedTuple):
    """What became of a column of a file."""

    read_as: tuple[str, ...]
    """What was made of it, or what it was used for; empty where it was not read."""
    why: str
    can_be: str = ""
    """The entry of a mapping that would have it read, where there is one."""


@dataclass(frozen=True)
class Choice:
    """A quantity: the columns that are added to make it (or subtracted, where their sign is -1), and why."""

    columns: tuple[Column, ...]
    why: str
    derived: bool = False
    signs: tuple[int, ...] = ()

    def values(self) -> Ints:
        """Return the counts, missing ones as zero."""
        signs = self.signs or (1,) * len(self.columns)
        total = np.zeros(len(self.columns[0].whole), np.int64)
        for sign, column in zip(signs, self.columns, strict=True):
            total += sign * column.whole
        return total

    def known(self) -> NDArray[np.bool_]:
        """Return where every part is known."""
        return np.asarray(np.stack([column.known for column in self.columns]).all(axis=0), dtype=bool)

    @property
    def places(self) -> set[int]:
        """Places of the columns."""
        return {column.place for column in self.columns}


@dataclass
class Understanding:
    """What the columns of a table were understood to be."""

    quantities: dict[str, Choice] = field(default_factory=dict)
    options: dict[str, Choice] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    checks: list[tuple[str, float]] = field(default_factory=list)
    """Identities that hold, in words, and the share of rows in which each does."""
    extras: dict[str, Column] = field(default_factory=dict)
    """Columns that the user wants kept: groups of stations, the time of report."""
    ignored: frozenset[int] = frozenset()
    """Places of columns that the user wants left out."""

    def used(self) -> set[int]:
        """Return the places of all columns in use."""
        return {place for c in (*self.quantities.values(), *self.options.values()) for place in c.places}

    @property
    def chosen(self) -> tuple[Column, ...]:
        """The columns of the options."""
        return tuple(column for choice in self.options.values() for column in choice.columns)

    def set(
        self, name: str, columns: tuple[Column, ...], why: str, derived: bool = False, less: int = 0
    ) -> None:
        """Decide on a quantity; ``less`` of its columns, the last ones, are subtracted."""
        signs = (1,) * (len(columns) - less) + (-1,) * less if less else ()
        self.quantities[name] = Choice(columns, why, derived, signs)


def share(condition: NDArray[np.bool_]) -> float:
    """Return the share of rows in which something holds, 0 where there is none."""
    return float(np.mean(condition)) if len(condition) else 0.0


def say(rate: float) -> str:
    """Say in how many rows something holds."""
    return "in every row" if rate == 1.0 else f"in {100 * rate:.1f} % of the rows"


def names(columns: Sequence[Column], most: int = 6) -> str:
    """List columns by their headers."""
    text = ", ".join(repr(c.name) for c in columns[:most])
    return text if len(columns) <= most else f"{text} and {len(columns) - most} more"
