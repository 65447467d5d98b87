"""What an estimate of votes gives by geography alone in a part of a clean vote that was not drawn by chance.

Areas that fail a test are no random sample: their turnout may be high, their stations small, their figures
round. Geography gives more in such a part than in a whole vote. ``parts.csv`` is made by
``benchmarks/make_parts.py`` from published results: on each reference vote the areas are put in order
(highest turnout first, highest share first, and so on, and by chance), and the estimate is added up over the
first of them, for every number of areas from where they hold a third of the option's votes up to the whole
vote. Of these sums, over every choice that the method leaves open, the lowest and the highest are kept, in
per cent of the option's votes in these areas.

The allowance for a part of the vote under examination is the lowest and the highest over all orders and all
reference votes, the disputed ones too: these can only add to what must be exceeded. An order by the estimate
itself is not among them, nor areas that fail a test: no area of these votes did.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import TypeAdapter

from plebiscope.calibrate import reference

LEAST = 1.0 / 3.0
"""Part of the option's votes that the areas hold, at least: of smaller parts the allowance says nothing."""

Kind = Literal["main", "finest"]
"""Areas by which places are compared, or the smallest that still hold eight stations."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an estimate came to in parts of a reference vote."""

    vote: str
    method: str
    effect: str
    option: str
    areas: Kind
    order: str
    """How the areas were put in order."""
    low: float
    high: float
    """Lowest and highest sum, in per cent of the option's votes in the same areas."""


_PARTS = TypeAdapter(tuple[Part, ...])


@dataclass(frozen=True, slots=True)
class Allowance:
    """What geography alone gives in a part of a vote, in per cent of the option's votes there."""

    low: float
    high: float
    votes: int
    """Number of reference votes."""
    on: str
    order: str
    """Order of the areas that gave the highest."""


def allowance(
    method: str, effect: str, besides: tuple[str, ...] = (), *, whole_areas: bool = False
) -> Allowance | None:
    """Say what geography alone gives in a part of a vote that holds a third of the option's votes or more.

    Parameters
    ----------
    method, effect
        The estimate: method id, and name of the effect.
    besides
        Ids of reference votes to leave out.
    whole_areas
        Whether the part is made of whole areas of the kind by which places are compared; of smaller ones,
        geography can give more.

    Returns
    -------
    Allowance or None
        None where fewer reference votes than can be a yardstick have it.
    """
    kept = reference.counted(besides)
    found = [
        part
        for part in shipped()
        if (part.method, part.effect) == (method, effect)
        and part.vote in kept
        and (part.areas == "main" or not whole_areas)
    ]
    names = dict.fromkeys(part.vote for part in found)
    if len(names) < reference.FEWEST:
        return None
    most = max(found, key=lambda part: part.high)
    lowest = min(part.low for part in found)
    return Allowance(lowest, most.high, len(names), reference.described(names, besides), most.order)


def write(parts: Iterable[Part]) -> str:
    """Write the table: one part a line, four digits."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(Part)], lineterminator="\n")
    writer.writeheader()
    for part in parts:
        writer.writerow(asdict(part) | {"low": f"{part.low:.4g}", "high": f"{part.high:.4g}"})
    return out.getvalue()


def parse(text: str) -> tuple[Part, ...]:
    """Read the table back."""
    return _PARTS.validate_python(tuple(csv.DictReader(io.StringIO(text))))


@cache
def shipped() -> tuple[Part, ...]:
    """Return the table that is shipped with the package."""
    return parse(resources.files("plebiscope.calibrate").joinpath("parts.csv").read_text("utf-8"))
