"""What a vote leaves on paper beside its table: announcements, and copies of its protocols.

Of a fair vote nothing is hidden in them. Announcements give the sums as they are. Copies say what the table
says, but for slips of the pen, which raise a figure as often as they lower it and do not know whom they help;
so it does not matter whether the slip is the copy's or the table's.

Whatever was done to a vote before the stations signed their forms stands on the forms too. What was done
afterwards does not: copies, and the sum of the forms that was announced on the evening, then say what the
stations counted, and the table says otherwise.
"""

from __future__ import annotations

import dataclasses
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.beside import Copies, Match
from plebiscope.model.case import Totals
from plebiscope.model.method import Subject
from plebiscope.model.returns import Returns
from plebiscope.worlds.ground import World

COPIED = 0.2
"""Share of stations of which there is a copy."""
SLIPS = 0.1
"""Share of copies in which one figure was written wrongly, on either side."""


def with_papers(subject: Subject, world: World, rng: np.random.Generator) -> Subject:
    """Add to a vote what was announced, on the evening and in the end, and copies of some of its protocols.

    Parameters
    ----------
    subject, world
        The vote, and the world it was made from.
    rng
        Chooses stations and slips.
    """
    contest, forms = subject.contest.id, signed(world)
    final = world.totals or (_announced(world, contest, subject.results, "board"),)
    evening = _announced(world, contest, forms, "bulletin")
    return dataclasses.replace(subject, totals=(*final, evening), copies=(copied(world, forms, rng),))


def signed(world: World) -> Returns:
    """Return the table as the stations signed it: the published one, but for what was done afterwards."""
    return world.ground.table(world.forms)


def _announced(world: World, contest: str, table: Returns, source: str) -> Totals:
    sums = table.sums
    votes = {option: sums[option] for option in world.ground.options}
    valid = sums.get("valid", sum(votes.values()))
    known = {name: sums[name] for name in ("registered", "cast", "valid", "invalid") if name in sums}
    turnout = _per_cent(sums["cast"], sums["registered"]) if {"cast", "registered"} <= sums.keys() else None
    shares = {option: _per_cent(count, valid) for option, count in votes.items()}
    return Totals(contest=contest, source=source, votes=votes, shares=shares, turnout=turnout, **known)


def _per_cent(count: int, base: int) -> Decimal:
    exact = Decimal(100 * count) / Decimal(max(base, 1))
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def copied(world: World, forms: Returns, rng: np.random.Generator, part: float = COPIED) -> Copies:
    """Copy some protocols, and change one option's votes by one digit in a few of the copies.

    Parameters
    ----------
    world, forms
        The vote, and its table as the stations signed it: :func:`signed`.
    rng
        Chooses stations and slips.
    part
        Share of stations of which there is a copy, 0 to 1.
    """
    wanted = min(max(1, round(part * len(world.ground))), len(world.ground))
    rows = np.sort(rng.choice(world.ground.rows, wanted, replace=False))
    table = forms.table[rows.tolist()]
    wrong = rng.random(len(rows)) < SLIPS
    place = rng.integers(len(world.ground.options), size=len(rows))
    changed = []
    for number, option in enumerate(world.ground.options):
        votes = table[option].fill_null(0).to_numpy()
        slipped = np.where(wrong & (place == number), _slip(votes, rng), votes)
        changed.append(table[option].clone().scatter(np.arange(len(rows)), slipped))
    returns = dataclasses.replace(forms, table=table.with_columns(changed))
    return Copies("observers", "protocols", returns, Match(rows, {}, "the rows they were copied from"))


def _slip(votes: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Move each count by a digit of its last or last but one place, up as often as down."""
    step = rng.integers(1, 10, size=len(votes)) * 10 ** rng.integers(2, size=len(votes))
    step = np.minimum(step, votes)
    return np.asarray(votes + step * rng.choice([-1, 1], size=len(votes)), dtype=np.int64)
