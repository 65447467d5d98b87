"""Shapes of turnout and share, and how they go together: figures of the older literature, without verdict.

Question
--------
How are turnout and the favoured option's share spread over stations, how do they go together, and how much of
that is a matter of places and how much of stations inside one place?

Statistic
---------
At ordinary stations, with turnout ``T = cast / registered`` and share ``P`` of ballots cast (else of valid
ballots):

* *Slope*: the share as a logistic line in turnout, in logits per ten points of turnout, with one level for
  each of the finest areas of eight stations or more; beside it the same with one level for all, and the
  difference, which lies between places. Stations of 100 to 5,999 voters. The interval comes from leaving out
  each area in turn, by Student's law, and not from a law of counts.
* *Correlation* of T and P.
* *Votes per registered voter*: the slope of ``L/N`` on T by least squares (Sobyanin and Sukhovolsky), beside
  the share. Where the share does not depend on turnout the two are equal; above 1 the other options lose
  votes per registered voter as turnout grows.
* *Logarithmic vote rate* of Klimek and others: skewness and kurtosis of ``ln((n - L) / L)`` over stations
  with ``0 < L < n`` and 100 voters or more, ``n`` the ballots of the share and, beside it, the registered
  voters.
* *Skewness*, *kurtosis* (3 for the normal law) of T and of P, and Hartigan's *dip* with its p for one peak,
  once as computed and once with each count moved by up to half a vote, averaged, since counts are coarse.

Fair vote
---------
There is none. Turnout and shares of clean votes are skewed, have long tails and several peaks, because towns
and villages, north and south differ (Canada has two peaks), and they go together where the side that is
better organised also brings out its voters (Poland 2007: .58 for the winner). Correlation has been between
-.47 and +.58 in votes that nobody doubts and between .45 and .81 in Russia: it tells neither. Tool kits mark
|r| above .4, any kurtosis other than 3, and any dip with p below 5 %; on votes simulated without
irregularity two thirds of areas are marked somewhere. So everything here is shown and nothing is counted. The
slope inside areas is the best of them, since differences between places are out of it.

Assumptions
-----------
* Areas are fine enough that stations inside one are alike. Unknown: the table does not say.
* Each area is a sample of its own. In simulated votes with 2 to 40 areas, of one size or one of them with 60
  per cent of the stations, the intervals held the mean over all such votes in 94 or more of 100. (The usual
  sandwich with 1.96 errors held it in 31 to 95.)
* No station has more ballots than voters or more votes than ballots. Those that do are left out and counted.

Innocent causes
---------------
Town and country, income, age and language move turnout and opinion together. A side that is organised better
in some places. Stations of one size class in one kind of place.

Blind spots
-----------
Everything that leaves the shape alone; and any irregularity that is no larger than geography.

References
----------
Myagkov, Ordeshook and Shakin (2009), who give Sobyanin and Sukhovolsky's argument; Hartigan and Hartigan
(1985); Klimek and others (2012) on the vote rate; Hicken and Mebane (2017), the guide to the tests of the
tool kits; Bell and McCaffrey (2002) on the interval.

Example
-------
In four places the share is 40 % or 60 %, whatever the turnout of a station; turnout is higher in the latter.

>>> import numpy as np
>>> from plebiscope.kernels import slopes
>>> turnout = np.array([4.0, 5.0, 4.2, 4.8, 6.0, 7.0, 6.2, 6.8])
>>> votes, ballots = np.array([40, 40, 40, 40, 60, 60, 60, 60]), np.full(8, 100)
>>> place = np.array([0, 0, 1, 1, 2, 2, 3, 3])
>>> everywhere = slopes.logit_slope(turnout, votes, ballots, np.zeros(8, dtype=np.int64), place)
>>> inside = slopes.logit_slope(turnout, votes, ballots, place, place)
>>> round(everywhere.value, 2), round(abs(inside.value), 2)
(0.35, 0.0)
"""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence import chart
from plebiscope.kernels import slopes
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.model.method import Evidence, Method, Subject, effect, too_few
from plebiscope.model.returns import Selection
from plebiscope.model.wording import written

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_UNIT = "logit of share per 10 points of turnout"
_DRAWN = 400


@dataclass(frozen=True)
class Params:
    """Which stations and areas are looked at."""

    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share: the first of these quantities that the returns have."""
    least_registered: int = 100
    """Smallest station used for slopes, in registered voters."""
    most_registered: int = 5999
    """Largest station used for slopes, in registered voters."""
    least_area: int = 8
    """Fewest stations of the areas inside which a slope is taken, in stations."""
    least_stations: int = 30
    """Fewest stations with which anything is computed, in stations."""
    jitters: int = 10
    """How often counts are moved by up to half a vote for the dip, in repetitions."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""


def moments(rates: Floats) -> tuple[float, float] | None:
    """Return skewness and kurtosis (3 for the normal law); null where all rates are one.

    Parameters
    ----------
    rates
        Shape (n,).
    """
    away = rates - rates.mean()
    variance = float(np.mean(away**2))
    if variance <= 1e-18:
        return None
    return float(np.mean(away**3)) / variance**1.5, float(np.mean(away**4)) / variance**2


def dip(rates: Floats) -> tuple[float, float]:
    """Return Hartigan's dip and its p.

    Parameters
    ----------
    rates
        Shape (n,), n at least 4. Beyond 72,000 stations p is that of the largest table that was computed,
        with the dip scaled by the root of n.
    """
    import diptest

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # says that n is larger than the table
        value, p = diptest.diptest(rates)
    return float(value), float(p)


@dataclass(frozen=True)
class _Used:
    """The stations, and the counts behind turnout and share; arrays of shape (n,)."""

    subject: Subject
    params: Params
    stations: Selection
    option: str
    registered: Ints
    cast: Ints
    base: Ints
    votes: Ints

    @property
    def turnout(self) -> Floats:
        return np.asarray(self.cast / self.registered, dtype=np.float64)

    @property
    def share(self) -> Floats:
        return np.asarray(self.votes / self.base, dtype=np.float64)


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Describe turnout and share; ``rng`` moves the counts for the dip."""
    base = next((name for name in params.share if name in subject.results.quantities), None)
    option = subject.favoured
    if base is None or option is None:
        why = "no share can be formed, because votes or ballots are not part of this case"
        return Evidence((METHOD.untestable(subject, "slope", why),))
    stations = subject.possible(option, base)
    reason = too_few(stations, params.least_stations, subject.rows_are)
    if reason is not None:
        return Evidence((METHOD.untestable(subject, "slope", reason, option=option),))
    columns = (stations["registered"], stations["cast"], stations[base], stations[option])
    used = _Used(subject, params, stations, option, *columns)
    first, figures = _slope(used)
    return Evidence(
        (
            first,
            _together(used),
            _per_registered(used),
            _spread(used, "turnout", None, used.cast, used.registered, rng),
            _spread(used, "share", option, used.votes, used.base, rng),
            _vote_rate(used),
        ),
        tuple(figures),
    )


def _slope(used: _Used) -> tuple[Measurement, list[Figure]]:
    """Take the slope inside areas, over all, and what lies between."""
    subject, params = used.subject, used.params
    fit = (used.registered >= params.least_registered) & (used.registered <= params.most_registered)
    column = subject.results.finest_area(params.least_area)
    rows = used.stations.rows[fit]
    if len(rows) < params.least_stations:
        reason = (
            f"{params.least_stations} {subject.rows_are} of {params.least_registered} to "
            f"{params.most_registered:,} registered voters are needed, and there are {len(rows) or 'none'}"
        )
        return METHOD.untestable(subject, "slope", reason, option=used.option), []
    x, votes, base = 10.0 * used.turnout[fit], used.votes[fit], used.base[fit]
    none, nowhere = np.zeros(len(rows), dtype=np.int64), np.full(len(rows), -1, dtype=np.int64)
    areas = nowhere if column is None else subject.results.places(column)[0][rows]
    # Stations without an area are one cluster, and in no area.
    over_all = slopes.logit_slope(x, votes, base, none, areas + 1)
    here = areas >= 0
    inside = slopes.logit_slope(x[here], votes[here], base[here], areas[here], areas[here])
    if over_all is None:
        reason = (
            f"turnout or share is the same at every one of the {subject.rows_are}, so no line can be drawn"
        )
        return METHOD.untestable(subject, "slope", reason, option=used.option), []

    def named(name: str, found: slopes.Slope) -> Effect:
        ends = found.interval(params.coverage)
        return effect(name, found.value, _UNIT, ends or (None, None), params.coverage if ends else None)

    whole = named("slope over all", over_all)
    statement = (
        f"over {len(rows):,} {subject.rows_are} the share of “{used.option}” goes with turnout by "
        f"{written(over_all.value, '+.3f')} logits per ten points"
    )
    if inside is None:
        first, more = whole, []
        statement += "; it cannot be said how much of that lies between places."
    else:
        first = named("slope inside areas", inside)
        between = effect("slope over all less that inside areas", over_all.value - inside.value, _UNIT)
        more = [whole, between]
        statement += (
            f", and inside the same area ({column}) by {written(inside.value, '+.3f')}; the rest lies "
            f"between areas."
        )
    answer = METHOD.answer(
        subject,
        "slope",
        option=used.option,
        n=len(rows),
        observed=first.value,
        effect=first,
        effects=tuple(more),
        assumptions=(
            Assumption(
                name="stations inside one area are alike",
                state="unknown",
                how="the table does not say what kind of place a station is in",
            ),
        ),
        statement=statement,
        params=asdict(params) | {"area": column, "left_out": dict(used.stations.dropped)},
    )
    return answer, _figure(used, answer, column)


def _together(used: _Used) -> Measurement:
    """Return the correlation of turnout and share."""
    turnout, share = used.turnout, used.share
    spreads = float(turnout.std()) * float(share.std())
    if spreads <= 1e-12:
        reason = f"turnout or share is the same at every one of the {used.subject.rows_are}"
        return METHOD.untestable(used.subject, "correlation", reason, option=used.option)
    value = float(np.mean((turnout - turnout.mean()) * (share - share.mean()))) / spreads
    value = min(1.0, max(-1.0, value))
    return METHOD.answer(
        used.subject,
        "correlation",
        option=used.option,
        n=len(turnout),
        observed=value,
        effect=effect("correlation of turnout and share", value, ""),
        statement=f"turnout and the share of “{used.option}” have a correlation of {written(value, '.2f')} "
        f"over {len(turnout):,} {used.subject.rows_are}.",
        params=asdict(used.params),
    )


def _per_registered(used: _Used) -> Measurement:
    """Return Sobyanin and Sukhovolsky's slope beside the share."""
    fit = used.registered >= used.params.least_registered
    share = float(used.votes.sum()) / float(used.base.sum())
    slope = None
    if np.count_nonzero(fit) >= used.params.least_stations:
        slope = slopes.line(used.turnout[fit], used.votes[fit] / used.registered[fit])
    if slope is None:
        reason = (
            f"turnout does not vary over {used.params.least_stations} {used.subject.rows_are} of "
            f"{used.params.least_registered} registered voters or more"
        )
        return METHOD.untestable(used.subject, "votes per registered voter", reason, option=used.option)
    return METHOD.answer(
        used.subject,
        "votes per registered voter",
        option=used.option,
        n=int(np.count_nonzero(fit)),
        observed=slope,
        expected=share,
        effect=effect(
            "slope of votes per registered voter on turnout", slope, "votes for each further ballot"
        ),
        effects=(effect("the same less the share", slope - share, "votes for each further ballot"),),
        statement=f"from {used.subject.rows_are} of low to those of high turnout, “{used.option}” gains "
        f"{written(slope, '.2f')} votes for each further ballot; its share is {written(share, '.2f')}.",
        params=asdict(used.params),
    )


def _spread(
    used: _Used, quantity: str, option: str | None, part: Ints, whole: Ints, rng: np.random.Generator
) -> Measurement:
    """Return skewness, kurtosis and dip of turnout or share."""
    rates = np.asarray(part / whole, dtype=np.float64)
    found, named = moments(rates), "the turnout" if option is None else f"the share of “{option}” in each"
    if found is None:
        reason = f"the {quantity} is the same at every one of the {used.subject.rows_are}"
        return METHOD.untestable(used.subject, f"{quantity} shape", reason, option=option)
    skewness, kurtosis = found
    value, p = dip(rates)
    moved = [dip((part + rng.uniform(-0.5, 0.5, len(part))) / whole)[1] for _ in range(used.params.jitters)]
    averaged = float(np.mean(moved)) if moved else p
    return METHOD.answer(
        used.subject,
        f"{quantity} shape",
        option=option,
        n=len(rates),
        observed=skewness,
        effect=effect("skewness", skewness, "skewness"),
        effects=(
            effect("kurtosis (3 for the normal law)", kurtosis, ""),
            effect("dip", value, "share of stations"),
            effect("p of the dip under one peak", p, "probability"),
            effect("p of the dip, counts moved by up to half a vote", averaged, "probability"),
        ),
        statement=f"{named} of {len(rates):,} {used.subject.rows_are} has a skewness of "
        f"{written(skewness, '.2f')}, a kurtosis of {written(kurtosis, '.2f')} and a dip of "
        f"{written(value, '.4f')}.",
        params=asdict(used.params),
    )


def _vote_rate(used: _Used) -> Measurement:
    """Return skewness and kurtosis of the logarithmic vote rate, of ballots and of registered voters."""
    found = []
    for whole in (used.base, used.registered):
        inner = (used.votes > 0) & (used.votes < whole)
        inner &= used.registered >= used.params.least_registered
        rates = np.log((whole - used.votes)[inner] / used.votes[inner])
        found.append(moments(rates) if len(rates) >= used.params.least_stations else None)
    first, second = found
    if first is None:
        rows_are = used.subject.rows_are
        reason = f"fewer than {used.params.least_stations} {rows_are} have some and not all votes for it"
        return METHOD.untestable(used.subject, "logarithmic vote rate", reason, option=used.option)
    beside = () if second is None else zip(("skewness", "kurtosis"), second, strict=True)
    return METHOD.answer(
        used.subject,
        "logarithmic vote rate",
        option=used.option,
        n=len(used.votes),
        observed=first[1],
        effect=effect("kurtosis (3 for the normal law)", first[1], ""),
        effects=(
            effect("skewness", first[0], "skewness"),
            *(effect(f"{name}, of registered voters", value, "") for name, value in beside),
        ),
        statement=f"the logarithm of other ballots over votes for “{used.option}” has a skewness of "
        f"{written(first[0], '.1f')} and a kurtosis of {written(first[1], '.1f')}.",
        params=asdict(used.params),
    )


def _figure(used: _Used, head: Measurement, column: str | None) -> list[Figure]:
    """Draw mean turnout and share of each area, so that differences between places are seen."""
    if column is None:
        return []
    codes, names = used.subject.results.places(column)
    codes = codes[used.stations.rows]
    here = codes >= 0
    registered, cast, base, votes = (
        np.bincount(codes[here], counts[here], len(names))
        for counts in (used.registered, used.cast, used.base, used.votes)
    )
    large = sorted(np.flatnonzero(base > 0).tolist(), key=lambda at: (-registered[at], names[at]))[:_DRAWN]
    rows = [
        {
            "area": names[at],
            "turnout": round(100.0 * cast[at] / registered[at], 2),
            "share": round(100.0 * votes[at] / base[at], 2),
        }
        for at in large
    ]
    x = chart.per_cent("turnout", "Turnout, %")
    y = chart.per_cent("share", f"Share of “{used.option}”, %")
    effects = [found for found in (head.effect, *head.effects) if found is not None]
    words = "; ".join(f"{found.name} {written(found.value or 0.0, '+.3f')}" for found in effects)
    return [
        Figure(
            id=f"{head.id}/places",
            finding=head.id,
            title=f"Turnout and share of “{used.option}” from place to place",
            caption=f"One point for each of the {len(rows)} largest areas ({column}). In logits per ten "
            f"points of turnout: {words}.",
            alt=f"{len(rows)} points, one for each area, turnout to the right and share upwards. {words}.",
            vega_lite=chart.picture(
                [chart.layer("point", "observed", {"x": x, "y": y}, size=14)], rows, height=320
            ),
        )
    ]


METHOD = Method(
    id="shape",
    title="Shape of turnout and share",
    question="How are turnout and share spread, and how do they go together?",
    tier="D",
    null="none",
    needs=("returns", "registered", "cast", "options"),
    tail="none",
    params=Params,
    measure=measure,
    references=("myagkov2009", "hartigan1985", "klimek2012", "hicken2017", "bell2002"),
    innocent=(
        "Town and country, age, income and language move turnout and opinion together.",
        "A side that is better organised in some places.",
    ),
    blind=("Everything that leaves these shapes alone, or that is no larger than geography.",),
)
