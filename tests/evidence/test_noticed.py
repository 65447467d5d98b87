"""A difference at the limit is noticed 80 times in 100, and is then seen as large enough to matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from plebiscope.evidence.noticed import POWER, least_apart

DRAWS = 20_000


@pytest.mark.parametrize("free", [3.0, 12.0, math.inf])
@pytest.mark.parametrize("least", [0.0, 5.0])
def test_a_difference_at_the_limit_is_noticed_as_often_as_is_said(free: float, least: float) -> None:
    """The error is estimated anew where the limit is told and where the test is made."""
    rng = np.random.default_rng(7)
    told, made = (
        np.ones(DRAWS) if math.isinf(free) else np.sqrt(rng.chisquare(free, DRAWS) / free) for _ in range(2)
    )
    seen = np.array([least_apart(error, least, free=free) for error in told]) + rng.normal(size=DRAWS)
    reach = stats.t.ppf(0.975, free) if not math.isinf(free) else stats.norm.ppf(0.975)
    noticed = np.mean((np.abs(seen) >= reach * made) & (np.abs(seen) >= least))
    # What matters is held to Student's law with the error as told, which asks for a little more or less.
    assert noticed == pytest.approx(POWER, abs=0.012 if math.isinf(free) or not least else 0.06)


def test_what_is_exact_is_noticed_from_what_matters_on() -> None:
    assert least_apart(0.0, 0.5) == 0.5
