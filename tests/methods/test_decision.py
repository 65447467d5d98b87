"""What a rule asks for and what undoes a lead, against trying every number of votes and choice of stations."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.methods.margin.decision import enough_taken, enough_withheld, fewest, needed
from plebiscope.model.case import Threshold


def meets(rule: Threshold, votes: int, whole: int) -> bool:
    """The rule in words, in whole numbers of hundredths of a per cent."""
    share, asked = 10_000 * votes, int(100 * rule.per_cent) * whole
    return share > asked if rule.more_than else share >= asked


rules = st.builds(
    Threshold,
    per_cent=st.decimals("0.5", 100, places=2),
    of=st.sampled_from(["registered", "valid"]),
    more_than=st.booleans(),
)


@given(rules, st.integers(1, 150))
def test_what_is_needed_is_the_smallest_count_that_meets_the_rule(rule: Threshold, whole: int) -> None:
    least = needed(rule, whole)
    assert meets(rule, least, whole)
    assert not meets(rule, least - 1, whole)


@given(rules, st.integers(1, 150), st.data())
def test_the_numbers_that_make_a_threshold_missed_are_the_smallest(
    rule: Threshold, whole: int, data: st.DataObject
) -> None:
    votes = data.draw(st.integers(1, whole))
    if not meets(rule, votes, whole):
        return
    shrinks = rule.of != "registered"
    tried = [k for k in range(1, votes + 1) if not meets(rule, votes - k, whole - k * shrinks)]
    if tried and (whole > votes or not shrinks):
        assert enough_taken(rule, votes, whole) == tried[0]
    if shrinks and rule.per_cent > 1:
        far = 101 * whole
        assert enough_withheld(rule, votes, whole) == next(
            k for k in range(1, far) if not meets(rule, votes, whole + k)
        )


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=7))
def test_no_smaller_number_of_stations_undoes_the_lead(leads: list[int]) -> None:
    lead = sum(leads)
    if lead <= 0:
        return
    for times in (1, 2):
        found = fewest(times * np.array(leads), lead)
        undone = [
            n for n in range(1, len(leads) + 1) for c in combinations(leads, n) if times * sum(c) >= lead
        ]
        assert found == min(undone)
