"""Digits of counts: fair votes pass, preferred endings are seen, Benford's digit is shown and never tested."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.methods import digits as method
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject


def vote(seed, stations=1500):
    rng = np.random.default_rng(seed)
    registered = rng.integers(250, 1800, stations)
    cast = rng.binomial(registered, rng.beta(14, 9, stations))
    yes = rng.binomial(cast, rng.beta(9, 7, stations))
    return {"registered": registered, "cast": cast, "valid": cast, "YES": yes, "NO": cast - yes}


@pytest.fixture
def run(make_returns):
    def measured(columns, options=("YES", "NO")):
        returns = make_returns(columns, list(options), ())
        subject = Subject(Contest(id="vote", name="vote", favoured=options[0]), returns, ())
        evidence = method.measure(subject, method.Params(), np.random.default_rng(0))
        return {(m.quantity, m.option): m for m in evidence.measurements}

    return measured


def test_fair_votes_are_called_as_rarely_as_promised(run):
    # Four questions with a p on each of 100 fair votes: at 5 per cent at most 20 of 400 on average; the
    # standard error is sqrt(400 x .05 x .95) = 4.4, and the digit's p is conservative by Bonferroni.
    called = 0
    for seed in range(100):
        called += sum(m.p is not None and m.p <= 0.05 for m in run(vote(seed)).values())
    assert called <= 20 + 4 * 4.4
    assert called >= 2


def test_counts_written_with_a_preferred_ending_are_seen(run):
    columns = vote(1)
    written = np.arange(len(columns["YES"])) % 6 == 0
    columns["YES"] = np.where(
        written, np.minimum(columns["YES"] // 10 * 10 + 7, columns["cast"]), columns["YES"]
    )
    columns["NO"] = columns["cast"] - columns["YES"]
    found = run(columns)[("last digit", "YES")]
    assert "end in 7" in found.statement
    assert found.log10_p < -6
    changed = 0.9 * np.count_nonzero(written)  # one in ten ended in 7 anyway
    assert found.effect.low < changed < found.effect.high


def test_equal_last_two_digits_are_seen(run):
    columns = vote(2)
    written = np.arange(len(columns["YES"])) % 6 == 0
    tens = columns["YES"] // 10 % 10
    columns["YES"] = np.where(
        written, np.minimum(columns["YES"] // 10 * 10 + tens, columns["cast"]), columns["YES"]
    )
    found = run(columns)[("last two digits", "YES")]
    assert found.log10_p < -6
    assert found.effect.low > 0


def test_benford_is_never_tested(run):
    found = run(vote(3))
    for option in (None, "YES"):
        assert found[("second digit", option)].p is None
        assert found[("percentages", option)].p is None


def test_a_dose_at_the_limit_is_noticed_as_often_as_the_power_says(run):
    noticed, power = 0, []
    for seed in range(100):
        columns = vote(seed, 1000)
        limit = run(columns)[("last digit", None)].with_limit().limit
        power.append(limit.power)
        some = np.random.default_rng(seed).choice(1000, round(limit.dose), replace=False)
        columns["cast"] = columns["cast"].copy()
        columns["cast"][some] = columns["cast"][some] // 10 * 10 + 7
        noticed += run(columns)[("last digit", None)].p <= 0.05
    said = np.mean(power)
    assert noticed / 100 == pytest.approx(said, abs=3 * np.sqrt(said * (1 - said) / 100))


def test_the_interval_of_the_digit_that_deviates_most_counts_all_ten(run):
    # In at most one fair vote in twenty, and three standard errors, it leaves out 0.
    outside = 0
    for seed in range(100):
        effect = run(vote(seed, 600))[("last digit", None)].effect
        outside += not effect.low <= 0.0 <= effect.high
    assert outside <= 5 + 3 * np.sqrt(100 * 0.05 * 0.95)


def test_boxes_that_are_all_alike_rest_on_the_density(run):
    # 240 voters each, of whom nearly all come: counts lie within a few votes, and p is not to be trusted.
    small = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        cast = rng.binomial(240, 0.95, 2000)
        columns = {"registered": np.full(2000, 240), "cast": cast, "valid": cast, "YES": cast // 2}
        found = run(columns | {"NO": cast - cast // 2})
        for quantity in ("last digit", "last two digits"):
            small += found[(quantity, None)].p < 0.05
            assert found[(quantity, None)].assumptions[-1].state == "fails"
    assert small > 10
    assert all(one.state == "holds" for one in run(vote(1))[("last digit", None)].assumptions)


def test_no_chance_is_named_where_no_law_is(run):
    assert "chance" not in run(vote(5))[("percentages", None)].statement


def test_too_few_counts_say_so(run):
    columns = {name: values // 20 for name, values in vote(4).items()}
    found = run(columns)[("last digit", "YES")]
    assert found.status == "not testable"
    assert "at least 100 are needed" in found.reason


def test_stations_without_voters_count_in_last_digits_and_are_no_multiple_of_five():
    found = method.statistics(np.array([0, 45, 50, 13]), np.array([0, 100, 100, 100]))
    assert found.ends_in_0_or_5 == 0.75
    assert found.per_cent_0_or_5 == 0.5
    assert found.seconds == 3
    assert found.second_digit == pytest.approx((5 + 0 + 3) / 3)
