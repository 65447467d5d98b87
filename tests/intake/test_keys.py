"""Which columns name a row: the order of areas, the station among its names, and the level of a table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from plebiscope.model.returns import Returns

Read = Callable[..., Returns]
SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "ra", "so", "ti", "vu", "za")


def name(number: int) -> str:
    """An invented place: no word of any language, and no two numbers below 10,000 share one."""
    return "".join(SYLLABLES[(number // 10**power) % 10] for power in range(4)).capitalize()


def table(keys: dict[str, list[object]], voters: tuple[int, int] = (300, 1500), seed: int = 1) -> str:
    """A file with the given keys, and counts that add up."""
    random = np.random.default_rng(seed)
    height = len(next(iter(keys.values())))
    registered = random.integers(*voters, height)
    first, second = random.binomial(registered, 0.4), random.binomial(registered // 2, 0.4)
    void = random.binomial(registered, 0.01)
    counts = {
        "Registered voters": registered,
        "Valid votes": first + second,
        "Invalid votes": void,
        "Total votes cast": first + second + void,
        "Adaro": first,
        "Belin": second,
    }
    columns = {**keys, **counts}
    rows = zip(*(map(str, values) for values in columns.values()), strict=True)
    return "\n".join(",".join(row) for row in [tuple(columns), *rows])


def places(
    regions: int = 3, provinces: int = 4, towns: int = 5, stations: int = 6
) -> dict[str, list[object]]:
    """Regions of provinces of towns of stations, from large to small, with stations numbered in each town."""
    region, province, town, station = (
        axis.ravel()
        for axis in np.meshgrid(*map(np.arange, (regions, provinces, towns, stations)), indexing="ij")
    )
    return {
        "Region": [name(1000 + r) for r in region],
        "Province": [name(2000 + 10 * r + p) for r, p in zip(region, province, strict=True)],
        "Town": [name(3000 + 100 * r + 10 * p + t) for r, p, t in zip(region, province, town, strict=True)],
        "Polling station no": [int(s) + 1 for s in station],
    }


@pytest.mark.parametrize(
    "order", [("Region", "Province", "Town"), ("Town", "Province", "Region"), ("Province", "Town", "Region")]
)
def test_areas_stand_as_they_lie_in_one_another(order: tuple[str, ...], returns_of: Read) -> None:
    made = places()
    found = returns_of(table({key: made[key] for key in (*order, "Polling station no")}))
    assert found.areas == ("Region", "Province", "Town")
    assert found.level == "station"


def test_a_number_that_starts_again_stands_where_the_file_has_it(returns_of: Read) -> None:
    made = places(1, 12, 3, 6)
    districts = [name(int(i)) for i in np.repeat(np.arange(12), 18)]
    wards: list[object] = [int(i) for i in np.tile(np.repeat([1, 2, 3], 6), 12)]
    keys = {"Province": list(districts), "Ward no": wards, "Polling station no": made["Polling station no"]}
    found = returns_of(table(keys))
    assert found.areas == ("Province", "Ward no")
    assert found.table["Ward no"].n_unique() == 36


def test_town_and_country_are_no_areas(returns_of: Read) -> None:
    made = places()
    kinds: list[object] = ["URBANA" if i % 3 else "RURAL" for i in range(len(made["Town"]))]
    found = returns_of(table({"Area": kinds, **made}))
    assert found.areas == ("Region", "Province", "Town")


def test_codes_that_come_before_all_names_are_not_shown(returns_of: Read) -> None:
    made = places()
    codes = {
        "Region code": [i // 120 + 1 for i in range(360)],
        "Province code": [i // 30 % 4 + 1 for i in range(360)],
        "Town code": [i // 6 % 5 + 1 for i in range(360)],
    }
    found = returns_of(table({**codes, **made}))
    assert found.areas == ("Region", "Province", "Town")
    assert found.main_area == "Province"


def test_the_station_is_what_tells_rows_apart_not_the_name_of_the_building(returns_of: Read) -> None:
    made = places(stations=3)
    schools: list[object] = [f"{town} school" for town in made["Town"]]
    keys = {**made, "Polling station name": schools}
    found = returns_of(table(keys))
    assert found.columns["station"].headers == ("Polling station no",)
    assert "Polling station name" in found.areas or found.accounting.duplicates == 0


def test_of_two_that_tell_rows_apart_the_name_is_the_station_and_the_code_no_area(returns_of: Read) -> None:
    made = places()
    del made["Polling station no"]
    made["Polling station code"] = [10_000 + 7 * i for i in range(360)]
    made["Polling station name"] = [name(5000 + i) for i in range(360)]
    found = returns_of(table(made))
    assert found.columns["station"].headers == ("Polling station name",)
    assert found.areas == ("Region", "Province", "Town")


def test_rows_too_large_for_a_polling_station_are_areas_whatever_they_are_called(returns_of: Read) -> None:
    keys = {
        "Electoral district": [name(i // 8) for i in range(96)],
        "Polling division": [name(100 + i) for i in range(96)],
    }
    large, small = returns_of(table(keys, (40_000, 120_000))), returns_of(table(keys, (400, 1_200)))
    assert large.level == "area"
    assert "station" not in large.columns
    assert small.level == "station"


@pytest.mark.parametrize("totals", [False, True])
def test_small_rows_with_a_number_nobody_explained_are_stations(totals: bool, returns_of: Read) -> None:
    made = places()
    keys = {"Region": made["Region"], "Town": made["Town"], "Xyzzy": list(range(1, 361))}
    content = table(keys)
    if totals:
        lines = content.splitlines()
        sums = np.sum([[int(cell) for cell in line.split(",")[3:]] for line in lines[1:]], axis=0)
        content += "\nTotal,,," + ",".join(map(str, sums))
    found = returns_of(content)
    assert (found.level, len(found)) == ("station", 360)
    assert found.columns["station"].headers == ("Xyzzy",)


def test_municipalities_of_every_size_are_areas(returns_of: Read) -> None:
    random = np.random.default_rng(3)
    sizes = np.round(np.exp(random.normal(7, 1.6, 400))).astype(int) + 50
    rows = ["Town,Registered voters,Valid votes,Adaro,Belin"]
    for i, voters in enumerate(sizes):
        first, second = int(voters * 0.3), int(voters * 0.25)
        rows.append(f"{name(i)},{voters},{first + second},{first},{second}")
    assert returns_of("\n".join(rows)).level == "area"
