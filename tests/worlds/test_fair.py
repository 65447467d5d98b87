"""Fair worlds: the fit finds what a world was drawn from, and draws keep the rules of a count."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.worlds.fair import VERSIONS, fit
from plebiscope.worlds.ground import Counts, Ground
from plebiscope.worlds.invented import Country, invent


@pytest.mark.parametrize("version", VERSIONS)
def test_a_drawn_vote_is_a_possible_count(here, version):
    drawn = fit(here, version).draw(np.random.default_rng(1))
    assert drawn.possible.all()
    assert (drawn.registered == here.counts.registered).all()
    assert (drawn.issued >= drawn.cast).all()
    assert (drawn.issued <= drawn.registered).all()
    assert here.table(drawn).sums["valid"] == drawn.valid.sum()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_seed_gives_the_same_world(here, version):
    model = fit(here, version)
    one, two, other = (model.draw(np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert (one.votes == two.votes).all()
    assert (one.votes != other.votes).any()


def test_the_fit_finds_what_a_tight_world_was_drawn_from(here):
    """Over 20 worlds; the spread of a station errs by some 2 % in each, that of 8 regions by a third."""
    model = fit(here)
    rng = np.random.default_rng(2)
    again = [fit(Ground(here.returns, here.rows, here.options, model.draw(rng))) for _ in range(20)]
    for name, allowed in (("turnout", 0.02), ("share", 0.02)):
        station = [getattr(found.layers[-1], name) for found in again]
        district = [getattr(found.layers[-2], name) for found in again]
        assert np.mean(station) == pytest.approx(getattr(model.layers[-1], name), rel=allowed)
        assert np.mean(district) == pytest.approx(getattr(model.layers[-2], name), rel=0.12)
    correlation = np.mean([found.layers[-2].correlation for found in again])
    assert correlation == pytest.approx(model.layers[-2].correlation, abs=0.12)


def test_a_loose_world_has_longer_tails_than_a_tight_one(here):
    rng = np.random.default_rng(3)
    tight, loose = (fit(here, version) for version in VERSIONS)

    def tail(model) -> float:
        worlds = [model.draw(rng) for _ in range(30)]
        rates = [np.log((w.cast + 0.5) / (w.registered - w.cast + 0.5)) for w in worlds]
        return float(np.mean([np.mean(np.abs(r - np.median(r)) > 1.5) for r in rates]))

    assert tail(loose) > tail(tight)


def test_a_tampered_minority_is_not_taken_for_the_norm(here):
    """In a tenth of the stations all voters turn out for one side: spreads stay within a third."""
    model = fit(here)
    fair = model.draw(np.random.default_rng(4))
    where = np.random.default_rng(5).random(len(here)) < 0.1
    cast = np.where(where, fair.registered, fair.cast)
    votes = np.where(where[:, None], np.column_stack([fair.registered, 0 * fair.cast]), fair.votes)
    after = fit(Ground(here.returns, here.rows, here.options, fair.but(cast=cast, issued=cast, votes=votes)))
    before = fit(Ground(here.returns, here.rows, here.options, fair))
    for name in ("turnout", "share"):
        assert getattr(after.layers[-1], name) == pytest.approx(getattr(before.layers[-1], name), rel=1 / 3)
        assert getattr(after, name) == pytest.approx(getattr(before, name), abs=0.15)


def rates(counts: Counts) -> tuple[float, float]:
    """Turnout and share in per cent."""
    share = 100 * counts.favoured.sum() / counts.valid.sum()
    return 100 * counts.cast.sum() / counts.registered.sum(), share


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("voters", "spread"), [(35.0, 0.25), (900.0, 0.55)])
@pytest.mark.parametrize(("turnout", "share"), [(0.5, 0.03), (0.5, 0.5), (0.5, 0.97), (0.97, 0.97)])
def test_fair_worlds_have_the_turnout_and_share_of_the_vote(turnout, share, voters, spread, version):
    """Stations of 20 to 60 voters, and large ones, over 5 votes, each with 3 worlds of 200 districts.

    Districts differ by less than 0.4 on the scale of logits, so that the mean over votes and worlds errs by
    some 0.015, times share x (1 - share): 0.4 points at a half, 0.04 at 3 and 97 in a hundred. Three of those
    are allowed, and as much again for the tails of the loose version, which lean towards a half.
    """
    country = Country(
        stations=2000, districts=200, turnout=turnout, share=share, registered=(voters, spread), invalid=0.0
    )
    apart = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        true = invent(country, rng)
        here = true.ground
        vote = true.draw(rng)
        model = fit(Ground(here.returns, here.rows, here.options, vote), version)
        worlds = [rates(model.draw(rng)) for _ in range(3)]
        apart.append(np.mean(worlds, axis=0) - rates(vote))
    for found, middle in zip(np.mean(apart, axis=0), (turnout, share), strict=True):
        assert abs(found) < 100 * (0.045 if version == "tight" else 0.09) * middle * (1 - middle)


def test_invalid_ballots_stay_as_frequent_as_in_their_districts(here):
    """Districts from 1 to 10 in a hundred; in a tenth of the stations, half of the ballots were made invalid."""
    rng = np.random.default_rng(6)
    counts, district = here.counts, here.district
    rate = rng.permutation(np.linspace(0.01, 0.1, district.max() + 1))
    true = rng.binomial(counts.cast, rate[district])
    where = rng.random(len(here)) < 0.1
    written = np.where(where, np.maximum(true, counts.cast // 2), true)
    first = (counts.cast - written) // 2
    votes = np.column_stack([first, counts.cast - written - first])
    model = fit(Ground(here.returns, here.rows, here.options, counts.but(votes=votes)))
    drawn = [model.draw(rng) for _ in range(10)]
    sums = [np.bincount(district, sum(getattr(one, name) for one in drawn)) for name in ("invalid", "cast")]
    fair = np.bincount(district, true) / np.bincount(district, counts.cast)
    # Rates of thousands of ballots err by some twentieth, and are drawn a little towards the middle.
    assert sums[0] / sums[1] == pytest.approx(fair, rel=0.2)
    assert sums[0].sum() / sums[1].sum() == pytest.approx(true.sum() / counts.cast.sum(), rel=0.03)
    assert written.sum() > 1.7 * true.sum()
