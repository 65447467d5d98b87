"""What must hold on real votes, whatever their truth: halves agree, and shuffled tables show nothing by area.

Stations put into two halves by chance differ by chance alone, so that a difference of two estimates must vary
as much as their intervals say. Where whole rows of counts are dealt out again among stations of like size,
no area can stand out and no order means anything, whatever happened at the vote.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from plebiscope import catalogue, study
from plebiscope.calibrate import fair as calibration
from plebiscope.calibrate.multiplicity import correct
from plebiscope.calibrate.table import worth_naming
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject
from plebiscope.model.returns import QUANTITIES, Returns

pytestmark = [pytest.mark.slow, pytest.mark.shared]
VOTES = {
    "taiwan": ("taiwan-2018-referendum-q16/rfprof.csv",),
    "poland": ("poland-2007-sejm/ws2007_komisje.csv", "poland-2007-sejm/ws2007_komisje_wyniki.csv"),
}
SPLITS, SHUFFLES = 40, 60
ALIKE = 50
"""Stations of like size among which rows are dealt out again."""


@pytest.fixture(scope="module", params=VOTES)
def returns(request, shared: Path) -> Returns:
    found = study.read(*(shared / "data" / name for name in VOTES[request.param]), contest="vote").returns
    return dataclasses.replace(found, table=found.table[np.flatnonzero(found.ordinary).tolist()])


def asked(method: str, returns: Returns, favoured: str, seed: int):
    contest = Contest(id="vote", name="A vote", options=returns.options, favoured=favoured)
    subject = Subject(contest, returns, ())
    return calibration.ask(catalogue.load(method), subject, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("method", "effect"),
    [
        ("integer-percentages", "excess"),
        ("straddle", "just reached less just missed"),
        ("digits", "excess of counts that end in two equal digits"),
    ],
)
def test_two_halves_of_a_vote_differ_by_as_much_as_their_intervals_say(returns, method, effect):
    """Of 40 splits a question may be off by more than two errors in seven: a twentieth and four errors."""
    apart: dict[tuple[str, str | None], list[float]] = {}
    for split in range(SPLITS):
        order = np.random.default_rng([7, split]).permutation(len(returns))
        halves = []
        for rows in np.array_split(order, 2):
            half = dataclasses.replace(returns, table=returns.table[np.sort(rows).tolist()])
            halves.append(
                {
                    (one.quantity, one.option): found
                    for one in asked(method, half, returns.leader, split)
                    if one.status == "tested" and one.scope.level == "contest"
                    for found in (one.effect, *one.effects)
                    if found is not None and found.name == effect
                }
            )
        for question in halves[0].keys() & halves[1].keys():
            one, other = (half[question] for half in halves)
            error = np.hypot(one.high - one.low, other.high - other.low) / (2 * 1.96)
            apart.setdefault(question, []).append((one.value - other.value) / error)
    assert apart
    for question, off in apart.items():
        assert len(off) == SPLITS, question
        assert np.count_nonzero(np.abs(off) > 1.96) <= 7, question
        assert 0.6 < np.sqrt(np.mean(np.square(off))) < 1.4, question


def shuffled(returns: Returns, seed: int) -> Returns:
    """Deal whole rows of counts out again among stations of like size, all over the country."""
    size = returns.table["registered"].fill_null(0).to_numpy()
    rng = np.random.default_rng([8, seed])
    order = np.lexsort((rng.random(len(size)), size))
    taken = np.empty(len(size), dtype=np.int64)
    for place in np.array_split(order, max(1, len(size) // ALIKE)):
        taken[place] = rng.permutation(place)
    names = [name for name in (*QUANTITIES, *returns.options) if name in returns.table.columns]
    dealt = returns.table.select(names)[taken.tolist()]
    return dataclasses.replace(returns, table=returns.table.with_columns(dealt.get_columns()))


@pytest.mark.parametrize("method", ["identical-results", "dispersion", "straddle"])
def test_a_shuffled_vote_shows_nothing_by_area_or_by_order(returns, method):
    """In nine of 60 shuffles something may be named: a twentieth and four errors."""
    named = 0
    for shuffle in range(SHUFFLES):
        answers = asked(method, shuffled(returns, shuffle), returns.leader, shuffle)
        if method == "straddle":  # what it asks about the whole vote is the same in every shuffle
            answers = [one for one in answers if one.scope.level == "area"]
        assert answers
        log10_q = correct(answers).log10_q
        named += any(log10_q.get(one.id, 0.0) < np.log10(0.05) and worth_naming(one) for one in answers)
    assert named <= 9
