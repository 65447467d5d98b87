"""The model of added votes of 2012, as published and fitted to differences inside districts.

Question
--------
Under a model in which ballots were added at some stations and moved to the option, at how many stations would
that be?

Statistic
---------
*As published* (Klimek and others): turnout and share of clean stations have one peak each in the whole
country; with chance ``f_i`` a part of those who stayed away is added for the option (and as much to the power
alpha moved from the others), with chance ``f_e`` nearly everything. Centres are the first peaks of the
curves, spreads are taken below them, and the parts are those whose histogram of shares comes nearest. The
histogram is linear in the parts, so these follow from least squares where the original searches by repeated
simulation; the distance ``S`` is its own. This is shown as what the literature does, with the parts that a
first peak of shares one point lower or higher would give: where a curve is flat, nothing says which it is.

*Our own*: what clean stations differ by is measured inside districts (the finest area that puts 20 stations
together). Logits of turnout and share are normal around the middle of the district, with a correlation;
counts are binomial. Spread and correlation are read off the stations below the middle, which additions hardly
reach. The parts with additions come from the histogram of residuals in 144 cells, by least distance, with the
law of each kind of station drawn once from fixed random numbers. Every second district is fitted; the others
are predicted. A part is reported only if the model of clean stations alone fails there (p below .001) and the
fitted one does not (p of .001 or more). Where clean stations alone suffice, or neither model describes the
vote, none is; nor where there are fewer than 40 districts. Its interval comes from fitting everything anew to
halves of the districts, by Student's law.

Fair vote
---------
There is none for the published model: peaks of a whole country are its geography, and towns that turn out
more look like additions. So its figures stand beside what the very same give on reference votes. Our own has
one: clean stations alone. It decides whether a part is reported; the part itself is a figure of the model,
without p, and there is no range to set it beside: on none of the reference votes, of Russia neither, was one
reported.

Assumptions
-----------
* Published: one peak of turnout and one of share. It is checked by how far the model without additions is
  away.
* Our own: stations of one district are alike but for a normal spread of logits and the drawing of voters. It
  is checked on districts that were not fitted.
* Fewer than half of the stations of a district have additions; else its middle is no clean station any more.
* The part told is that of stations with additions. It is doubtful: see the blind spots.

Innocent causes
---------------
Differences between regions (published). Inside a district: villages, institutions and strongholds that turn
out more and vote alike, which give the upper side a longer tail.

Blind spots
-----------
The published model cannot tell few stations with additions from many: that follows from where the first peak
is put (see the references). Our own part is no count: in votes drawn from the model itself with additions at
17 of 100 stations it came to 20 to 33; with 20 districts to 37 on the average and with 10 to 45, so that with
few it is not told. With 40 to 100 districts its interval held the mean over such votes in 90 or more of 100,
and the 17 in 67 to 97. (With districts drawn again and the rest of the fit held it held the mean in 48 to
55.) Districts of which most stations are disturbed. Additions so small that they stay within the spread of a
district. Votes moved without a change of turnout, votes removed, figures invented outright. Whether people
were brought to vote or ballots were brought to the box.

References
----------
Klimek, Yegorov, Hanel and Thurner (2012). For Russia 2007, 2011 and 2012 what the model takes from the data
beforehand (both peaks, both spreads and theta) comes out as Kobak, Shpilkin and Pshenichnikov printed it, to
the last digit. The parts, by least squares, beside those that the article printed, with ``f_i`` for a first
peak of shares one point lower and one higher:

====  ===================  ===================  ============  ==================================
year  printed: f_i, f_e,   computed: f_i, f_e,  f_i, peak a   S: computed, as printed,
      alpha                alpha                point beside  no additions
====  ===================  ===================  ============  ==================================
2007  0.636  0.038  2.2    0.500  0.042  2.2    0.49, 0.44    21.1  23.4  60.9
2011  0.64   0.033  2.3    0.746  0.029  2.5    0.76, 0.74    9.0   12.4  220.2
2012  0.39   0.021  1.5    0.450  0.021  1.7    0.51, 0.33    20.5  20.9  52.8
====  ===================  ===================  ============  ==================================

The article searches: every triple of a grid is simulated, the nearest kept, and this repeated. So searched
for, with their standard deviations over the repeats, and likewise with the exponent at extreme additions too,
as the formula is quoted:

====  =====================================  =====================================
year  without: f_i, f_e, alpha               with it: f_i, f_e, alpha
====  =====================================  =====================================
2007  0.42 (0.05)  0.042 (0.006)  1.7 (0.4)  0.44 (0.02)  0.058 (0.013)  2.4 (0.5)
2011  0.73 (0.02)  0.029 (0.006)  2.5 (0.1)  0.72 (0.02)  0.047 (0.008)  2.9 (0.4)
2012  0.40 (0.05)  0.020 (0.005)  1.4 (0.2)  0.46 (0.03)  0.043 (0.013)  2.3 (0.7)
====  =====================================  =====================================

Without it 2012 comes out whole, and of the other years ``f_e``; with it none does, which is why it is left
out here. ``f_i`` of 2007 and 2011 comes out in neither way; the article does not print what it took from the
data beforehand, and S hardly depends on it where ``f_i`` does. With the first peak of shares put from six
points lower to one higher, in whole points, and everything else estimated anew:

====  ============  ============
year  S             f_i
====  ============  ============
2007  20.4 to 21.8  0.44 to 0.78
2011  8.7 to 9.2    0.74 to 0.91
2012  20.3 to 21.6  0.33 to 0.82
====  ============  ============

Example
-------
A country with a fifth of its stations moved up: the published model finds a part of that size.

>>> import numpy as np
>>> rng = np.random.default_rng(0)
>>> came, voted = rng.normal(0.5, 0.05, 20000), rng.normal(0.4, 0.05, 20000)
>>> x = np.where(rng.random(20000) < 0.2, np.minimum(np.abs(rng.normal(0, 0.4, 20000)), 1), 0)
>>> turnout = came + x * (1 - came)
>>> share = (came * voted + x * (1 - came) + x**2 * (1 - voted) * came * (x > 0)) / turnout
>>> clean = legacy.estimate_clean(turnout, share)
>>> found = legacy.fit(legacy.histogram(share), clean, (1.0, 2.0, 3.0))
>>> 0.1 < found.incremental < 0.3, found.extreme < 0.02
(True, True)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from plebiscope.evidence import chart
from plebiscope.kernels.resampling import effective
from plebiscope.methods.klimek import legacy, own
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.model.method import Evidence, Method, Subject, effect, too_few
from plebiscope.model.wording import chance, per_cent

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


_AS_MANY = Assumption(
    name="the part told is that of stations with additions",
    state="doubtful",
    how="in votes drawn from the model with additions at 17 of 100 stations, in 40 to 100 areas, the "
    "interval held 17 in 67 to 97 of 100: the part comes out too large",
)


@dataclass(frozen=True)
class Params:
    """What is tried, and how much is needed."""

    turnout: tuple[str, ...] = ("issued", "cast")
    """Numerator of the published model's turnout: the first of these quantities that the returns have."""
    alphas: tuple[float, ...] = tuple(round(0.5 + 0.1 * step, 1) for step in range(46))
    """Exponents that the published model tries."""
    peak_beside: float = 0.01
    """How far from the first peak of shares the published model is tried too, as a part of ballots."""
    own_alphas: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Exponents that our own tries."""
    own_sizes: tuple[float, ...] = (0.2, 0.4, 0.6)
    """Sizes of incremental additions that our own tries, as parts of those who stayed away."""
    least_stations: int = 200
    """Fewest stations, in stations."""
    least_registered: int = 100
    """Smallest station that our own uses, in registered voters."""
    least_area: int = 20
    """Fewest stations of a district, in stations."""
    least_areas: int = 10
    """Fewest districts, in districts."""
    level: float = 0.001
    """Level below which a model fails on districts that it was not fitted to."""
    told_areas: int = 40
    """Fewest districts with which a part is told, in districts."""
    pairs: int = 10
    """How often the fitted districts are parted into two halves for the interval."""
    coverage: float = 0.95
    """Coverage of the interval, as a probability."""


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Fit both models; ``rng`` parts districts into halves."""
    option = subject.favoured
    if option is None:
        return Evidence((METHOD.untestable(subject, "published", "no votes for any option are known"),))
    published, figures = _published(subject, option, params)
    return Evidence((published, _own(subject, option, params, rng)), tuple(figures))


def _published(subject: Subject, option: str, params: Params) -> tuple[Measurement, list[Figure]]:
    """Fit the model as it was published."""
    numerator = next(name for name in (*params.turnout, "cast") if name in subject.results.quantities)
    picked = subject.possible(option)
    if numerator != "cast":
        known = subject.results.select(*dict.fromkeys([*picked.counts, numerator]))
        picked = known.keep(np.isin(known.rows, picked.rows), "figures impossible, or nobody voted")
    reason = too_few(picked, max(1, params.least_stations), subject.rows_are)
    if reason is not None:
        return METHOD.untestable(subject, "published", reason, option=option), []
    turnout = np.clip(picked[numerator] / picked["registered"], 0.0, 1.0)
    share = picked[option] / picked["cast"]
    clean = legacy.estimate_clean(turnout, share)
    if clean is None:
        reason = "the curves of turnout and share have no peak with stations on either side"
        return METHOD.untestable(subject, "published", reason, option=option), []
    seen = legacy.histogram(share)
    found = legacy.fit(seen, clean, params.alphas)
    without = legacy.distance(seen, clean, 0.0, 0.0, found.alpha)
    rows_are = subject.rows_are
    both = 100.0 * (found.incremental + found.extreme)
    beside = {}
    for moved in (-params.peak_beside, params.peak_beside):
        if (other := legacy.estimate_clean(turnout, share, moved)) is not None:
            fitted = legacy.fit(seen, other, params.alphas)
            beside[moved] = 100.0 * (fitted.incremental + fitted.extreme)
    unit = f"per cent of {rows_are}"
    answer = METHOD.answer(
        subject,
        "published",
        option=option,
        n=len(picked),
        observed=both,
        effect=effect(f"{rows_are} with additions, model as published", both, unit),
        effects=(
            effect("incremental additions (f_i)", 100.0 * found.incremental, unit),
            effect("extreme additions (f_e)", 100.0 * found.extreme, unit),
            effect("exponent alpha", found.alpha, "exponent"),
            *(
                effect(f"additions, first peak of share {100.0 * moved:+g} points", part, unit)
                for moved, part in beside.items()
            ),
            effect("distance S", found.distance, "squared relative errors"),
            effect("distance S without additions", without, "squared relative errors"),
            effect("first peak of turnout (tau)", round(100.0 * clean.turnout, 1), "per cent of turnout"),
            effect("first peak of share (nu)", round(100.0 * clean.share, 1), "per cent of ballots"),
            effect("spread of turnout (s_tau)", 100.0 * clean.turnout_spread, "percentage points"),
            effect("spread of share (s_nu)", 100.0 * clean.share_spread, "percentage points"),
            effect("size of additions (theta)", clean.addition, "part of those who stayed away"),
        ),
        assumptions=(
            Assumption(
                name="clean stations have one peak of turnout and one of share",
                state="unknown",
                how=f"S is {without:.1f} without additions and {found.distance:.1f} with them; towns and "
                "villages with peaks of their own look the same",
            ),
        ),
        statement=f"the model of 2012, as published, comes nearest to the shares of “{option}” with "
        f"additions at {per_cent(100.0 * found.incremental)} of {len(picked):,} {rows_are} and nearly "
        f"everything added at {per_cent(100.0 * found.extreme)}, {per_cent(both)} in all, if clean stations "
        f"lie around the first peak of shares, {per_cent(100.0 * clean.share)}."
        + "".join(
            f" Around {per_cent(100.0 * (clean.share + moved))} it would be {per_cent(part)}."
            for moved, part in beside.items()
        )
        + " It takes differences between regions for additions.",
        params={**asdict(params), "numerator": numerator, "left_out": dict(picked.dropped)},
    )
    return answer, [_histogram(answer, seen, clean, found)]


def _own(subject: Subject, option: str, params: Params, rng: np.random.Generator) -> Measurement:
    """Fit our own model to every second district, and try it on the others."""
    returns, rows_are = subject.results, subject.rows_are
    column = returns.finest_area(params.least_area)
    if column is None:
        reason = f"no area of the table puts {params.least_area} {rows_are} together"
        return METHOD.untestable(subject, "by district", reason, option=option)
    picked = subject.possible(option)
    enough = picked["registered"] >= params.least_registered
    picked = picked.keep(enough, f"with fewer than {params.least_registered} registered voters")
    place = returns.places(column)[0][picked.rows]
    picked, place = picked.keep(place >= 0, "without an area"), place[place >= 0]
    large = np.bincount(place, minlength=1)[place] >= max(2, params.least_area)
    picked = picked.keep(large, f"in areas with fewer than {params.least_area} {rows_are}")
    place = np.unique(place[large], return_inverse=True)[1]
    areas = int(place.max(initial=-1)) + 1
    lacking = too_few(picked, max(1, params.least_stations), rows_are)
    if lacking is None and areas < max(4, params.least_areas):
        wanted = f"{params.least_areas} areas with {params.least_area} {rows_are}"
        lacking = f"{wanted} are needed, and there are {areas}"
    if lacking is not None:
        return METHOD.untestable(subject, "by district", lacking, option=option)
    table = own.Table.of(picked["registered"], picked["cast"], picked[option], place)
    fitted, others = table.half(0), table.half(1)
    model = own.fit(fitted, params.own_sizes, params.own_alphas)
    alone, added = own.predictive(fitted, others, [own.clean_alone(fitted), model])
    fails, suffices = alone < np.log10(params.level), added >= np.log10(params.level)
    value = 100.0 * (model.incremental + model.extreme)
    size: Effect | None = None
    words = "so no part of stations is reported."
    told = fails and suffices and areas >= max(4, params.told_areas)
    if told:
        name = f"{rows_are} with additions, model by district"
        ends = _ends(fitted, value, params, rng)
        size = effect(name, value, f"per cent of {rows_are}", ends, params.coverage)
        words = f"which it puts at {per_cent(value)} of {rows_are}."
    elif fails and suffices:
        words = f"but at how many cannot be told from fewer than {params.told_areas} areas ({column})."
    if not fails:
        verdict = "clean stations alone describe the districts that were not fitted, "
    elif suffices:
        verdict = "clean stations alone do not describe the districts that were not fitted, additions do, "
    else:
        verdict = "neither clean stations alone nor additions describe the districts that were not fitted, "
    p_alone, p_added = (chance(one) for one in (alone, added))
    return METHOD.answer(
        subject,
        "by district",
        option=option,
        n=len(table),
        observed=value if size is not None else None,
        null="none",
        effect=size,
        effects=(
            effect("log10 p of clean stations alone, districts held out", alone, "log10 p"),
            effect("log10 p with additions, districts held out", added, "log10 p"),
            effect("spread of turnout inside districts", model.clean.spreads[0], "logits"),
            effect("spread of share inside districts", model.clean.spreads[1], "logits"),
            effect("correlation inside districts", model.clean.correlation, ""),
        ),
        assumptions=(
            Assumption(
                name="stations of one district are alike but for a normal spread",
                state="doubtful" if fails and not suffices else "holds" if not fails else "unknown",
                how=f"on {int(others.place.max()) + 1:,} areas ({column}) that were not fitted, p is "
                f"{p_alone} for clean stations alone and {p_added} with additions",
            ),
            *([_AS_MANY] if size is not None else []),
        ),
        statement=f"{verdict}{words}",
        params={**asdict(params), "area": column, "left_out": dict(picked.dropped)},
    )


def _ends(fitted: own.Table, value: float, params: Params, rng: np.random.Generator) -> tuple[float, float]:
    """Return the interval of the part, in per cent: how far those of halves of the districts lie from it."""
    parts = own.fitted_halves(fitted, params.own_sizes, params.own_alphas, max(1, params.pairs), rng)
    error = float(np.sqrt(np.mean((100.0 * parts - value) ** 2)))
    free = max(1.0, min(2.0 * params.pairs, effective(fitted.sizes)) - 1.0)
    reach = error * float(stdtrit(free, (1.0 + params.coverage) / 2.0))
    return max(0.0, value - reach), min(100.0, value + reach)


def _histogram(answer: Measurement, seen: Floats, clean: legacy.Clean, found: legacy.Fit) -> Figure:
    """Draw the histogram of shares with the published model, and its clean stations."""
    laws = legacy.shares(clean, found.alpha)
    parts = (1.0 - found.incremental - found.extreme, found.incremental, found.extreme)
    model = seen.sum() * (np.array(parts) @ np.stack(laws))
    rows = [
        {
            "share": at,
            "seen": int(seen[at]),
            "model": round(float(total), 1),
            "clean": round(float(one), 1),
        }
        for at, (total, one) in enumerate(zip(model, seen.sum() * parts[0] * laws[0], strict=True))
    ]
    x, title = chart.per_cent("share", f"Share of “{answer.option}”, per cent"), "Stations per point"
    layers = [
        chart.layer("area", "band", {"x": x, "y": chart.number("clean", title)}),
        chart.layer("line", "expected", {"x": x, "y": chart.number("model", title)}),
        chart.layer("line", "observed", {"x": x, "y": chart.number("seen", title)}, strokeWidth=1),
    ]
    told = (
        f"f_i {per_cent(100.0 * found.incremental)}, f_e {per_cent(100.0 * found.extreme)}, "
        f"alpha {found.alpha:g}, S {found.distance:.1f}"
    )
    top = int(np.argmax(seen))
    return Figure(
        id=f"{answer.id}/shares",
        finding=answer.id,
        title=f"The published model beside the shares: {told}",
        caption="Stations by share (thin line), the model of 2012 that comes nearest (line) and what it "
        f"takes for clean (area). {told}. What lies outside the area is, for the model, additions; "
        "differences between regions do the same.",
        alt="Two lines over the share from 0 to 100 per cent and an area below them. The shares are highest "
        f"at {per_cent(top, 'd')} with {seen[top]:,.0f} stations; the model's clean stations lie around "
        f"{per_cent(100.0 * clean.share)}.",
        vega_lite=chart.picture(layers, rows),
    )


METHOD = Method(
    id="klimek",
    title="A model of added votes",
    question="Under a model of ballots added and moved, at how many stations would that have happened?",
    tier="C",
    null="none",
    needs=("returns", "station", "registered", "cast", "options"),
    tail="upper",
    params=Params,
    measure=measure,
    references=("klimek2012", "kobak2016"),
    no_votes="its model gives parts of the stations, and does not say which stations these are",
    innocent=(
        "Regions differ in turnout and share, which the published model takes for additions.",
        "Villages, institutions and strongholds of one district turn out more and vote alike.",
    ),
    blind=(
        "districts of which most stations are disturbed",
        "votes moved without a change of turnout, votes removed, figures invented outright",
        "whether voters were brought to the box, or ballots",
    ),
    slow=True,
    longest=0.2,
)
