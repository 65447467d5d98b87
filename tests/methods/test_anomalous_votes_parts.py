"""Where the anomalous votes lie, and whether the range of a part holds what is true of it."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.catalogue import load
from plebiscope.dossier.magnitude.there import FEWEST_GROUPS, exact, made_of_whole_areas, part_there
from plebiscope.kernels.turnout_core import Core
from plebiscope.methods.anomalous_votes.parts import GROUPS, Sorted, parts
from plebiscope.model.affected import LeftOut, Located
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

REGIONS, COMMISSIONS, STATIONS = 6, 20, 5
CORE = Core(48, 52, 1.0, 0.0, 0.0)


@pytest.fixture
def vote(make_returns):
    """A vote in which the commissions of a region differ, and share and turnout do not go together."""

    def made(rng: np.random.Generator, added: float = 0.0) -> tuple[Subject, Sorted]:
        n = REGIONS * COMMISSIONS * STATIONS
        commission = np.arange(n) // STATIONS
        region = commission // COMMISSIONS
        registered = rng.integers(400, 1600, n)
        turnout = 0.55 + rng.normal(0, 0.06, REGIONS * COMMISSIONS)[commission] + rng.normal(0, 0.04, n)
        cast = rng.binomial(registered, np.clip(turnout, 0.2, 0.95))
        level = rng.normal(0, 0.3, REGIONS)[region] + rng.normal(0, 0.4, REGIONS * COMMISSIONS)[commission]
        yes = rng.binomial(cast, 1 / (1 + np.exp(-level)))
        more = rng.binomial(registered - cast, added)
        yes, cast = yes + more, cast + more
        columns = {
            "region": [f"r{one}" for one in region],
            "commission": [f"c{one}" for one in commission],
            "registered": registered,
            "cast": cast,
            "YES": yes,
            "NO": cast - yes,
        }
        returns = make_returns(columns, ("YES", "NO"), ("region", "commission"))
        subject = Subject(Contest(id="vote", name="The vote", options=("YES", "NO")), returns, ())
        return subject, Sorted(np.minimum(100 * cast // registered, 100), region, yes, cast - yes)

    return made


def found(subject: Subject, stations: Sorted) -> Located:
    made = parts(subject, np.arange(len(stations.bins)), stations, [CORE])
    assert isinstance(made, Located)
    return made


def test_without_a_group_the_parts_are_those_of_a_table_without_it(vote):
    subject, stations = vote(np.random.default_rng(1))
    made = found(subject, stations)
    left = made.left_out
    assert left is not None
    assert left.votes.shape == (GROUPS, REGIONS * COMMISSIONS)
    # Dealt out evenly, and inside every region too.
    region = np.arange(REGIONS * COMMISSIONS) // COMMISSIONS
    assert {tuple(np.bincount(left.group[region == one], minlength=GROUPS)) for one in range(REGIONS)} == {
        (1,) * GROUPS
    }
    commission = np.arange(len(stations.bins)) // STATIONS
    keep = left.group[commission] != 7
    bare = subject.results.table.filter(keep)
    assert bare.height == keep.sum()
    without = stations.kept(keep)
    alone = without.above(CORE, without.ratios(CORE, REGIONS))
    stay = left.group != 7
    np.testing.assert_allclose(
        left.votes[7, stay], np.bincount(commission[keep], alone, REGIONS * COMMISSIONS)[stay]
    )


def test_the_range_of_a_part_holds_the_truth_as_often_as_it_says(vote):
    """Share and turnout do not go together, so that no part has votes without a counterpart but by chance."""
    rng, held, narrow, votes = np.random.default_rng(2), 0, 0, 200
    chosen = np.repeat(np.arange(REGIONS) < 2, COMMISSIONS)
    for _ in range(votes):
        made = found(*vote(rng))
        assert made.left_out is not None
        value = float(made.votes[0, chosen].sum())
        off = exact(made.left_out, chosen, value)
        assert off is not None
        held += abs(value) <= off
        # The drawing of ballots alone, as if stations of one place did not differ together.
        narrow += abs(value) <= 1.96 * np.sqrt(0.5 * made.left_out.cast[chosen].sum())
    # Two standard errors of 95 in 100 over 200 votes are 3.1.
    assert 0.95 * votes - 2 * np.sqrt(0.95 * 0.05 * votes) <= held <= votes
    assert narrow < 0.8 * votes


def test_where_places_are_few_it_is_not_known_how_exact_a_part_is(vote):
    subject, stations = vote(np.random.default_rng(3))
    made = found(subject, stations)
    few = np.arange(REGIONS * COMMISSIONS) < FEWEST_GROUPS - 1
    assert made.left_out is not None
    assert exact(made.left_out, few, 0.0) is None
    inside = np.repeat(few, STATIONS)
    there = part_there(made, inside, None, None)
    assert (there.low, there.high, there.widened_low) == (None, None, None)
    assert there.of == pytest.approx(made.left_out.cast[few].sum() / made.left_out.cast.sum(), abs=1e-4)


def test_a_mean_of_places_alike_in_size_is_off_by_its_standard_error():
    """Twelve places of one size: the jackknife is Student's interval of a sum."""
    values = np.array([3.0, 5, 8, 1, 9, 2, 2, 7, 4, 4, 6, 0])
    places = len(values)
    left = LeftOut(np.arange(places), np.tile(values, (places, 1)), np.full(places, 100.0))
    from scipy.stats import t

    expected = t.ppf(0.975, places - 1) * np.sqrt(places) * values.std(ddof=1)
    assert exact(left, np.ones(places, dtype=bool), values.sum()) == pytest.approx(expected)


def test_neither_names_nor_order_of_stations_matter(vote):
    subject, stations = vote(np.random.default_rng(4))
    made, order = found(subject, stations), np.random.default_rng(5).permutation(len(stations.bins))
    table = subject.results.table
    import dataclasses

    turned = dataclasses.replace(subject.results, table=table[order])
    again = found(dataclasses.replace(subject, returns=turned), stations.kept(order))
    assert made.left_out is not None
    assert again.left_out is not None
    one, other = (
        np.sort(np.where(left.group[None, :] == np.arange(GROUPS)[:, None], 0.0, left.votes).sum(axis=1))
        for left in (made.left_out, again.left_out)
    )
    np.testing.assert_allclose(one, other)


def test_areas_are_whole_where_all_their_stations_are_meant(vote):
    subject, _ = vote(np.random.default_rng(6))
    region = np.repeat(np.arange(REGIONS), COMMISSIONS * STATIONS)
    assert subject.results.main_area == "region"
    assert made_of_whole_areas(subject.results, np.isin(region, (1, 4)))
    assert not made_of_whole_areas(subject.results, np.arange(len(region)) < 50)


def test_the_method_tells_its_parts_so(vote):
    method, (subject, _) = load("anomalous-votes"), vote(np.random.default_rng(7))
    evidence = method.measure(subject, method.params(), np.random.default_rng(8))
    told = [
        one.where
        for found in evidence.measurements
        for one in found.affected
        if isinstance(one.where, Located)
    ]
    assert told
    for where in told:
        assert where.left_out is not None
        assert where.left_out.cast.sum() > 0
