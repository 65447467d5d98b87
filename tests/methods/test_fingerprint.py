"""The corner is counted in whole numbers, the map loses nobody, the intervals follow the areas."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from plebiscope.methods.fingerprint import METHOD, Params, cells, in_corner, measure
from plebiscope.model.case import Contest
from plebiscope.model.method import Evidence, Subject, lacking
from plebiscope.model.returns import Returns

Make = Callable[..., Returns]


def ask(returns: Returns, **params: object) -> Evidence:
    subject = Subject(Contest(id="vote", name="Vote"), returns, ())
    assert lacking(METHOD, subject) == ()
    return measure(subject, Params(**params), np.random.default_rng(5))


def counts(n: int, seed: int = 2) -> dict[str, list[int]]:
    rng = np.random.default_rng(seed)
    registered = rng.integers(100, 3000, n)
    cast = rng.binomial(registered, rng.uniform(0.3, 1.0, n))
    valid = rng.binomial(cast, 0.98)
    yes = rng.binomial(valid, rng.uniform(0.3, 1.0, n))
    return {
        "registered": registered.tolist(),
        "cast": cast.tolist(),
        "valid": valid.tolist(),
        "YES": yes.tolist(),
        "NO": (valid - yes).tolist(),
    }


def test_a_station_at_exactly_ninety_per_cent_is_not_in_the_corner() -> None:
    registered, cast = np.array([10, 10, 1000]), np.array([9, 10, 901])
    valid, votes = np.array([9, 10, 1000]), np.array([9, 9, 901])
    assert in_corner(registered, cast, valid, votes, 90).tolist() == [False, False, True]


@settings(deadline=None)
@given(st.integers(1, 5000), st.data(), st.sampled_from([1, 2]))
def test_a_station_lies_in_the_nearest_cell(registered: int, data: st.DataObject, width: int) -> None:
    cast = data.draw(st.integers(1, registered))
    votes = data.draw(st.integers(0, cast))
    one = [np.array([value]) for value in (registered, cast, cast, votes)]
    where = np.argwhere(cells(*one, width))
    assert cells(*one, width).sum() == registered
    turnout, share = where[0] * width
    assert 2 * abs(100 * cast - turnout * registered) <= width * registered
    assert 2 * abs(100 * votes - share * cast) <= width * cast


def test_mass_of_the_corner_by_stations_voters_and_votes(make_returns: Make) -> None:
    returns = make_returns(
        {
            "registered": [100, 300, 600],
            "cast": [95, 150, 570],
            "valid": [95, 150, 570],
            "YES": [95, 100, 560],
            "NO": [0, 50, 10],
        },
        ["YES", "NO"],
    )
    yes = ask(returns).measurements[0]
    values = {effect.name: effect.value for effect in (yes.effect, *yes.effects) if effect is not None}
    assert values["mass of the corner, stations"] == pytest.approx(100 * 2 / 3)
    assert values["mass of the corner, registered voters"] == pytest.approx(70)
    assert values["mass of the corner, the option's votes"] == pytest.approx(100 * 655 / 755)
    assert values["slope of the cumulative curve above 90 per cent turnout"] == pytest.approx(
        100 * 655 / 755 / 10
    )
    assert yes.effect is not None
    assert yes.effect.low is None
    assert yes.effect.level is None


def in_areas(make_returns: Make, inside: list[int], stations: int = 100) -> Returns:
    """Areas of so many stations each, of which so many are full and wholly for one option."""
    columns: dict[str, list[object]] = {"area": [], "registered": [], "cast": [], "YES": [], "NO": []}
    for area, corner in enumerate(inside):
        for station in range(stations):
            full = station < corner
            row = (f"{area:02d}", 200, 200 if full else 100, 200 if full else 50, 0 if full else 50)
            for name, value in zip(columns, row, strict=True):
                columns[name].append(value)
    return make_returns(columns, ["YES", "NO"], ["area"])


def test_interval_over_areas_is_students_where_areas_are_of_one_size(make_returns: Make) -> None:
    """Forty areas around one half, where logits are as good as straight: Student's interval of their mean."""
    inside = np.random.default_rng(4).integers(35, 66, 40)
    found = ask(in_areas(make_returns, inside.tolist())).measurements[0]
    effect = found.effect
    assert effect is not None
    known = stats.ttest_1samp(inside, 0.0).confidence_interval(0.95)
    assert effect.value == pytest.approx(inside.mean())
    assert (effect.low, effect.high) == (
        pytest.approx(known.low, abs=0.05),
        pytest.approx(known.high, abs=0.05),
    )
    spread = next(e for e in found.effects if "middle area" in e.name)
    assert (spread.low, spread.value, spread.high) == (inside.min(), np.median(inside), inside.max())


def test_where_hardly_anything_lies_in_the_corner_the_interval_is_doubtful(make_returns: Make) -> None:
    for inside, state in (([2, 0, 9, 0, 1, 0], "doubtful"), ([20, 0, 9, 4, 11, 0], "holds")):
        found = ask(in_areas(make_returns, inside)).measurements[0]
        told = next(one for one in found.assumptions if "sample of its own" in one.name)
        assert (told.state, "6 areas (area)" in told.how) == (state, True)


def test_one_area_has_no_interval_and_no_word_about_it(make_returns: Make) -> None:
    found = ask(in_areas(make_returns, [30])).measurements[0]
    assert found.effect is not None
    assert (found.effect.low, found.effect.level) == (None, None)
    assert not any("sample of its own" in one.name for one in found.assumptions)


def test_an_empty_corner_has_no_interval_and_is_said_in_words(make_returns: Make) -> None:
    columns = {**counts(50), "area": [f"a{i % 5}" for i in range(50)]}
    found = ask(make_returns(columns, ["YES", "NO"], ["area"])).measurements[0]
    assert found.observed == 0
    assert found.effect is not None
    assert (found.effect.low, found.effect.high, found.effect.level) == (None, None, None)
    assert found.statement.startswith("In none of 50 stations are both turnout and the share of “YES”")


def test_any_order_of_rows_gives_the_same_answer(make_returns: Make) -> None:
    columns: dict[str, list[object]] = {**counts(400), "area": [f"a{i % 25}" for i in range(400)]}
    returns = make_returns(columns, ["YES", "NO"], ["area"])
    order = np.random.default_rng(1).permutation(400)
    shuffled = make_returns({k: [v[i] for i in order] for k, v in columns.items()}, ["YES", "NO"], ["area"])
    assert ask(returns) == ask(shuffled)


def test_figures_are_small_and_draw_only_cells_with_voters(make_returns: Make) -> None:
    columns: dict[str, list[object]] = {**counts(20_000), "area": [f"a{i % 60}" for i in range(20_000)]}
    evidence = ask(make_returns(columns, ["YES", "NO"], ["area"]))
    assert {figure.id.rsplit("/", 1)[1] for figure in evidence.figures} == {
        "map",
        "margin",
        "cumulative",
        "areas",
    }
    for figure in evidence.figures:
        assert len(json.dumps(figure.vega_lite)) < 100_000
        assert figure.alt
        assert figure.caption
    cells_drawn = evidence.figures[0].vega_lite["layer"][0]["data"]["values"]
    assert 0 < len(cells_drawn) <= 2000
    assert sum(cell["voters"] for cell in cells_drawn) == sum(columns["registered"])
    assert len(evidence.figures[3].vega_lite["layer"][0]["data"]["values"]) == 40


def test_without_valid_ballots_the_share_is_of_ballots_cast(make_returns: Make) -> None:
    columns = counts(50)
    del columns["valid"]
    evidence = ask(make_returns(columns, ["YES", "NO"]))
    assert evidence.measurements[0].params["share_of"] == "cast"
    assert "share of “YES” (of ballots cast)" in evidence.measurements[0].statement


def test_impossible_and_empty_stations_are_counted_out(make_returns: Make) -> None:
    returns = make_returns(
        {"registered": [0, 10, 10, 10], "cast": [5, 0, 20, 5], "YES": [1, 0, 1, 2], "NO": [1, 0, 1, 3]},
        ["YES", "NO"],
    )
    answer = ask(returns).measurements[0]
    assert answer.n == 1
    assert answer.params["dropped"] == {"nobody registered or nobody voted": 2, "figures impossible": 1}
    nobody = make_returns({"registered": [0], "cast": [0], "YES": [0], "NO": [0]}, ["YES", "NO"])
    assert ask(nobody).measurements[0].status == "not testable"
    assert ask(nobody).figures == ()


def test_areas_as_rows_fail_the_assumption(make_returns: Make) -> None:
    answer = ask(make_returns(counts(50), ["YES", "NO"], level="area")).measurements[0]
    assert {a.name: a.state for a in answer.assumptions}["rows are single stations"] == "fails"
    assert "counting areas" in answer.statement
