"""Places are compared by the coarsest area column that sets enough of them side by side."""

from __future__ import annotations

from collections.abc import Callable

from plebiscope.model.returns import Returns

Make = Callable[..., Returns]


def build(make: Make, **areas: list[str]) -> Returns:
    n = len(next(iter(areas.values())))
    return make({**areas, "cast": [10] * n, "YES": [5] * n, "NO": [5] * n}, ["YES", "NO"], list(areas))


def test_the_coarsest_column_with_five_areas(make_returns: Make) -> None:
    half = [f"half {i % 2}" for i in range(60)]
    region = [f"region {i % 6}" for i in range(60)]
    town = [f"town {i % 20}" for i in range(60)]
    assert build(make_returns, half=half, region=region, town=town).main_area == "region"
    assert build(make_returns, half=half).main_area == "half"


def test_a_country_among_those_where_votes_were_cast_abroad_gives_way(make_returns: Make) -> None:
    country = ["home"] * 54 + ["a", "b", "c", "d", "e", "f"]
    region = [f"region {i % 9}" for i in range(60)]
    assert build(make_returns, country=country, region=region).main_area == "region"
    assert build(make_returns, country=country).main_area == "country"


def test_areas_of_one_station_each_compare_nothing(make_returns: Make) -> None:
    assert build(make_returns, station_name=[str(i) for i in range(10)]).main_area is None
    assert build(make_returns, everywhere=["here"] * 10).main_area is None


def test_finest_area_holds_enough_stations_together(make_returns: Make) -> None:
    region = [f"region {i % 2}" for i in range(40)]
    town = [f"town {i % 4}" for i in range(40)]
    street = [f"street {i % 20}" for i in range(40)]
    returns = build(make_returns, region=region, town=town, street=street)
    assert returns.finest_area(8) == "town"
    assert returns.finest_area(2) == "street"
    assert returns.finest_area(20) == "region"
    assert returns.finest_area(21) is None
