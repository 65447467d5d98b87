"""What an estimate gives by geography in parts of reference votes."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from plebiscope.calibrate import parts, reference
from plebiscope.calibrate.parts import Part, allowance

METHOD, EFFECT = "anomalous-votes", "anomalous votes, a ratio for each area"
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("make_parts", BENCHMARKS / "make_parts.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(BENCHMARKS))


def test_the_allowance_is_the_widest_of_all_clean_votes_and_orders() -> None:
    shipped = [part for part in parts.shipped() if part.vote in reference.counted()]
    found = allowance(METHOD, EFFECT)
    assert found is not None
    assert (found.low, found.high) == (min(p.low for p in shipped), max(p.high for p in shipped))
    assert found.votes == len({part.vote for part in shipped}) >= reference.FEWEST
    # Of whole areas, no more than of smaller ones.
    whole = allowance(METHOD, EFFECT, whole_areas=True)
    assert whole is not None
    assert found.low <= whole.low
    assert whole.high <= found.high


def test_no_vote_is_its_own_yardstick_and_few_are_none(monkeypatch) -> None:
    made = tuple(
        Part(vote, METHOD, EFFECT, "x", "main", "highest turnout", -place, place)
        for place, vote in enumerate(reference.counted()[: reference.FEWEST + 1])
    )
    monkeypatch.setattr(parts, "shipped", lambda: made)
    last, one_before = made[-1].vote, made[-2].vote
    assert allowance(METHOD, EFFECT).high == reference.FEWEST
    assert allowance(METHOD, EFFECT, (last,)).high == reference.FEWEST - 1
    assert allowance(METHOD, EFFECT, (last, one_before)) is None
    assert allowance(METHOD, "another estimate") is None


def test_votes_that_are_doubted_are_no_yardstick() -> None:
    doubted = {vote.id for vote in reference.votes() if vote.standing in {"doubted", "annulled"}}
    assert doubted
    assert not doubted & {part.vote for part in parts.shipped()}


def test_the_table_is_read_as_it_was_written() -> None:
    shipped = parts.shipped()
    assert parts.parse(parts.write(shipped)) == shipped


def test_sums_run_from_a_third_of_the_votes_to_all_of_them(script) -> None:
    """Four areas of 10, 10, 20 and 60 votes, and two choices."""
    cast = np.array([10.0, 10, 20, 60])
    votes = np.array([[5.0, 5, 2, 0], [0.0, 0, 4, 6]])
    low, high = script._reach(votes, cast, np.arange(4))
    # The first three hold 40 of 100 votes: 12 or 4 of them; all four: 12 or 10.
    assert (low, high) == (10.0, 30.0)


@pytest.mark.shared
def test_a_vote_of_the_table_can_be_made_again(script, shared) -> None:
    (vote,) = (one for one in script.reference_votes.listed() if one["id"] == "argentina-2015")
    made, _ = script.examine(vote, shared / "data")
    assert parts.parse(parts.write(made)) == tuple(p for p in parts.shipped() if p.vote == "argentina-2015")
