"""Shape: what is shown agrees with the libraries' own definitions, and nothing is tested."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from plebiscope.methods import shape as method
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject


@pytest.fixture
def run(make_returns):
    def measured(columns, areas=("region",)):
        returns = make_returns(columns, ["YES", "NO"], areas)
        subject = Subject(Contest(id="vote", name="vote", favoured="YES"), returns, ())
        evidence = method.measure(subject, method.Params(), np.random.default_rng(0))
        return {m.quantity: m for m in evidence.measurements}

    return measured


def vote(seed, rise=0.0, stations=800):
    """Draw a vote in forty places; the share rises with the turnout of a station by so many logits a point."""
    rng = np.random.default_rng(seed)
    place = np.arange(stations) % 40
    registered = rng.integers(200, 3000, stations)
    turnout = np.clip(rng.normal(0.6, 0.08, 40)[place] + rng.normal(0.0, 0.06, stations), 0.1, 0.95)
    cast = rng.binomial(registered, turnout)
    logit = rng.normal(0.0, 0.4, 40)[place] + 100.0 * rise * (cast / registered - 0.6)
    yes = rng.binomial(cast, 1.0 / (1.0 + np.exp(-logit)))
    return {
        "region": [f"region {i}" for i in place],
        "registered": registered,
        "cast": cast,
        "valid": cast,
        "YES": yes,
        "NO": cast - yes,
    }


def test_moments_are_those_of_scipy(run):
    columns = vote(1)
    found = run(columns)
    turnout, share = columns["cast"] / columns["registered"], columns["YES"] / columns["cast"]
    for quantity, rates in (("turnout shape", turnout), ("share shape", share)):
        assert found[quantity].effect.value == pytest.approx(stats.skew(rates))
        assert found[quantity].effects[0].value == pytest.approx(stats.kurtosis(rates, fisher=False))
    assert found["correlation"].observed == pytest.approx(np.corrcoef(turnout, share)[0, 1])
    line = stats.linregress(turnout, columns["YES"] / columns["registered"])
    assert found["votes per registered voter"].observed == pytest.approx(line.slope)


def test_two_peaks_have_a_dip_that_one_peak_has_not(run):
    columns, rng = vote(2), np.random.default_rng(2)
    columns["YES"] = rng.binomial(columns["cast"], np.clip(rng.normal(0.5, 0.08, 800), 0.0, 1.0))
    columns["NO"] = columns["cast"] - columns["YES"]
    one = run(columns)["share shape"].effects[2].value
    half = np.arange(800) % 2 == 0
    columns["YES"] = np.where(half, columns["cast"] // 5, 4 * columns["cast"] // 5)
    columns["NO"] = columns["cast"] - columns["YES"]
    two = run(columns)["share shape"].effects[2].value
    assert one > 0.05
    assert two < 1e-4


def test_a_rise_inside_places_is_told_from_one_between_them(run):
    found = run(vote(3, rise=0.02))["slope"]
    inside = found.effect
    assert inside.name == "slope inside areas"
    assert inside.low < 0.2 < inside.high  # 0.02 a point is 0.2 for ten points
    assert inside.low > 0.0


def test_nothing_is_tested(run):
    assert all(m.p is None and m.null == "none" for m in run(vote(4)).values())


def test_small_stations_are_no_reason_to_say_that_nothing_varies(run):
    columns = vote(6)
    found = run(
        columns | {name: columns[name] // 40 for name in ("registered", "cast", "valid", "YES", "NO")}
    )
    assert (
        "30 stations of 100 to 5,999 registered voters are needed, and there are none"
        in found["slope"].reason
    )


def test_districts_of_one_name_in_several_regions_are_several_areas(run):
    # District 0 of one region and of the other have nothing in common but the name; taken for one, the difference
    # between regions would be a slope inside.
    columns = vote(7)
    region = np.arange(800) % 40 < 20
    columns["cast"] = np.where(region, columns["cast"] // 2, columns["cast"])
    columns["YES"] = np.minimum(np.where(region, columns["YES"] // 4, columns["YES"]), columns["cast"])
    columns["valid"] = columns["cast"]
    columns["NO"] = columns["cast"] - columns["YES"]
    place = np.arange(800) % 20
    named = {
        "state": [f"state {int(one)}" for one in region],
        "district": [f"district {one}" for one in place],
    }
    plain = {"district": [f"{int(one)}/{other}" for one, other in zip(region, place, strict=True)]}
    both = run(columns | named, areas=("state", "district"))["slope"].effect
    assert both.name == "slope inside areas"
    assert both.value == pytest.approx(run(columns | plain, areas=("district",))["slope"].effect.value)


def test_a_share_is_never_told_without_its_option(run):
    found = run(vote(8))
    assert "share of “YES”" in found["share shape"].statement
    assert found["slope"].observed == found["slope"].effect.value
