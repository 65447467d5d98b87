"""What lies between two bounds that chance moves is covered as often as it is said."""

from __future__ import annotations

import pytest
from scipy.stats import norm

from plebiscope.kernels.identified import covering


@pytest.mark.parametrize("apart", [0.0, 0.5, 2.0, 20.0])
@pytest.mark.parametrize("errors", [(1.0, 1.0), (1.0, 0.3)])
def test_either_end_is_covered_as_promised(apart: float, errors: tuple[float, float]) -> None:
    """The ends are what is covered least often; both bounds move together, by as many of their errors."""
    low, high = covering(0.0, apart, errors, 0.95)
    for truth in (0.0, apart):
        covered = norm.cdf((truth - low) / errors[0]) - norm.cdf((truth - high) / errors[1])
        assert covered >= 0.95 - 1e-9
        if errors == (1.0, 1.0):
            assert covered == pytest.approx(0.95, abs=1e-6)


def test_without_errors_the_bounds_are_the_ends() -> None:
    assert covering(-1.0, 2.0, (0.0, 0.0), 0.95) == (-1.0, 2.0)
    low, high = covering(-1.0, 2.0, (0.0, 1.0), 0.9)
    assert low == -1.0
    assert high - 2.0 == pytest.approx(-norm.ppf(0.1), abs=0.01)
