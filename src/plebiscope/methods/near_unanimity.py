"""Stations at or near 100 %, against what their size and their own area make likely.

Question
--------
How many stations report that nearly everybody came, or that nearly everybody voted the same way, and how
many would be expected, given how the other stations of the same area voted and how much they differ?

Statistic
---------
A station counts if its turnout, or the share of the favoured option, is at least 98 %, decided in whole
numbers (``100 k >= 98 n``). Turnout is ballots issued over registered voters, or ballots cast where issued
ballots are not given; the share is of ballots cast, else of valid ballots. Used are stations with at
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
* The beta law has the tails that stations have. In simulated fair votes it often has not: where small
  stations differ with long tails, p for turnout was below 0.05 in 19 of 100 (elsewhere in 0 to 7), the
  interval of its excess held zero in 90 to 100, and with a leader above 85 % fewer stations came near 100 %
  than it expects, so that the interval of the excess held zero in 5 to 82 of 100. The p alone never makes a
  finding.
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
Nine stations of 1,000 voters with a turnout about 60 %, and one with 99 %. How likely is 98 % or more there,
given the nine others?

>>> import numpy as np
>>> from plebiscope.kernels import beta_binomial
>>> came = np.array([580, 610, 570, 640, 600, 590, 630, 560, 620, 990])
>>> voters = np.full(10, 1000)
>>> mean, correlation = beta_binomial.fit_rest(came, voters, np.zeros(10, dtype=np.int64))
>>> log_tail = beta_binomial.log_upper_tail(np.full(10, 980), voters, mean, correlation)
>>> bool(log_tail[9] < np.log(1e-30))
True
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence import chart
from plebiscope.evidence.excess import against_chance
from plebiscope.evidence.ratio import Columns, CountRatio, ballots_of, ratio_columns
from plebiscope.kernels import beta_binomial
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Measurement, State
from plebiscope.model.method import Evidence, Method, Subject, checked, effect, most_surprising, too_few
from plebiscope.model.returns import Returns, Selection
from plebiscope.model.wording import capital, counted, few, noun, per_cent, so_many_have

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_SIMULATED = {
    "turnout": "with long-tailed differences between small stations, p was below 0.05 in 19 of 100 "
    "simulated fair votes (elsewhere in 0 to 7)",
    "share": "with a leader above 85 %, fewer stations of simulated fair votes came near 100 % than "
    "expected; the interval of the excess held zero in 5 to 82 of 100",
}
"""How the beta law fared where the truth is known (docs/calibration.md)."""
_LOG_LEAST = -250.0 * math.log(10.0)


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
    """Smallest station used, in registered voters (in ballots where registers are not given)."""
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


@dataclass(frozen=True)
class Ratio(CountRatio):
    """Turnout or share at every station used, with the law of its area; arrays of shape (n,)."""

    mean: Floats
    correlation: Floats
    small: tuple[Ints, Ints]
    """The same counts at the stations that are too small, each of shape (m,)."""

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
class _Used:
    """The stations used, and where their laws come from."""

    subject: Subject
    params: Params
    stations: Selection
    area: str
    """The area column from which laws are fitted."""
    codes: Ints
    """Area of each station."""
    ratios: Sequence[Ratio]


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Count stations near 100 % and compare with the laws of their areas; ``rng`` is not used."""
    columns, missing = ratio_columns(subject, params.turnout, params.share, subject.favoured)
    area = _area_column(subject.results, params)
    reasons = [] if columns else list(missing.values())
    if area is None:
        reasons.append(
            f"no column of areas puts most {subject.rows_are} with {params.least_area - 1} others or more"
        )
    if area is None or reasons:
        return Evidence((METHOD.untestable(subject, "turnout", "; ".join(reasons)),))
    used = _use(subject, params, columns, area)
    reason = too_few(used.stations, params.least_stations, subject.rows_are)
    if reason is not None:
        return Evidence((METHOD.untestable(subject, columns[0].quantity, reason),))

    found, by_area, figures = [], [], []
    for one in used.ratios:
        chance = one.chance(params.level)
        bands, fits = _bands(one)
        found.append(_answer(used, one, chance, fits=fits))
        by_area += [
            _answer(used, one, chance, place, members)
            for place, members in subject.large_areas(used.stations.rows, params.least_stations)
        ]
        figures.append(_figure(found[-1], one, bands, subject.rows_are))
    if len(used.ratios) == 2:
        found.append(_both(used))
    found += [METHOD.untestable(subject, quantity, reason) for quantity, reason in missing.items()]

    bits = [_bits(one, params) for one in used.ratios]

    def why(at: int) -> str:
        pairs = zip(used.ratios, bits, strict=True)
        return "; ".join(_reason(one, at) for one, own in pairs if own[at] > 0.0)

    # Turnout and share go together: the larger of the two counts, not their sum.
    scores = most_surprising(used.stations.rows, np.max(bits, axis=0), params.listed, why)
    return Evidence((*found, *by_area), tuple(figures), scores)


def _area_column(returns: Returns, params: Params) -> str | None:
    """Return the finest area column in which at least half of the stations have enough others."""
    rows = np.arange(len(returns), dtype=np.int64)
    for column in reversed(returns.areas):
        codes, names = returns.area_of(column, rows)
        sizes = np.bincount(codes, minlength=len(names))
        if len(rows) and float(np.median(sizes[codes])) >= params.least_area:
            return column
    return None


def _use(subject: Subject, params: Params, columns: Sequence[Columns], area: str) -> _Used:
    """Select stations that have enough others in their area, and fit the laws."""
    stations = subject.results.select(
        *dict.fromkeys(name for one in columns for name in (one.numerator, one.denominator))
    )
    for one in columns:
        part, whole = noun(one.numerator), noun(one.denominator)
        stations = stations.keep(stations[one.denominator] > 0, f"with no {whole}")
        within = stations[one.numerator] <= stations[one.denominator]
        stations = stations.keep(within, f"with more {part} than {whole}")
        stations = stations.keep(stations[one.numerator] >= 0, "with a negative count")
    size = columns[0].denominator
    enough = stations[size] >= params.least_registered
    small = stations.keep(~enough, "")
    stations = stations.keep(enough, f"with fewer than {params.least_registered} {noun(size)}")
    codes, names = subject.results.area_of(area, stations.rows)
    wide = np.bincount(codes, minlength=len(names))[codes] >= max(3, params.least_area)
    stations = stations.keep(
        wide, f"in areas ({area}) with fewer than {params.least_area} {subject.rows_are}"
    )
    codes = codes[wide]
    ratios = []
    for one in columns:
        k, n = stations[one.numerator], stations[one.denominator]
        law = beta_binomial.fit_rest(k, n, codes)
        apart = (small[one.numerator], small[one.denominator])
        ratios.append(Ratio(one.quantity, one.option, one.label, k, n, *law, apart))
    return _Used(subject, params, stations, area, codes, ratios)


def _answer(
    used: _Used,
    ratio: Ratio,
    chance: Floats,
    area: str | None = None,
    members: Ints | slice = slice(None),
    fits: Assumption | None = None,
) -> Measurement:
    """Answer the question on one ratio for the contest, or for some of its stations as those of an area."""
    params, level, rows_are = used.params, used.params.level, used.subject.rows_are
    hits, ballots = ratio.at(level)[members], ballots_of(used.ratios)[members]
    seen = int(hits.sum())
    answer = against_chance(
        chance[members],
        seen,
        ballots,
        of=rows_are,
        mechanism=f"results raised to {per_cent(level, 'd')} or more",
        coverage=params.coverage,
        level=params.limit_level,
    )
    of_rows = f"{len(hits):,} {rows_are}"
    statement = f"{so_many_have(seen, of_rows)} a {ratio.label} of at least {per_cent(level, 'd')}; "
    expected = f"{few(answer['expected'])} would be expected."
    more: dict[str, Any] = {"statement": statement + expected}
    if fits is not None:
        there, small = int(ballots[hits].sum()), ratio.small
        small_seen = int(np.count_nonzero(100 * small[0] >= level * small[1]))
        left_out = dict(used.stations.dropped)
        apart = f" Ballots cast there: {there:,}." if seen else ""
        if len(small[0]):
            seen_there = f"{small_seen:,}" if small_seen else "none"
            apart += (
                f" Of {counted(len(small[0]), f'smaller {rows_are}')}, counted apart, "
                f"{seen_there} {'is' if small_seen < 2 else 'are'} at the level."
            )
        more = {
            "effects": (
                effect("ballots there", there, "ballots"),
                effect(
                    f"ballots there, in per cent of those in all {rows_are} used",
                    100.0 * there / max(1, int(ballots.sum())),
                    "per cent of ballots",
                ),
                effect(f"smaller {rows_are} at the level", small_seen, rows_are),
            ),
            "assumptions": (*_assumptions(used, ratio), fits),
            "statement": f"{statement}given how the others of their areas voted, {expected}{apart}",
            "params": {**asdict(params), "ratio": ratio.label, "area": used.area, "left_out": left_out},
        }
    filled = {"null": "conditional", **answer, **more}
    return METHOD.answer(used.subject, ratio.quantity, option=ratio.option, area=area, **filled)


def _both(used: _Used) -> Measurement:
    """Count the stations where turnout and share are both at the level."""
    level, ballots = used.params.level, ballots_of(used.ratios)
    hits = used.ratios[0].at(level) & used.ratios[1].at(level)
    seen = int(hits.sum())
    part = 100.0 * int(ballots[hits].sum()) / max(1, int(ballots.sum()))
    labels = " and a ".join(one.label for one in used.ratios)
    of_rows = f"{len(hits):,} {used.subject.rows_are}"
    return METHOD.answer(
        used.subject,
        "both",
        n=len(hits),
        observed=seen,
        effect=effect("ballots there", part, "per cent of ballots"),
        assumptions=(
            Assumption(
                name="ordinary stations are seldom near 100 % in both",
                state="unknown",
                how="no number to expect is worked out; institutions and villages that vote as one can be",
            ),
        ),
        statement=f"{so_many_have(seen, of_rows)} both a {labels} of at least {per_cent(level, 'd')}"
        + (f"; {per_cent(part, '.2f')} of the ballots were cast there" if seen else "")
        + ". No number to expect is worked out for both together.",
    )


def _assumptions(used: _Used, ratio: Ratio) -> list[Assumption]:
    """Check on this table what the law of an area takes for granted."""
    rows_are, sizes = used.subject.rows_are, np.bincount(used.codes)
    middle = np.median(sizes[sizes > 0])
    lost = sum(count for reason, count in used.stations.dropped.items() if reason.startswith("in areas"))
    lost_share = lost / (lost + len(used.stations))
    none = float(np.mean(ratio.correlation <= 0.0))
    return [
        checked(
            "areas are large enough",
            lost_share <= 0.2 and bool(middle >= 2 * used.params.least_area),
            f"{np.count_nonzero(sizes):,} areas ({used.area}) with {middle:.0f} {rows_are} in the median; "
            f"{per_cent(100 * lost_share)} of {rows_are} are in smaller ones",
        ),
        checked(
            "differences within areas can be estimated",
            none <= 0.1,
            f"the intraclass correlation (how much more alike stations of one area are than chance makes "
            f"them; 0 is not at all) is {np.median(ratio.correlation):.4f} in the median and is "
            f"estimated as none for {per_cent(100 * none)} of {rows_are}",
        ),
        Assumption(
            name="the law of an area has the tails that stations have",
            state="doubtful",
            how=_SIMULATED[ratio.quantity],
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
    reach = 3.0 * np.sqrt(np.sum(inside * (1.0 - inside), axis=1))
    names = [f"{low}–{per_cent(low + 1, 'd')}" for low in edges[1:-1]] + [per_cent(100, "d")]
    rows = [
        {
            "band": name,
            "stations": int(count),
            "expected": round(float(expected), 1),
            "low": round(max(0.0, float(expected - within)), 1),
            "high": round(float(expected + within), 1),
        }
        for name, count, expected, within in zip(names, seen_in[1:], mean[1:], reach[1:], strict=True)
    ]
    apart = float(seen_in[0] / mean[0]) if mean[0] > 0.0 else math.inf
    state: State = "unknown" if mean[0] < 10.0 else "holds" if 0.8 <= apart <= 1.25 else "doubtful"
    return rows, Assumption(
        name="the law of the areas fits below the level",
        state=state,
        how=f"from 90 to {per_cent(95, 'd')} there are {seen_in[0]:,}, and {few(mean[0])} would be expected",
    )


def _bits(ratio: Ratio, params: Params) -> Floats:
    """Return the surprise of the stations at the level that their own area makes unlikely, else 0."""
    bits = np.zeros(len(ratio.trials))
    members = np.flatnonzero(ratio.at(params.level))
    tails = ratio.log_tail(ratio.successes[members], members)
    unlikely = tails < math.log(params.listing_level)
    bits[members[unlikely]] = -tails[unlikely] / math.log(2.0)
    return bits


def _reason(ratio: Ratio, at: int) -> str:
    k, n, others = int(ratio.successes[at]), int(ratio.trials[at]), 100 * ratio.mean[at]
    return f"{ratio.name} {per_cent(100 * k / n)} ({k:,} of {n:,}), others of its area {per_cent(others)}"


def _figure(head: Measurement, ratio: Ratio, rows: Sequence[dict[str, Any]], rows_are: str) -> Figure:
    """Draw the stations in the bands next to 100 % with what their areas make likely."""
    words = "; ".join(f"{row['band']}: {row['stations']:,} ({few(row['expected'])} expected)" for row in rows)
    last, y = rows[-1], chart.number("stations", capital(rows_are))
    layers = [
        chart.layer("bar", "band", chart.span("y", y)),
        chart.layer("tick", "expected", {"y": {**y, "field": "expected"}}, orient="horizontal"),
        chart.layer("point", "observed", {"y": y}, filled=True, size=60),
    ]
    x = chart.category("band", capital(ratio.label), labelAngle=0)
    return Figure(
        id=f"{head.id}/bands",
        finding=head.id,
        title=f"{capital(ratio.label)}: {last['stations']:,} {rows_are} at {per_cent(100, 'd')}, "
        f"{few(last['expected'])} expected",
        caption=f"Number of {rows_are} by band (points) and what is expected from the others of their areas "
        f"(line) with three standard deviations to either side (band). {words}.",
        alt=f"Six points, the last one for exactly 100 %, each over its expected range. {words}.",
        vega_lite=chart.picture(layers, rows, encoding={"x": x}),
    )


METHOD = Method(
    id="near-unanimity",
    title="Turnout and shares near 100\N{NO-BREAK SPACE}%",
    question="Do more stations than their own areas make likely report that nearly everybody came or agreed?",
    tier="C",
    null="conditional",
    needs=("returns", "areas", ("options", "registered")),
    tail="upper",
    params=Params,
    measure=measure,
    references=("ridout1999", "hong2013", "klimek2012"),
    no_votes="it counts stations; how many of the ballots there would else be missing is not known",
    innocent=(
        "Hospitals, ships, barracks, prisons and stations formed on the day of the vote.",
        "Villages and communities that vote as one.",
        "Registers written to fit those who came.",
    ),
    blind=(
        "Areas where every station is near 100 %.",
        "Added or moved votes that leave a station below the level.",
    ),
    longest=0.1,
)
