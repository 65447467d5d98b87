"""What counts say of shares: the duality of binomial and beta law, and ranks that are even in the mean."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit
from scipy.stats import binom

from plebiscope.worlds.reading import Above, counted, part


@pytest.mark.parametrize("share", [0.03, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("people", [20, 60])
def test_ends_of_a_rank_are_those_of_the_binomial_law(people, share):
    """The first order of Edgeworth errs by some hundredths at most, where nobody or one is counted."""
    counts = np.arange(people + 1)
    reading = counted(counts, np.full(people + 1, people))
    bound = np.full(people + 1, logit(share))
    for law, below in ((reading.low, counts - 1), (reading.high, counts)):
        found, exact = Above(law, 0.0)(bound), binom.cdf(below, people, share)
        assert found[reading.coarse] == pytest.approx(exact[reading.coarse], abs=0.03)


@pytest.mark.parametrize("share", [0.03, 0.5, 0.97])
def test_half_of_what_counts_stand_for_lies_above_the_middle(share):
    counts = np.arange(41)
    reading = counted(counts, np.full(41, 40))
    bound = np.full(41, logit(share))
    beyond = part(Above(reading.low, 0.0)(bound), Above(reading.high, 0.0)(bound), 0.5, 2.0)
    assert (beyond * binom.pmf(counts, 40, share)).sum() == pytest.approx(0.5, abs=0.03)


def test_a_part_of_a_stretch():
    low, high = np.array([0.0, 0.4, 0.6, 0.2, 0.7]), np.array([1.0, 0.8, 0.9, 0.3, 0.7])
    assert part(low, high, 0.5, 1.0) == pytest.approx([0.5, 0.75, 1.0, 0.0, 1.0])
