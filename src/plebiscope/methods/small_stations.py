"""The small stations of a neighbourhood against its larger ones, in turnout and in share.

Question
--------
Do the smallest stations of each neighbourhood report higher turnout, and more votes for the favoured option,
than the larger ones next to them, and more so than in votes that nobody doubts?

Statistic
---------
The *standardised fingerprint* sets every station against the others of its neighbourhood: ``z`` is its
turnout (or share) less the mean of theirs, in their standard deviations. A neighbourhood is the finest area
that puts 20 stations together, as a rule what one commission counts. Differences between regions, be they of
language or of wealth, are out of it.

Small are the 30 per cent of each neighbourhood with fewest registered voters; stations of one size at that
border are counted in part. The answer is the mean ``z`` of the small less that of the others, for turnout and
for the share, with an interval from leaving out each of the largest areas in turn (the jackknife, Student's
law). Beside it stand

* the same for every other option and for the share of invalid ballots: where small stations are merely
  different, these differ too;
* how many standard deviations it is away from zero if sizes are dealt out anew inside each neighbourhood.
  Mean and variance of that are exact. It is the yardstick of *no effect of size at all*, which hardly any
  vote meets;
* the correlation of the two ``z`` over all stations.

Fair vote
---------
There is none that could be computed: size goes with town and country, and these vote differently. In clean
votes of Mexico the small stations were .18 to .38 standard deviations higher in turnout, in Russia .36 to
.78. So there is no p; the yardstick is what the very same figures are on reference votes.

Assumptions
-----------
* Small and large stations of one neighbourhood serve people who vote alike. It cannot be checked on the
  returns.
* Neighbourhoods are small enough that stations inside one are alike. Checked: stations in the middle one.
* Enough areas for the interval (7), each a sample of its own of how small and large stations differ. In
  simulated fair votes with 7 to 36 of them it held the mean over all such votes in 94 or more of 100.

Innocent causes
---------------
Villages beside towns: they turn out more and vote for tradition. Institutions with small stations of their
own, where everybody votes. Small stations that were opened for a loyal district.

Blind spots
-----------
What is done to small and large stations alike, or to whole neighbourhoods. Pressure on voters in small
places, which this measure shows best, leaves every count true: it does not tell added ballots from voters who
were made to come.

References
----------
Jimenez, Hidalgo and Klimek (2017), who set small stations against large; Klimek, Jimenez, Hidalgo,
Hinteregger and Thurner (2018) on Turkey.

Example
-------
Ten stations with 100 to 1,000 voters; the three smallest have a turnout that is higher by ten points.

>>> import numpy as np
>>> sizes = np.arange(100, 1100, 100)
>>> turnout = np.array([0.6, 0.61, 0.59, 0.5, 0.51, 0.49, 0.5, 0.52, 0.48, 0.5])
>>> place = np.zeros(10, dtype=np.int64)
>>> z, weight = standardised(turnout, place), smallness(sizes, place, 30)
>>> weight.tolist()
[1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
>>> round(difference(z, weight), 1)
2.4
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence import chart
from plebiscope.kernels.resampling import left_out
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import Evidence, Method, Subject, checked, effect, too_few
from plebiscope.model.returns import Selection
from plebiscope.model.wording import noun, per_cent, written

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNIT = "standard deviations of a neighbourhood"
_CELL, _FAR = 0.25, 4.0
"""Side of a cell of the picture, and how far it reaches, in standard deviations."""


@dataclass(frozen=True)
class Params:
    """Which stations are small, and among which."""

    part: int = 30
    """Part of a neighbourhood that is small, in per cent of its stations."""
    parts: tuple[int, ...] = (10, 20, 30, 40, 50)
    """Parts for which the difference is drawn, in per cent."""
    least_area: int = 20
    """Fewest stations of a neighbourhood, in stations."""
    least_registered: int = 100
    """Smallest station used, in registered voters."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share: the first of these quantities that the returns have."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    fewest_areas: int = 7
    """Areas needed for intervals that can be relied on: with fewer they were not tried."""


def standardised(values: Floats, place: Ints) -> Floats:
    """Return how far each station is from the others of its place, in their standard deviations.

    Parameters
    ----------
    values
        Shape (n,).
    place
        Neighbourhood of each, numbered from 0, each with three stations or more, shape (n,).

    Returns
    -------
    ndarray of float64, shape (n,)
        Not a number where the others are all the same.
    """
    away = values - (np.bincount(place, values) / np.bincount(place))[place]
    others = np.bincount(place)[place] - 1.0
    total, square = np.bincount(place, away)[place] - away, np.bincount(place, away**2)[place] - away**2
    mean = total / others
    variance = (square - others * mean**2) / (others - 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (away - mean) / np.sqrt(np.where(variance > 1e-14, variance, np.nan))
    return np.asarray(found, dtype=np.float64)


def smallness(sizes: Ints, place: Ints, part: int) -> Floats:
    """Return how far each station belongs to the smallest part of its place: 0, 1, or in between for ties.

    Parameters
    ----------
    sizes, place
        Size and neighbourhood of each station, shape (n,).
    part
        Per cent.
    """
    order = np.lexsort((sizes, place))
    count = np.bincount(place)
    begin = np.concatenate([[0], np.cumsum(count)[:-1]])
    wanted = -(-part * count // 100)
    inside = np.clip(wanted[place[order]] - (np.arange(len(order)) - begin[place[order]]), 0, 1)
    # Stations of one size in one place share what falls to them.
    first = np.append(True, (np.diff(place[order]) != 0) | (np.diff(sizes[order]) != 0))
    block = np.cumsum(first) - 1
    found = np.empty(len(order))
    found[order] = (np.bincount(block, inside) / np.bincount(block))[block]
    return found


def difference(z: Floats, weight: Floats) -> float:
    """Return the mean of the small less that of the others; stations without a ``z`` do not count."""
    known = np.isfinite(z)
    z, weight = z[known], weight[known]
    small, large = float(weight.sum()), float((1.0 - weight).sum())
    return float(weight @ z) / max(small, 1e-300) - float((1.0 - weight) @ z) / max(large, 1e-300)


def leaving_out(z: Floats, weight: Floats, areas: Ints) -> Floats:
    """Return the difference without each area in turn; empty where it then cannot be formed, or one is all.

    Parameters
    ----------
    z, weight
        See :func:`difference`; shape (n,).
    areas
        Area of each station, shape (n,).
    """
    known = np.isfinite(z)
    area = np.unique(areas[known], return_inverse=True)[1]
    small, others = weight[known], 1.0 - weight[known]
    sums = (np.bincount(area, part) for part in (small * z[known], small, others * z[known], others))
    of_small, smalls, of_others, rest = (part.sum() - part for part in sums)
    if min(smalls.min(initial=1.0), rest.min(initial=1.0)) < 1e-9:
        return np.empty(0)
    return np.asarray(of_small / smalls - of_others / rest, dtype=np.float64)


def dealt_out(z: Floats, weight: Floats, place: Ints) -> float:
    """Return the difference in standard deviations of what it is with sizes dealt out anew in each place."""
    known = np.isfinite(z)
    z, weight = z[known], weight[known]
    place = np.unique(place[known], return_inverse=True)[1]
    count = np.bincount(place)
    small, large = float(weight.sum()), float((1.0 - weight).sum())
    if small <= 0.0 or large <= 0.0:
        return 0.0
    score = weight / small - (1.0 - weight) / large
    means = [np.bincount(place, part) / count for part in (score, z)]
    pairs = zip((score, z), means, strict=True)
    spreads = [np.bincount(place, (part - mean[place]) ** 2) for part, mean in pairs]
    variance = float(np.sum(spreads[0] * spreads[1] / np.maximum(count - 1, 1)))
    expected = float(np.sum(count * means[0] * means[1]))
    return (float(score @ z) - expected) / variance**0.5 if variance > 0.0 else 0.0


@dataclass(frozen=True)
class _Used:
    """The stations in neighbourhoods that are large enough, with what is asked; arrays of shape (n,)."""

    subject: Subject
    params: Params
    stations: Selection
    option: str
    base: str
    column: str
    place: Ints
    weight: Floats
    """How far each station is small."""
    turnout: Floats
    share: Floats
    """Both standardised."""

    @property
    def rates(self) -> dict[str, Floats]:
        """The standardised shares of what else is in the box: every other option, and invalid ballots."""
        of = self.stations[self.base]
        names = [name for name in self.stations.counts if name in self.subject.results.options]
        names += ["invalid"] * ("invalid" in self.stations.counts)
        return {
            name: standardised(self.stations[name] / of, self.place) for name in names if name != self.option
        }


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Set small stations against large ones; ``rng`` is not used."""
    used = _use(subject, params)
    if isinstance(used, str):
        return Evidence((METHOD.untestable(subject, "turnout", used, option=subject.favoured),))
    areas, _ = subject.areas(used.stations.rows)
    heads = [
        _answer(used, "turnout", None, used.turnout, areas),
        _answer(used, "share", used.option, used.share, areas),
    ]
    return Evidence((*heads, _together(used)), (_fingerprint(used, heads), _by_part(used, heads)))


def _use(subject: Subject, params: Params) -> _Used | str:
    """Select stations and standardise them, or say why that cannot be."""
    returns, option = subject.results, subject.favoured
    base = next((name for name in params.share if name in returns.quantities), None)
    column = returns.finest_area(params.least_area)
    if base is None or option is None:
        return "no share can be formed, because votes or ballots are not part of this case"
    if column is None:
        return f"no area of the table puts {params.least_area} {subject.rows_are} together"
    # Options without a vote at some place, and invalid ballots, are looked at where all are known.
    others = [name for name in returns.options if name != option and returns.table[name].null_count() == 0]
    largest = sorted(others, key=lambda name: (-returns.sums[name], name))[:3]
    invalid = ["invalid"] if "invalid" in returns.quantities and base == "cast" else []
    invalid = [name for name in invalid if returns.table[name].null_count() == 0]
    wanted = dict.fromkeys(["registered", "cast", base, option, *largest, *invalid])
    stations = returns.select(*wanted)
    enough = stations["registered"] >= max(1, params.least_registered)
    stations = stations.keep(enough, f"with fewer than {params.least_registered} registered voters")
    stations = stations.keep((stations["cast"] > 0) & (stations[base] > 0), "nobody voted")
    possible = (stations["cast"] <= stations["registered"]) & (stations[option] >= 0)
    stations = stations.keep(possible & (stations[option] <= stations[base]), "figures impossible")
    place = returns.places(column)[0][stations.rows]
    stations, place = stations.keep(place >= 0, "without an area"), place[place >= 0]
    large = np.bincount(place, minlength=1)[place] >= max(3, params.least_area)
    stations = stations.keep(large, f"in areas with fewer than {params.least_area} {subject.rows_are}")
    reason = too_few(stations, max(3, params.least_area), subject.rows_are)
    if reason is not None:
        return reason
    place = np.unique(place[large], return_inverse=True)[1]
    turnout = standardised(stations["cast"] / stations["registered"], place)
    share = standardised(stations[option] / stations[base], place)
    if min(np.isfinite(turnout).sum(), np.isfinite(share).sum()) < 2:
        return f"turnout or share is the same at every one of the {subject.rows_are}"
    weight = smallness(stations["registered"], place, params.part)
    if not 0.0 < float(weight.mean()) < 1.0 or float(weight.max() - weight.min()) <= 0.0:
        return f"the {subject.rows_are} of each area are of one size"
    return _Used(subject, params, stations, option, base, column, place, weight, turnout, share)


def _answer(used: _Used, quantity: str, option: str | None, z: Floats, areas: Ints) -> Measurement:
    """Answer for turnout or share."""
    params, rows_are = used.params, used.subject.rows_are
    value, away = difference(z, used.weight), dealt_out(z, used.weight, used.place)
    without = leaving_out(z, used.weight, areas)
    ends = left_out(without, value, params.coverage) if len(without) else (None, None)
    level = params.coverage if len(without) else None
    dealt = "the same, in standard deviations of sizes dealt out anew"
    effects = [effect(dealt, away, "standard deviations")]
    beside = ""
    if option is not None:
        others = {name: difference(rate, used.weight) for name, rate in used.rates.items()}
        effects += [effect(f"the same for {noun(name)}", one, UNIT) for name, one in others.items()]
        told = ", ".join(f"{written(one, '+.2f')} for {noun(name)}" for name, one in others.items())
        beside = f" For comparison: {told}." if told else ""
    label = "turnout" if option is None else f"share of “{option}” (of {noun(used.base)})"
    sizes = np.bincount(used.place)
    return METHOD.answer(
        used.subject,
        quantity,
        option=option,
        n=len(z),
        observed=value,
        effect=effect("small less large, standardised", value, UNIT, ends, level),
        effects=tuple(effects),
        assumptions=(
            Assumption(
                name="small and large stations of one neighbourhood serve people who vote alike",
                state="unknown",
                how="the table does not say what kind of place a station is in",
            ),
            checked(
                "neighbourhoods are small",
                float(np.median(sizes)) <= 150.0,
                f"{len(sizes):,} areas ({used.column}) with {np.median(sizes):.0f} {rows_are} in the middle "
                "one",
            ),
            checked(
                "enough areas for the interval",
                len(without) >= params.fewest_areas,
                f"{len(without) or 'no'} areas ({used.subject.results.main_area})",
            ),
        ),
        statement=f"the {per_cent(params.part, 'd')} of {rows_are} with fewest voters in each of "
        f"{len(sizes):,} areas ({used.column}) have a {label} that is {written(value, '+.2f')} standard "
        f"deviations from that of the larger ones beside them.{beside}",
        params={**asdict(params), "area": used.column, "left_out": dict(used.stations.dropped)},
    )


def _together(used: _Used) -> Measurement:
    """Return the correlation of the two over all stations."""
    known = np.isfinite(used.turnout) & np.isfinite(used.share)
    turnout, share = used.turnout[known], used.share[known]
    spread = float(turnout.std() * share.std()) if known.any() else 0.0
    if spread <= 1e-12:
        why = f"turnout or share is the same at every one of the {used.subject.rows_are}"
        return METHOD.untestable(used.subject, "together", why, option=used.option)
    value = float(np.mean((turnout - turnout.mean()) * (share - share.mean()))) / spread
    return METHOD.answer(
        used.subject,
        "together",
        option=used.option,
        n=int(known.sum()),
        observed=value,
        effect=effect("correlation of standardised turnout and share", min(1.0, max(-1.0, value)), ""),
        statement=f"inside neighbourhoods, turnout and the share of “{used.option}” have a correlation of "
        f"{written(value, '.2f')}.",
        params=asdict(used.params),
    )


def _centres(used: _Used) -> list[tuple[str, float, float]]:
    """Return where small and large stations lie on average."""
    found = []
    for name, weight in (("small", used.weight), ("large", 1.0 - used.weight)):
        means = []
        for z in (used.turnout, used.share):
            known = np.isfinite(z)
            means.append(float(weight[known] @ z[known]) / max(float(weight[known].sum()), 1e-300))
        found.append((name, means[0], means[1]))
    return found


def _fingerprint(used: _Used, heads: Sequence[Measurement]) -> Figure:
    """Draw the standardised fingerprint, with the centres of small and large stations."""
    known = (np.abs(used.turnout) < _FAR) & (np.abs(used.share) < _FAR)
    cells, counts = np.unique(
        np.floor(np.stack([used.turnout[known], used.share[known]]) / _CELL), axis=1, return_counts=True
    )
    values = [
        {
            "x": float(i) * _CELL,
            "x2": float(i + 1) * _CELL,
            "y": float(j) * _CELL,
            "y2": float(j + 1) * _CELL,
            "stations": int(count),
        }
        for (i, j), count in zip(cells.T.tolist(), counts.tolist(), strict=True)
    ]
    centres = _centres(used)
    points = [{"x": round(x, 3), "y": round(y, 3), "name": name} for name, x, y in centres]
    scale = {"domain": [-_FAR, _FAR]}
    x = chart.number("x", "Turnout, in standard deviations of the others of its area", scale=scale)
    y = chart.number("y", f"Share of “{used.option}”, likewise", scale=scale)
    across = {**chart.span("x", x, "x", "x2"), **chart.span("y", y, "y", "y2")}
    colour = {"color": chart.number("stations", "Stations", scale={"type": "sqrt"})}
    layers = [
        chart.layer("rect", "observed", {**across, **colour}, values),
        *chart.named_points({"x": x, "y": y}, points, "name"),
    ]
    told = "; ".join(f"{name} at {written(a, '+.2f')} and {written(b, '+.2f')}" for name, a, b in centres)
    turnout, share = (written(head.observed or 0.0, "+.2f") for head in heads)
    left = len(known) - int(known.sum())
    return Figure(
        id=f"{heads[0].id}/fingerprint",
        finding=heads[0].id,
        title=f"Small less large stations: {turnout} in turnout, {share} in share",
        caption=f"Every station against the others of its area ({used.column}): turnout to the right, share "
        f"of “{used.option}” upwards, in their standard deviations; darker cells hold more. Points: mean of "
        f"the {per_cent(used.params.part, 'd')} smallest and of the others ({told}). Not drawn: {left:,} "
        "further out.",
        alt=f"Heat map of {len(values):,} cells around zero, turnout against share, both standardised. Mean "
        f"of {told}.",
        vega_lite=chart.picture(layers, height=420),
    )


def _by_part(used: _Used, heads: Sequence[Measurement]) -> Figure:
    """Draw the difference by the part of stations that is called small."""
    rows = []
    for part in used.params.parts:
        weight = smallness(used.stations["registered"], used.place, part)
        rows.append(
            {
                "part": part,
                "turnout": round(difference(used.turnout, weight), 3),
                "share": round(difference(used.share, weight), 3),
            }
        )
    x = chart.number("part", "Smallest stations of each area, per cent", scale={"zero": False})
    title = "Small less large, standard deviations"
    layers = [chart.layer("rule", "reference", {"y": chart.number("zero", title)}, [{"zero": 0}])]
    for name, style in (("turnout", "observed"), ("share", "expected")):
        y = chart.number(name, title)
        layers += [
            chart.layer("line", style, {"x": x, "y": y}),
            chart.label("name", style, {"x": x, "y": y}, [{**rows[-1], "name": name}], dy=-8, align="right"),
        ]
    told = "; ".join(
        f"{row['part']} %: {written(row['turnout'], '+.2f')} and {written(row['share'], '+.2f')}"
        for row in rows
    )
    return Figure(
        id=f"{heads[0].id}/parts",
        finding=heads[0].id,
        title="The difference by how many stations are called small",
        caption=f"Mean of the small less that of the others, for turnout and for the share of "
        f"“{used.option}”, by the part of each area's stations that is called small.",
        alt=f"Two lines. Turnout and share by part: {told}.",
        vega_lite=chart.picture(layers, rows),
    )


METHOD = Method(
    id="small-stations",
    title="Small stations against large ones of the same place",
    question="Do the smallest stations of a place differ in turnout and share from its larger ones?",
    tier="C",
    null="none",
    needs=("returns", "station", "registered", "cast", "options", "areas"),
    tail="upper",
    params=Params,
    measure=measure,
    references=("jimenez2017", "klimek2018"),
    innocent=(
        "Villages beside towns turn out more and vote for tradition.",
        "Institutions with small stations of their own, where everybody votes.",
    ),
    blind=(
        "what is done to small and large stations alike, or to whole neighbourhoods",
        "added ballots and voters who were made to come look the same here",
    ),
)
