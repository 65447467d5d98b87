"""An estimate of votes divided among the smallest areas of a table."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.catalogue import load
from plebiscope.evidence.located import NO_AREAS, located
from plebiscope.model.affected import Located
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject


def vote(make_returns, areas=("region", "commission"), stations=400, seed=1):
    rng = np.random.default_rng(seed)
    registered = rng.integers(300, 2000, stations)
    cast = rng.binomial(registered, np.clip(rng.normal(0.6, 0.12, stations), 0.1, 0.98))
    yes = rng.binomial(cast, np.clip(rng.normal(0.55, 0.1, stations), 0.02, 0.98))
    columns = {
        "region": [f"r{i % 6}" for i in range(stations)],
        # Commissions of different regions have one name.
        "commission": [f"c{i % 18 // 6}" for i in range(stations)],
        "registered": registered,
        "cast": cast,
        "YES": yes,
        "NO": cast - yes,
    }
    returns = make_returns(columns, ("YES", "NO"), areas)
    return Subject(Contest(id="vote", name="The vote", options=("YES", "NO")), returns, ())


def test_each_of_the_smallest_areas_has_its_part_and_together_they_are_the_whole(make_returns):
    subject = vote(make_returns)
    rows, votes = np.arange(5, 400), np.random.default_rng(2).normal(size=(3, 395))
    found = located(subject, rows, votes)
    assert isinstance(found, Located)
    assert len(found.rows) == 18
    np.testing.assert_allclose(found.votes.sum(axis=1), votes.sum(axis=1))
    table = subject.results.table
    for row, part in zip(found.rows, found.votes.T, strict=True):
        alike = [
            at
            for at, other in enumerate(rows)
            if all(table[name][int(other)] == table[name][int(row)] for name in ("region", "commission"))
        ]
        np.testing.assert_allclose(part, votes[:, alike].sum(axis=1))


def test_without_areas_there_are_no_parts(make_returns):
    assert located(vote(make_returns, ()), np.arange(400), np.ones(400)) == NO_AREAS


@pytest.mark.parametrize("name", ["anomalous-votes", "neighbours", "mixture"])
def test_the_parts_of_a_method_add_up_to_what_it_tells(make_returns, name):
    method, subject = load(name), vote(make_returns, stations=900)
    evidence = method.measure(subject, method.params(), np.random.default_rng(3))
    told = 0
    for found in evidence.measurements:
        sizes = {
            one.name: one
            for one in (found.effect, *found.effects)
            if one and one.unit in {"votes", "ballots"}
        }
        for affected in found.affected:
            size = sizes[affected.name]
            if isinstance(affected.where, Located):
                told += 1
                totals = affected.where.votes.sum(axis=1)
                assert totals[0] == pytest.approx(size.value, abs=1e-6)
                if len(totals) > 1:
                    assert (totals.min(), totals.max()) == pytest.approx((size.low, size.high))
    # The mixture tells no number of a fair vote.
    assert bool(told) == (name != "mixture")
