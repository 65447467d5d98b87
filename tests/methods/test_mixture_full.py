"""The full posterior agrees with the fast fit on votes drawn from the mixture."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.kernels.class_draw import draw
from plebiscope.kernels.class_fit import fit_both
from plebiscope.kernels.class_law import Grid, Parameters
from plebiscope.kernels.class_totals import totals


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_posterior_means_agree_with_the_fast_estimates():
    pytest.importorskip("numpyro")
    from plebiscope.methods.mixture.full import sample

    grid, rng = Grid(0.1, 0.7), np.random.default_rng(4)
    middle, spread = np.array([0.2, 0.1]), np.array([0.3, 0.4])
    centres = middle + spread * rng.standard_normal((8, 2))
    law = Parameters(
        np.array([np.log(0.3), 0.2, np.log(0.3), -1.0, -2.0, 0.0, -0.5]), centres, middle, spread
    )
    district = np.sort(np.arange(400) % 8)
    stations, _ = draw(rng, rng.integers(150, 2500, 400), district, law, grid)
    _, (fit, _) = fit_both(stations, grid, most=1, rounds=60, close=0.01)
    fast = totals(stations, fit, stations, fit, grid)
    found = sample(stations, grid, seed=1, warmup=200, draws=200)
    assert set(found.r_hat) == set(found.effective) == {"some", "most", "added", "moved"}
    assert max(found.r_hat.values()) < 1.1
    assert min(found.effective.values()) > 30.0
    # A mode and a mean differ by less than a standard error; the sampler's own error is added.
    for place, name in enumerate(("some", "most")):
        error = fast.error[place] / 400
        assert abs(found.prior["even"][name][0] - fast.value[place] / 400) < error + 3.0 * found.draws[
            name
        ].std() / np.sqrt(found.effective[name])
    # A prior under which small shares are likelier cannot raise them, but for the sampler's error.
    assert found.prior["few"]["some"][0] < found.prior["even"]["some"][0] + 0.02
