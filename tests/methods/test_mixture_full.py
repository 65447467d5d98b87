"""The full posterior agrees with the fast fit on votes drawn from the mixture, and is made of a table."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from plebiscope.kernels.class_draw import draw
from plebiscope.kernels.class_fit import fit_both
from plebiscope.kernels.class_law import Grid, Parameters
from plebiscope.kernels.class_totals import totals
from plebiscope.methods.mixture.full import TOLD, Sampled, posterior
from plebiscope.model.errors import InputError


def table(make, stations=320, seed=2):
    """Return a table of a vote with ballots added, and the shares of its stations in both classes."""
    grid, rng = Grid(0.1, 0.7), np.random.default_rng(seed)
    middle, spread = np.array([0.2, 0.1]), np.array([0.3, 0.4])
    centres = middle + spread * rng.standard_normal((8, 2))
    values = np.array([np.log(0.3), 0.2, np.log(0.3), -1.0, -2.0, 0.0, -0.5])
    law = Parameters.known(values, centres, middle, spread)
    district = np.sort(np.arange(stations) % 8)
    drawn, truth = draw(rng, rng.integers(150, 2500, stations), district, law, grid)
    cast = (drawn.others + drawn.votes).astype(int)
    columns = {
        "area": [f"area {at}" for at in district],
        "registered": (drawn.away + cast).astype(int),
        "cast": cast,
        "YES": drawn.votes.astype(int),
        "NO": drawn.others.astype(int),
    }
    return make(columns, ["YES", "NO"], ["area"]), truth.mean(axis=0)[:2]


def made_up(**given):
    prior = dict.fromkeys(TOLD, (0.1, 0.05, 0.2))
    return Sampled(
        draws={name: np.full((2, 10), 0.1) for name in TOLD},
        r_hat={**dict.fromkeys(TOLD, 1.002), **given.get("r_hat", {})},
        effective={**dict.fromkeys(TOLD, 300.0), **given.get("effective", {})},
        divergences=given.get("divergences", 0),
        prior={"even": prior, "few": prior},
    )


def test_draws_are_usable_where_chains_agree_are_long_and_kept_their_path():
    assert made_up().usable()
    assert not made_up(r_hat={"most": 1.015}).usable()
    assert not made_up(effective={"added": 60.0}).usable()
    assert not made_up(divergences=1).usable()


def test_what_is_missing_is_said(make_returns, monkeypatch):
    returns, _ = table(make_returns)
    with pytest.raises(InputError, match="no option “MAYBE”"):
        posterior(returns, "MAYBE")
    few, _ = table(make_returns, 200)
    columns = {name: returns.table[name].to_list() for name in ("area", "cast", "YES", "NO")}
    bare = make_returns(columns, ["YES", "NO"], ["area"])
    with pytest.raises(InputError, match="300 stations are needed"):
        posterior(few)
    with pytest.raises(InputError, match="this table lacks registered"):
        posterior(bare)
    for name in ("jax", "numpyro"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError) as met:
        posterior(returns)
    assert met.value.todo is not None
    assert "plebiscope[bayes]" in met.value.todo


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_table_gives_its_posterior(make_returns):
    pytest.importorskip("numpyro")
    returns, classes = table(make_returns)
    found = posterior(returns, "YES", seed=3, warmup=100, draws=100)
    # At one of the 320 stations nobody abstained; it is left out, as the method does.
    assert (found.option, found.stations, found.of) == ("YES", 319, 319)
    for name, true in zip(("some", "most"), classes, strict=True):
        low, high = found.sampled.prior["even"][name][1:]
        assert low - 0.02 < true < high + 0.02
    text = str(found)
    assert "usable" in text
    assert "share of stations, most added" in text
    assert len(text.splitlines()) == 2 + len(TOLD)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_posterior_means_agree_with_the_fast_estimates():
    pytest.importorskip("numpyro")
    from plebiscope.methods.mixture.full import sample

    grid, rng = Grid(0.1, 0.7), np.random.default_rng(4)
    middle, spread = np.array([0.2, 0.1]), np.array([0.3, 0.4])
    centres = middle + spread * rng.standard_normal((8, 2))
    law = Parameters.known(
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
