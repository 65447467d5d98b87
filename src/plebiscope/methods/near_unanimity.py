"""Stations at or near 100 %, against what their size and their own area make likely.

Question
--------
How many stations report that nearly everybody came, or that nearly everybody voted the same way, and how
many would be expected, given how the other stations of the same area voted and how much they differ?

Statistic
---------
A station counts if its turnout, or the share of the favoured option, is at least 98 %, decided in whole
numbers (``100 k >= 98 n``). Turnout is ballots issued over registered voters, or ballots cast where issued
ballots were not published; the share is of ballots cast, else of valid ballots. Used are stations with at
least 100 registered voters that have at least nine others in the finest area that is large enough. Smaller
stations are counted apart: many are formed on the day of the vote, and 100 % is their nature. Turnout and
share are two questions. Stations with both are counted too, without a test, because turnout and share go
together in any country.

Fair vote
---------
A station is one of its area: its count is beta-binomial with the mean and the intraclass correlation that
the *other* stations of the area have, by the method of moments. The chance ``q_i`` of 98 % or more is
computed from that law; the number of such stations is Poisson-binomial, with its upper tail computed. A
station that is itself extreme does not excuse itself, but a commission that is extreme throughout does:
there 98 % is likely, and the method is silent. This makes it a question on stations that differ from
their area.

Why the tier is C. That stations of an area are draws from one beta law is a model, and places break it for
good reasons: a village of one faith, a clan, a barracks. Nobody has measured how often clean votes fail
here. The comparison that would identify more, the change of the same stations between two votes, needs the
other vote. Until then the result is a description and a list of places to look at.

Assumptions
-----------
* Areas are large enough. Checked: number of stations per area, stations left out for small areas.
* The beta law fits below the level. Checked: observed against expected number of stations from 90 to 95 %.
* The differences within an area can be estimated. Checked: median intraclass correlation, and how often it
  is estimated as none.
* Stations of an area are alike but for chance. The table cannot say; villages and institutions are not.

Innocent causes
---------------
Hospitals, ships, barracks, prisons and stations formed on the day, where those listed are those present.
Villages, communities and congregations that vote as one. Voters with certificates who vote where they are.
Registers written to fit those who came.

Blind spots
-----------
Areas where every station is near 100 %. Added or moved votes that stay below the level.

References
----------
Ridout, Demétrio and Firth (1999) on the estimator; Hong (2013) on the law of the count; Klimek, Yegorov,
Hanel and Thurner (2012), who showed the corner of full turnout and full support.

Example
-------
Nine stations of 1,000 voters with a turnout about 60 %, and one with 99 %:

>>> import numpy as np
>>> came = np.array([580, 610, 570, 640, 600, 590, 630, 560, 620, 990])
>>> voters = np.full(10, 1000)
>>> log_tail = station_tails(came, voters, np.zeros(10, dtype=np.int64), np.array([980] * 10))
>>> bool(log_tail[9] < np.log(1e-30))
True
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels import beta_binomial, poisson_binomial
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Limit, Measurement, Scope, State
from plebiscope.model.method import Evidence, Method, StationScore, Subject, order_by, surprise
from plebiscope.model.returns import Returns, Selection

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ID = "near-unanimity"
_LOG_LEAST = -250.0 * math.log(10.0)
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True)
class Params:
    """What counts as near 100 %, and as an area."""

    turnout: tuple[str, ...] = ("issued", "cast")
    """Numerator of turnout: the first of these quantities that the returns have."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share: the first of these quantities that the returns have."""
    level: int = 98
    """Turnout or share from which a station counts, in per cent."""
    least_registered: int = 100
    """Smallest station used, in registered voters (in ballots where registers were not published)."""
    least_area: int = 10
    """Fewest stations of an area from which its law is fitted, in stations."""
    least_stations: int = 50
    """Fewest stations with which a contest or an area is tested, in stations."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    limit_level: float = 0.05
    """Size of the one-sided test whose detection limit is given, as a probability."""
    listing_level: float = 0.001
    """Stations are named where the chance of their own count or a higher one is below this."""
    listed: int = 2000
    """Most stations named, in stations."""


def station_tails(successes: Ints, trials: Ints, area: Ints, counts: Ints) -> Floats:
    """Return the chance of each station to reach a count, given the other stations of its area.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1; every area has at least three stations.
    area
        Area of each station, numbered from 0, shape (n,).
    counts
        The count to reach, shape (n,).

    Returns
    -------
    ndarray of float64, shape (n,)
        Natural logarithms of the upper tails.
    """
    mean, correlation = beta_binomial.fit_rest(successes, trials, area)
    return beta_binomial.log_upper_tail(counts, trials, mean, correlation)


@dataclass(frozen=True)
class Ratio:
    """One count out of another at every station used, with the law of its area; arrays of shape (n,)."""

    quantity: str
    option: str | None
    label: str
    successes: Ints
    trials: Ints
    mean: Floats
    correlation: Floats

    def reach(self, per_cent: int) -> Ints:
        """Return the smallest count that is at least so many per cent."""
        return -(-per_cent * self.trials // 100)

    def at(self, per_cent: int) -> Bools:
        """Tell which stations are at or above a level."""
        reached: Bools = self.successes >= self.reach(per_cent)
        return reached

    def chance(self, per_cent: int) -> Floats:
        """Return the chance of each station to be at or above a level, never less than 1e-250."""
        return np.exp(np.maximum(self.log_tail(self.reach(per_cent)), _LOG_LEAST))

    def log_tail(self, counts: Ints, members: Ints | slice = slice(None)) -> Floats:
        """Return the logarithm of the chance to reach given counts, of some of the stations."""
        return beta_binomial.log_upper_tail(
            counts, self.trials[members], self.mean[members], self.correlation[members]
        )


@dataclass(frozen=True)
class _Context:
    """What every measurement of one run shares."""

    subject: Subject
    returns: Returns
    params: Params
    stations: Selection
    """Stations used."""
    small: Selection
    """Stations with too few registered voters."""
    area: str
    """The area column from which laws are fitted."""
    codes: Ints
    """Area of each station used."""
    columns: Sequence[tuple[str, str | None, str, str]]
    """Quantity, option, numerator and denominator of each ratio."""

    def id(self, *parts: str | None) -> str:
        return "/".join([self.subject.contest.id, ID, *(part for part in parts if part is not None)])

    @property
    def ballots(self) -> Ints:
        """Ballots of each station."""
        quantity, _, numerator, denominator = self.columns[-1]
        return self.stations[numerator if quantity == "turnout" else denominator]


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Count stations near 100 % and compare with the laws of their areas; ``rng`` is not used."""
    returns = subject.returns
    if returns is None:
        return Evidence((_untestable(subject, "turnout", "no results were published"),))
    columns, missing = _columns(subject, returns, params)
    area = _area_column(returns, params)
    if not columns or area is None:
        reasons = list(missing.values()) if not columns else []
        if area is None:
            reasons.append(f"no areas with {params.least_area} stations or more were published")
        return Evidence((_untestable(subject, "turnout", "; ".join(reasons)),))
    context = _context(subject, returns, params, columns, area)
    if len(context.stations) < params.least_stations:
        reason = (
            f"only {len(context.stations):,} stations are left and {params.least_stations} are needed (left "
            f"out: {_left_out(context.stations.dropped)})"
        )
        return Evidence((_untestable(subject, columns[0][0], reason),))

    ratios = [_ratio(context, *column) for column in columns]
    chances = [ratio.chance(params.level) for ratio in ratios]
    measurements, below, figures = [], [], []
    for ratio, chance in zip(ratios, chances, strict=True):
        panel, fits = _bands(ratio)
        head = _contest(context, ratio, chance, fits)
        measurements.append(head)
        below += _areas(context, ratio, chance)
        figures.append(_figure(head, ratio, panel))
    if len(ratios) == 2:
        measurements.append(_both(context, ratios))
    measurements += [_untestable(subject, quantity, reason) for quantity, reason in missing.items()]
    return Evidence((*measurements, *below), tuple(figures), _scores(context, ratios))


def _columns(
    subject: Subject, returns: Returns, params: Params
) -> tuple[list[tuple[str, str | None, str, str]], dict[str, str]]:
    """Choose numerator and denominator of turnout and share; say why where one cannot be formed."""
    offered = returns.quantities
    numerator = next((name for name in params.turnout if name in offered), None)
    base = next((name for name in params.share if name in offered), None)
    columns: list[tuple[str, str | None, str, str]] = []
    missing = {}
    if numerator is not None and "registered" in offered:
        columns.append(("turnout", None, numerator, "registered"))
    else:
        missing["turnout"] = "turnout cannot be formed, because its counts were not published"
    if subject.favoured is not None and base is not None:
        columns.append(("share", subject.favoured, subject.favoured, base))
    else:
        missing["share"] = "no share can be formed, because its counts were not published"
    return columns, missing


def _area_column(returns: Returns, params: Params) -> str | None:
    """Return the finest area column in which at least half of the stations have enough others."""
    rows = np.arange(len(returns), dtype=np.int64)
    for column in reversed(returns.areas):
        codes, names = returns.area_of(column, rows)
        sizes = np.bincount(codes, minlength=len(names))
        if len(rows) and float(np.median(sizes[codes])) >= params.least_area:
            return column
    return None


def _context(
    subject: Subject,
    returns: Returns,
    params: Params,
    columns: Sequence[tuple[str, str | None, str, str]],
    area: str,
) -> _Context:
    names = dict.fromkeys(name for _, _, *pair in columns for name in pair)
    stations = returns.select(*names)
    for _, _, numerator, denominator in columns:
        stations = stations.keep(stations[denominator] > 0, f"with no {_noun(denominator)}")
        within = stations[numerator] <= stations[denominator]
        stations = stations.keep(within, f"with more {_noun(numerator)} than {_noun(denominator)}")
    size = columns[0][3]
    enough = stations[size] >= params.least_registered
    small = stations.keep(~enough, "")
    stations = stations.keep(enough, f"with fewer than {params.least_registered} {_noun(size)}")
    codes, names_of = returns.area_of(area, stations.rows)
    wide = np.bincount(codes, minlength=len(names_of))[codes] >= max(3, params.least_area)
    stations = stations.keep(wide, f"in areas ({area}) with fewer than {params.least_area} stations")
    return _Context(subject, returns, params, stations, small, area, codes[wide], columns)


def _noun(column: str) -> str:
    return {
        "registered": "registered voters",
        "issued": "ballots issued",
        "cast": "ballots cast",
        "valid": "valid ballots",
    }.get(column, "votes for the option")


def _ratio(context: _Context, quantity: str, option: str | None, numerator: str, base: str) -> Ratio:
    k, n = context.stations[numerator], context.stations[base]
    mean, correlation = beta_binomial.fit_rest(k, n, context.codes)
    label = f"turnout ({numerator} / {base})" if option is None else f"share of “{option}” (of {base})"
    return Ratio(quantity, option, label, k, n, mean, correlation)


def _untestable(subject: Subject, quantity: str, reason: str) -> Measurement:
    return Measurement(
        id=f"{subject.contest.id}/{ID}/{quantity}",
        method=ID,
        contest=subject.contest.id,
        quantity=quantity,
        status="not testable",
        reason=reason,
        innocent=INNOCENT,
    )


def _left_out(dropped: Mapping[str, int]) -> str:
    return "; ".join(f"{count:,} {reason}" for reason, count in dropped.items()) or "none"


def _answer(context: _Context, chance: Floats, seen: int, ballots: Ints) -> dict[str, Any]:
    """Return the parts of a measurement that follow from the chances and the number seen."""
    params = context.params
    expected, variance, _ = poisson_binomial.moments(chance)
    low, high = poisson_binomial.shift_interval(chance, seen, params.coverage)
    log10_p = min(0.0, poisson_binomial.log_upper_tail(chance, seen) / math.log(10.0))
    # Three standard deviations, or three stations where hardly any is expected.
    dose = max(3.0 * math.sqrt(variance), 3.0)
    power = poisson_binomial.power(chance, dose, params.limit_level)
    return {
        "n": len(chance),
        "observed": seen,
        "expected": expected,
        "null": "conditional",
        "p": 10.0**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "effect": Effect(
            name="excess of stations",
            value=seen - expected,
            low=low,
            high=high,
            unit="stations",
            level=params.coverage,
        ),
        "limit": Limit(
            mechanism=f"results raised to {params.level} % or more",
            dose=dose,
            unit="stations",
            stations=dose,
            votes=dose * float(ballots.mean()),
            power=min(max(power, 1e-9), 1.0 - 1e-9),
            how="analytic",
        ),
    }


def _contest(context: _Context, ratio: Ratio, chance: Floats, fits: Assumption) -> Measurement:
    """Answer the question on one ratio for the whole contest."""
    params = context.params
    hits = ratio.at(params.level)
    seen, ballots = int(hits.sum()), context.ballots
    answer = _answer(context, chance, seen, ballots)
    there = int(ballots[hits].sum())
    small_seen, small_all = _small(context, ratio)
    return Measurement(
        id=context.id(ratio.quantity, ratio.option),
        method=ID,
        contest=context.subject.contest.id,
        quantity=ratio.quantity,
        option=ratio.option,
        **answer,
        effects=(
            Effect(name="ballots at these stations", value=there, unit="ballots"),
            Effect(
                name="ballots at these stations, in per cent of those at all stations used",
                value=100.0 * there / max(1, int(ballots.sum())),
                unit="per cent of ballots",
            ),
            Effect(name="smaller stations at the level", value=small_seen, unit="stations"),
        ),
        assumptions=(*_assumptions(context, ratio), fits),
        statement=(
            f"At {seen:,} of {len(hits):,} stations {ratio.label} is at least {params.level} %; given how "
            f"the other stations of their areas voted, {answer['expected']:,.1f} would be expected. "
            f"{there:,} ballots were cast there. Of {small_all:,} smaller stations, which are counted apart, "
            f"{small_seen:,} are at the level."
        ),
        innocent=INNOCENT,
        params={
            **asdict(params),
            "ratio": ratio.label,
            "area": context.area,
            "left_out": dict(context.stations.dropped),
        },
    )


def _small(context: _Context, ratio: Ratio) -> tuple[int, int]:
    """Return how many of the stations that are too small are at the level, and how many there are."""
    pair = next((low, high) for quantity, _, low, high in context.columns if quantity == ratio.quantity)
    k, n = context.small[pair[0]], context.small[pair[1]]
    return int(np.count_nonzero(100 * k >= context.params.level * n)), len(k)


def _assumptions(context: _Context, ratio: Ratio) -> list[Assumption]:
    """Check on this table what the law of an area takes for granted."""
    sizes = np.bincount(context.codes)
    sizes = sizes[sizes > 0]
    lost = sum(count for reason, count in context.stations.dropped.items() if reason.startswith("in areas"))
    lost_share = lost / (lost + len(context.stations))
    large = lost_share <= 0.2 and np.median(sizes) >= 2 * context.params.least_area
    none = float(np.mean(ratio.correlation <= 0.0))
    return [
        Assumption(
            name="areas are large enough",
            state="holds" if large else "doubtful",
            how=(
                f"{len(sizes):,} areas ({context.area}) with {np.median(sizes):.0f} stations in the median; "
                f"{100 * lost_share:.1f} % of stations are in smaller ones"
            ),
        ),
        Assumption(
            name="differences within areas can be estimated",
            state="holds" if none <= 0.1 else "doubtful",
            how=(
                f"the intraclass correlation is {np.median(ratio.correlation):.4f} in the median and is "
                f"estimated as none for {100 * none:.1f} % of stations"
            ),
        ),
        Assumption(
            name="stations of an area are alike but for chance",
            state="unknown",
            how="the table does not say which stations are institutions or villages that vote as one",
        ),
    ]


def _bands(ratio: Ratio) -> tuple[list[dict[str, Any]], Assumption]:
    """Count stations by band of the ratio, with the expected number, and check the band below the level."""
    edges = [90, 95, 96, 97, 98, 99, 100]
    seen = np.array([np.count_nonzero(ratio.at(edge)) for edge in edges])
    chances = np.stack([ratio.chance(edge) for edge in edges])
    # A band is what reaches its lower edge and not the next one; the last one is 100 % itself.
    seen_in = seen - np.append(seen[1:], 0)
    inside = chances - np.vstack([chances[1:], np.zeros(chances.shape[1])])
    mean = inside.sum(axis=1)
    sd = np.sqrt(np.sum(inside * (1.0 - inside), axis=1))
    rows = [
        {
            "band": f"{low}–{high} %" if high is not None else "100 %",
            "stations": int(count),
            "expected": round(float(expected), 1),
            "low": round(max(0.0, float(expected - 3.0 * spread)), 1),
            "high": round(float(expected + 3.0 * spread), 1),
        }
        for low, high, count, expected, spread in zip(
            edges[1:], [*edges[2:], None], seen_in[1:], mean[1:], sd[1:], strict=True
        )
    ]
    apart = float(seen_in[0] / mean[0]) if mean[0] > 0.0 else math.inf
    state: State = "unknown" if mean[0] < 10.0 else "holds" if 0.8 <= apart <= 1.25 else "doubtful"
    return rows, Assumption(
        name="the law of the areas fits below the level",
        state=state,
        how=f"from 90 to 95 % {seen_in[0]:,} stations are seen and {mean[0]:,.1f} expected",
    )


def _both(context: _Context, ratios: Sequence[Ratio]) -> Measurement:
    """Count the stations where turnout and share are both at the level."""
    params = context.params
    hits = ratios[0].at(params.level) & ratios[1].at(params.level)
    seen, ballots = int(hits.sum()), context.ballots
    part = 100.0 * int(ballots[hits].sum()) / max(1, int(ballots.sum()))
    labels = " and ".join(ratio.label for ratio in ratios)
    return Measurement(
        id=context.id("both"),
        method=ID,
        contest=context.subject.contest.id,
        quantity="both",
        n=len(hits),
        observed=seen,
        effect=Effect(name="ballots at these stations", value=part, unit="per cent of ballots"),
        statement=(
            f"At {seen:,} of {len(hits):,} stations {labels} are both at least {params.level} %; "
            f"{part:.2f} % of the ballots were cast there. This is a count without a comparison."
        ),
        innocent=INNOCENT,
    )


def _areas(context: _Context, ratio: Ratio, chance: Floats) -> list[Measurement]:
    """Answer the question on one ratio for every main area with enough stations."""
    column = context.returns.main_area
    if column is None:
        return []
    codes, names = context.returns.area_of(column, context.stations.rows)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    hits, ballots, level = ratio.at(context.params.level), context.ballots, context.params.level
    found = []
    for code, area in enumerate(names):
        members = order[bounds[code] : bounds[code + 1]]
        if len(members) < context.params.least_stations:
            continue
        seen = int(hits[members].sum())
        answer = _answer(context, chance[members], seen, ballots[members])
        measurement = Measurement(
            id=context.id(ratio.quantity, ratio.option, area),
            method=ID,
            contest=context.subject.contest.id,
            scope=Scope(level="area", area=area),
            quantity=ratio.quantity,
            option=ratio.option,
            **answer,
            statement=(
                f"At {seen:,} of {len(members):,} stations {ratio.label} is at least {level} %; "
                f"{answer['expected']:,.1f} would be expected."
            ),
            innocent=INNOCENT,
        )
        found.append(measurement)
    return found


def _scores(context: _Context, ratios: Sequence[Ratio]) -> tuple[StationScore, ...]:
    """Name stations at the level that their own area makes unlikely, the unlikeliest first."""
    params = context.params
    bits = np.zeros((len(ratios), len(context.stations)))
    for place, ratio in enumerate(ratios):
        members = np.flatnonzero(ratio.at(params.level))
        tails = ratio.log_tail(ratio.successes[members], members)
        unlikely = tails < math.log(params.listing_level)
        bits[place, members[unlikely]] = -tails[unlikely] / math.log(2.0)
    # Turnout and share go together: the larger of the two counts, not their sum.
    most = bits.max(axis=0)
    ranking = order_by(most)[: min(params.listed, int(np.count_nonzero(most)))]
    scores = []
    for index in ranking:
        reasons = [
            _reason(ratio, int(index)) for ratio, own in zip(ratios, bits[:, index], strict=True) if own > 0.0
        ]
        scores.append(StationScore(int(context.stations.rows[index]), float(most[index]), "; ".join(reasons)))
    return tuple(scores)


def _reason(ratio: Ratio, index: int) -> str:
    k, n = int(ratio.successes[index]), int(ratio.trials[index])
    name = "turnout" if ratio.option is None else f"share of “{ratio.option}”"
    return f"{name} {100 * k / n:.1f} % ({k:,} of {n:,}), others of its area {100 * ratio.mean[index]:.1f} %"


def _figure(head: Measurement, ratio: Ratio, rows: Sequence[dict[str, Any]]) -> Figure:
    """Draw the stations in the bands next to 100 % with what their areas make likely."""
    bands = [row["band"] for row in rows]
    x = {"field": "band", "type": "ordinal", "sort": bands, "title": ratio.label, "axis": {"labelAngle": 0}}

    def count(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "title": "stations"}

    words = "; ".join(f"{row['band']}: {row['stations']:,} ({row['expected']:,.1f} expected)" for row in rows)
    return Figure(
        id=f"{head.id}/bands",
        finding=head.id,
        title=(
            f"{ratio.label}: {rows[-1]['stations']:,} stations at 100 %, {rows[-1]['expected']:,.1f} expected"
        ),
        caption=(
            "Number of stations by band (points) and what is expected from the other stations of their areas "
            f"(line) with three standard deviations to either side (band). {words}."
        ),
        alt=f"Six points, the last one for exactly 100 %, each over its expected range. {words}.",
        vega_lite={
            "$schema": _SCHEMA,
            "data": {"values": list(rows)},
            "width": 640,
            "height": 220,
            "encoding": {"x": x},
            "layer": [
                {
                    "mark": {"type": "bar", "style": "band"},
                    "encoding": {"y": count("low"), "y2": {"field": "high"}},
                },
                {
                    "mark": {"type": "tick", "style": "expected", "orient": "horizontal"},
                    "encoding": {"y": count("expected")},
                },
                {
                    "mark": {"type": "point", "style": "observed", "filled": True, "size": 60},
                    "encoding": {"y": count("stations")},
                },
            ],
        },
    )


INNOCENT = (
    "Hospitals, ships, barracks, prisons and stations formed on the day of the vote.",
    "Villages and communities that vote as one.",
    "Registers written to fit those who came.",
)

METHOD = Method(
    id=ID,
    title="Stations near 100 %",
    question="Do more stations than their own areas make likely report that nearly everybody came or agreed?",
    tier="C",
    null="conditional",
    needs=("returns", "areas", ("options", "registered")),
    tail="upper",
    params=Params,
    measure=measure,
    references=("ridout1999", "hong2013", "klimek2012"),
    innocent=INNOCENT,
    blind=(
        "Areas where every station is near 100 %.",
        "Added or moved votes that leave a station below the level.",
    ),
)
