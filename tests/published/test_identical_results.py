"""Identical results in Russian votes: the figures of sections 9.2 and 9.4 of the methods specification.

Saratov 2016 was widely noticed; the rule on small parties is S. Kireev's, as implemented in the notebook on the
vote of 2021 of https://github.com/dkobak/elections.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from plebiscope.kernels import occupancy, windows
from plebiscope.methods import identical_results as method
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

pytestmark = pytest.mark.shared

# Region, centre of the window in hundredths of a point; stations within 0.05 points, background.
CLUSTERS_2016 = """
Саратовская область|6220|114|8.1
Республика Башкортостан|5500|58|10.8
Тюменская область|3860|32|2.9
Республика Ингушетия|7070|18|0.65
Карачаево-Черкесская Республика|7750|23|2.1
"""
COMMISSIONS = {
    "Ленинская": (43, 115),
    "Заводская": (39, 71),
    "Кировская": (13, 63),
    "Октябрьская": (8, 54),
    "Фрунзенская": (6, 25),
}
# Commission, number of the party; stations, and those with 0, 1 and 2 votes where they are printed.
HITS_2021 = {
    ("Нальчикская", 2): (102, 2, 42, 37),
    ("Дюртюлинская", 6): None,
    ("Хайбуллинская", 6): None,
    ("Стерлитамакская городская", 7): None,
    ("Уфа, Октябрьская", 8): None,
    ("Уфа, Октябрьская", 9): None,
    ("Набережные Челны, Центральная", 9): None,
    ("Уфа, Калининская", 12): (69, 5, 38, 22),
    ("Уфа, Октябрьская", 12): None,
    ("Уфа, Октябрьская", 13): None,
    ("Лаишевская", 13): None,
}


def subject(returns):
    return Subject(Contest(id=returns.contest, name=returns.contest), returns, ())


@pytest.fixture(scope="module")
def of_2016(russia):
    returns = russia(2016)
    found = method.measure(subject(returns), method.Params(), np.random.default_rng(0))
    option = next(option for option in returns.options if "ЕДИНАЯ РОССИЯ" in option)
    return returns, found, option


@pytest.fixture(scope="module")
def of_2021(russia):
    returns = russia(2021)
    rows = np.arange(len(returns))
    codes, names = returns.area_of("tik", rows)
    return returns, codes, names


def in_region(of_2016, region):
    returns, _, option = of_2016
    stations = returns.table.filter(region=region)
    k, n = stations[option].to_numpy(), stations["cast"].to_numpy()
    return stations.filter(stations["cast"] > 0), k[n > 0], n[n > 0]


@pytest.mark.parametrize("row", CLUSTERS_2016.split("\n")[1:-1], ids=lambda row: row.split("|")[0])
def test_clusters_of_2016_in_9_2(of_2016, row):
    region, centre, seen, background = row.split("|")
    _, k, n = in_region(of_2016, region)
    inside = windows.inside(k, n, int(centre), 5)
    around = windows.inside(k, n, int(centre), 100)
    assert inside.sum() == int(seen)
    # Nineteen other tenths within a point. The further backgrounds are printed from another neighbourhood.
    assert (around.sum() - inside.sum()) / 19 == pytest.approx(float(background), rel=0.25)


def test_saratov_2016_in_9_2_and_c8(of_2016):
    stations, k, n = in_region(of_2016, "Саратовская область")
    inside, around = (windows.inside(k, n, 6220, reach) for reach in (5, 100))
    assert (len(k), inside.sum(), windows.inside(k, n, 6220, 4).sum()) == (1890, 114, 100)
    assert (around & ~inside).sum() == 154
    assert round(154 / 19, 1) == 8.1
    assert round(100 * n[inside].sum() / n.sum(), 1) == 12.0
    assert (k[inside].min(), k[inside].max()) == (92, 1196)
    # The printed tail is that of Poisson with the background first given, 7.7.
    terms = 114 + np.arange(200)
    log_tail = special.logsumexp(terms * math.log(7.7) - 7.7 - special.gammaln(terms + 1.0)) / math.log(10.0)
    assert math.floor(log_tail) == -89
    assert round(10 ** (log_tail + 89)) == 2
    for name, (seen, size) in COMMISSIONS.items():
        own = stations["tik"].str.contains(f"Саратов, {name}").to_numpy()
        assert (inside[own].sum(), own.sum()) == (seen, size)


def test_saratov_2016_is_what_the_method_finds_first(of_2016):
    _, found, option = of_2016
    by_id = {m.id.removeprefix("russia-2016/identical-results/"): m for m in found.measurements}
    head, area = by_id[f"share-cluster/{option}"], by_id[f"share-cluster/{option}/Саратовская область"]
    assert (head.observed, area.observed, area.n) == (114, 114, 1890)
    assert [effect.value for effect in area.effects[1:]] == [62.15, 62.25]
    assert head.log10_p < -60
    # The bound takes the likeliest rate for each of the stations beside it: a little more than 154/19.
    assert 154 / 19 <= area.expected <= 1.2 * 154 / 19
    assert area.effect.low > 80
    for seen, size in COMMISSIONS.values():
        assert f"{seen} of {size}" in area.statement
    listed = [score for score in found.stations if "with 113 others of its area" in score.reason]
    # The others are named for what they share with their neighbours in the commission.
    runs = [score for score in found.stations if score.area is not None and "Саратов, " in score.area]
    assert len(listed) >= 95
    assert 114 - len(listed) <= len(runs)
    regions = [m.scope.area for m in found.measurements if m.quantity == "share-cluster" and m.scope.area]
    assert regions[0] == "Саратовская область"
    assert set(regions) >= {row.split("|")[0] for row in CLUSTERS_2016.split("\n")[1:-1]}


def test_the_rule_for_small_parties_has_eleven_hits_in_2021(of_2021):
    """9.4: more than 20 stations with one vote, more than 20 with two, fewer than 10 with none."""
    returns, codes, names = of_2021
    hits = {}
    for number, option in enumerate(returns.options, start=1):
        votes = returns.table[option].to_numpy()
        none, one, two = (np.bincount(codes, votes == value, len(names)) for value in (0, 1, 2))
        for code in np.flatnonzero((one > 20) & (two > 20) & (none < 10)):
            found = int((codes == code).sum()), int(none[code]), int(one[code]), int(two[code])
            hits[names[code], number] = found
    assert len(hits) == 11
    for (name, number), counts in HITS_2021.items():
        (key,) = [key for key in hits if name in key[0] and key[1] == number]
        assert counts is None or hits[key] == counts


def test_ufa_kalininsky_2021_in_9_4(of_2021):
    returns, codes, names = of_2021
    code = next(code for code, name in enumerate(names) if "Уфа, Калининская" in name)
    votes = returns.table[returns.options[11]].to_numpy()[codes == code]
    assert round(votes.mean(), 2) == 1.41
    # 0.705, printed as .70
    assert votes.var() == pytest.approx(0.70, abs=0.006)
    # Five stations without a vote, where at least 16.7 are expected; and a loyal voter each would explain it.
    mean, _ = occupancy.moments(np.array([69]), np.array([votes.sum()]))
    law = occupancy.law(69, int(votes.sum()))
    assert mean[0] == pytest.approx(69 * (1 - 1 / 69) ** 97)
    assert law[:6].sum() < 1e-5
    rest = np.maximum(votes - 1, 0)
    assert occupancy.law(69, int(rest.sum()))[: np.count_nonzero(rest == 0) + 1].sum() > 0.5
