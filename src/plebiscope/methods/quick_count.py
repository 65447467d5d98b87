"""A quick count: a sample of stations against the announced result.

Question
--------
Does a sample of stations, counted by others, give the announced result?

Statistic
---------
The case holds what somebody else counted at stations drawn by chance, in the whole country or inside areas
(strata). With ``M`` stations in a stratum and ``n`` of them sampled, an option's share is estimated by
``sum M / n sum votes`` over ``sum M / n sum of all votes``: a ratio of two totals. Its error follows from how
stations scatter inside strata around that ratio. Compared are the lead and, where there are
more than two options, the share of each, in points.

Tallies that are missing are told: the share if every ballot of theirs were for the option, and if none were.
Also told is how many stations would be needed to know the lead to one point, which follows from how stations
scatter. A formula for ballots drawn one by one gives errors that are several times too small.

Fair vote
---------
The announced result is that of the ballots at the stations, so that the sample's estimate lies around it as
samples do: ``t = (estimate - announced) / error`` with Satterthwaite's degrees of freedom.

Assumptions
-----------
* The stations were drawn by chance inside their strata. Checked: whether the *official* figures of the
  sampled stations give the official result.
* What the sample says of a station is what was counted there. The table cannot say; ``copies`` compares both.
* Tallies that are missing are like others of their stratum. Checked: how many are missing, with the bounds.

Innocent causes
---------------
Stations that are hard to reach were replaced by near ones. Votes cast abroad or by post are part of the
announced result and not of the sample. A protocol was corrected after the sample's copy was made.

Blind spots
-----------
Anything done before the count at the station. Stations that were known to be in the sample beforehand.

References
----------
Cochran (1977), Sampling Techniques, sections 5.4 and 6.11; Satterthwaite (1946).

Example
-------
Four of 400 stations give the option 52, 48, 55 and 49 of 100 votes; officially it has 60 per cent:

>>> import numpy as np
>>> from plebiscope.kernels.sampling import estimate
>>> found = estimate(np.array([52.0, 48, 55, 49]), np.full(4, 100.0), np.zeros(4, int), np.array([400.0]))
>>> round(found.value, 3), round(found.error, 4), round(found.p(0.6), 4)
(0.51, 0.0157, 0.0106)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from plebiscope.evidence import chart
from plebiscope.kernels import sampling
from plebiscope.model.affected import Affected
from plebiscope.model.beside import Copies
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Limit, Measurement, State
from plebiscope.model.method import Evidence, Method, Subject, effect, surprise
from plebiscope.model.wording import counted, listed, none_of, per_cent, written

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_POINTS = "percentage points"
_NOTICED = 2.8
"""Standard errors at which a two-sided test of 5 % notices a difference with a chance of 80 %."""
_APART = 3.0
"""Standard errors from which official figures of the sampled stations do not give the official result."""
_MISSING = 0.05
"""Share of missing tallies from which it is doubtful that they do not matter."""


@dataclass(frozen=True)
class Params:
    """What is told of a sample."""

    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    least: int = 20
    """Fewest tallies, in stations."""
    exact_to: float = 1.0
    """Half width of the interval of the lead for which the needed sample is told, in percentage points."""
    options: int = 6
    """Most options whose share is estimated, in options."""


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare every sample with the announced result; ``rng`` is not used."""
    found: list[Measurement] = []
    figures: list[Figure] = []
    samples = [copies for copies in subject.copies if copies.kind == "sample"]
    for number, copies in enumerate(samples, start=1):
        sample = _Sample(subject, params, copies, number)
        reason = sample.closed()
        if reason is not None:
            found.append(METHOD.untestable(subject, "lead", reason, slug=f"{number}/lead"))
            continue
        shares = sample.shares()
        # Between two options the share tells nothing that the lead does not.
        lead = sample.lead()
        found += [lead, *(shares if len(sample.options) > 2 else ())]
        if shares:
            figures.append(_drawn(lead, shares, copies.source))
    return Evidence(tuple(found), tuple(figures))


class _Sample:
    """One sample: its tallies, strata, and the announced result."""

    def __init__(self, subject: Subject, params: Params, copies: Copies, number: int) -> None:
        self.subject, self.params, self.copies, self.number = subject, params, copies, number
        returns, table = subject.returns, copies.returns.table
        own, there = copies.match.pairs
        if returns is None:
            own = there = np.arange(table.height)
        else:
            silent = np.array(copies.silent, dtype=np.int64)
            own, there = np.append(own, np.full(len(silent), -1)), np.append(there, silent)
            own, there = own[returns.ordinary[there]], there[returns.ordinary[there]]
        self.rows, self.drawn = there, len(own)
        self.lost = table.height - int((own >= 0).sum())
        names = self.names = returns.options if returns is not None else tuple(self._announced())
        every = [self._figures(name, own) for name in names]
        self.votes = dict(zip(names, every, strict=True))
        figures = np.array(every).reshape(len(names), len(own))
        self.told: Flags = np.asarray(~np.isnan(figures).any(axis=0)) & bool(names)
        self.whole: Floats = figures.sum(axis=0)
        self.codes, self.sizes = self._strata()
        self.strata = self.codes[there] if returns is not None else np.zeros(len(own), dtype=np.int64)
        tallies = np.bincount(self.strata[self.told], minlength=len(self.sizes))
        self.open = int(((tallies == 0) & (self.sizes > 0)).sum())
        self.frame = (tallies > 0)[self.codes]
        votes = self._announced() if returns is None else self._of_stations()
        self.official = dict(sorted(votes.items(), key=lambda item: (-item[1], item[0])))
        self.options = list(self.official)[: params.options]

    def _figures(self, option: str, own: Ints) -> Floats:
        """Return the votes for an option at each sampled station, not a number where there is no tally."""
        found = np.full(len(own), np.nan)
        if option in self.copies.returns.options:
            figures = self.copies.returns.table[option].cast(float).to_numpy()
            found[own >= 0] = figures[own[own >= 0]]
        return found

    def _announced(self) -> dict[str, int]:
        """Return the first announced votes."""
        return next((dict(item.votes) for item in self.subject.totals if item.votes), {})

    def _of_stations(self) -> dict[str, int]:
        """Return the official votes of all stations of strata with a tally."""
        returns = self.subject.results
        which = returns.ordinary & self.frame
        return {
            name: int(returns.table[name].fill_null(0).to_numpy()[which].sum()) for name in returns.options
        }

    def _strata(self) -> tuple[Ints, Floats]:
        """Return the stratum of each official station, and how many stations each stratum has."""
        if self.subject.returns is None:
            return np.zeros(0, dtype=np.int64), np.array([math.inf])
        returns = self.subject.results
        codes = np.zeros(len(returns), dtype=np.int64)
        if self.copies.strata:
            codes = returns.places(self.copies.strata[-1])[0] + 1
        sizes = np.bincount(codes[returns.ordinary], minlength=int(codes.max(initial=0)) + 1)
        return codes, sizes.astype(np.float64)

    def closed(self) -> str | None:
        """Say why the sample cannot be compared."""
        source = f"the sample of “{self.copies.source}”"
        if len(self.names) < 2:
            return "no announced votes for two options are part of this case"
        lacks = [f"“{name}”" for name in self.names if name not in self.copies.returns.options]
        if lacks:
            return f"{source} has no votes for {listed(lacks[:3])}"
        tallies = int(self.told.sum())
        if tallies < self.params.least:
            known = " at stations of the results" if self.subject.returns is not None else ""
            return f"{self.params.least} tallies are needed, and {source} has {tallies or 'none'}{known}"
        return None if any(self.official.values()) else "nobody has votes in the announced result"

    def ratio(self, part: Floats, whole: Floats, which: Flags) -> sampling.Ratio | None:
        """Estimate a ratio from some of the sampled stations."""
        return sampling.estimate(part[which], whole[which], self.strata[which], self.sizes)

    @property
    def announced_total(self) -> int:
        """All announced votes."""
        return sum(self.official.values())

    def _answer(
        self, quantity: str, found: sampling.Ratio, truth: float, effects: Sequence[Effect], **filled: Any
    ) -> Measurement:
        p = found.p(truth)
        log10_p = math.log10(max(p, 1e-300))
        low, high = (100.0 * (end - truth) for end in found.interval(self.params.coverage))
        apart = 100.0 * (found.value - truth)
        dose = _NOTICED * 100.0 * found.error
        in_votes = f"announced {quantity} less that of the sample, in votes"
        beyond, *ends = (-end / 100.0 * self.announced_total for end in (apart, high, low))
        return METHOD.answer(
            self.subject,
            quantity,
            slug=f"{self.number}/{quantity}",
            n=int(self.told.sum()),
            observed=100.0 * found.value,
            expected=100.0 * truth,
            null="conditional",
            p=10.0**log10_p,
            log10_p=log10_p,
            bits=surprise(log10_p),
            effect=effect(
                f"{quantity}, sample less announced", apart, _POINTS, (low, high), self.params.coverage
            ),
            effects=(
                *effects,
                effect(in_votes, beyond, "votes", (ends[0], ends[1]), self.params.coverage),
            ),
            affected=(
                Affected(in_votes, "a sample speaks of all stations together", lead=quantity == "lead"),
            ),
            limit=Limit(
                mechanism=f"an announced {quantity} that differs from the stations'",
                dose=dose,
                unit=_POINTS,
                votes=dose / 100.0 * self.announced_total,
                power=0.8,
                how="analytic",
            ),
            assumptions=tuple(self._checked()),
            params={**asdict(self.params), "source": self.copies.source, "strata": list(self.copies.strata)},
            **filled,
        )

    def lead(self) -> Measurement:
        """Compare the lead of the announced winner over the next."""
        first, second = self.options[:2]
        found = self.ratio(self.votes[first] - self.votes[second], self.whole, self.told)
        if found is None:
            reason = "the sampled stations have no votes"
            return METHOD.untestable(self.subject, "lead", reason, slug=f"{self.number}/lead")
        truth = (self.official[first] - self.official[second]) / self.announced_total
        low, high = (100.0 * end for end in found.interval(self.params.coverage))
        words = (
            f"In {counted(int(self.told.sum()), 'stations')} of a sample ({self._where}, "
            f"“{self.copies.source}”), “{first}” leads “{second}” by {written(100.0 * found.value, '.2f')} "
            f"points ({written(low, '.2f')} to {written(high, '.2f')}); the announced lead is "
            f"{written(100.0 * truth, '.2f')} points."
        )
        missing = self.drawn - int(self.told.sum())
        have = "has" if missing == 1 else "have"
        if missing or self.lost:
            words += f" Of {counted(self.drawn + self.lost, 'sampled stations')}, {missing:,} {have} no tally"
            words += f" and {self.lost:,} are no station of the results." if self.lost else "."
        if self.open:
            words += f" Strata without a tally, left out on both sides: {self.open:,}."
        level = 1.0 - float(stdtr(found.free, found.value / found.error)) if found.error > 0.0 else 0.0
        effects = [
            effect("lead in the sample", 100.0 * found.value, _POINTS, (low, high), self.params.coverage),
            effect("announced lead", 100.0 * truth, _POINTS),
            effect("chance of so large a lead in the sample, were the two level", level, "probability"),
            *self._bounds(first),
            *self._needed(first, second),
        ]
        return self._answer("lead", found, truth, effects, statement=words)

    @property
    def _where(self) -> str:
        strata = len(np.unique(self.strata))
        if not self.copies.strata:
            return "drawn in the whole country"
        several = f"{strata:,} strata" if strata > 1 else "1 stratum"
        return f"drawn within {several}, {self.copies.strata[-1]}"

    def _needed(self, first: str, second: str) -> Iterator[Effect]:
        """Tell how many stations it takes to know the announced lead, from the announced figures of all."""
        if self.subject.returns is None:
            return
        picked = self.subject.results.select(*self.official)
        picked = picked.keep(self.frame[picked.rows], "in a stratum without a tally")
        votes = np.sum([picked[name] for name in self.official], axis=0).astype(np.float64)
        strata = np.unique(self.codes[picked.rows], return_inverse=True)[1]
        lead = (picked[first] - picked[second]).astype(np.float64)
        if len(votes) < 2 or not votes.sum():
            return
        stations = sampling.stations_needed(lead, votes, strata, self.params.exact_to / 100.0 / 1.96)
        what = f"stations needed to know the lead to {self.params.exact_to:g} point either way"
        yield effect(what, float(stations), "sampled stations")

    def shares(self) -> list[Measurement]:
        """Compare the share of each option."""
        found = []
        for option in self.options:
            ratio = self.ratio(self.votes[option], self.whole, self.told)
            if ratio is None:
                continue
            truth = self.official[option] / self.announced_total
            low, high = (100.0 * end for end in ratio.interval(self.params.coverage))
            found.append(
                self._answer(
                    "share",
                    ratio,
                    truth,
                    tuple(self._bounds(option)),
                    option=option,
                    statement=f"In the sample of “{self.copies.source}”, “{option}” has "
                    f"{per_cent(100.0 * ratio.value, '.2f')} of the votes ({written(low, '.2f')} to "
                    f"{written(high, '.2f')}), and {per_cent(100.0 * truth, '.2f')} as announced.",
                )
            )
        return found

    def _bounds(self, option: str) -> Iterator[Effect]:
        """Return the share if all, and if none, of the votes of missing tallies were for an option."""
        if self.told.all():
            return
        mean = self.whole[self.told].mean()
        whole = np.where(self.told, self.whole, mean)
        if self.subject.returns is not None:
            table = self.subject.results.table
            parts = [table[name].cast(float).fill_null(0.0).to_numpy()[self.rows] for name in self.official]
            whole = np.where(self.told, self.whole, np.sum(parts, axis=0))
        every = np.ones(self.drawn, dtype=bool)
        for words, filled in (("none", np.zeros(self.drawn)), ("all", whole)):
            found = self.ratio(np.where(self.told, self.votes[option], filled), whole, every)
            if found is not None:
                ends = tuple(100.0 * end for end in found.interval(self.params.coverage))
                yield effect(
                    f"share if {words} of the votes of missing tallies were for “{option}”",
                    100.0 * found.value,
                    _POINTS,
                    (ends[0], ends[1]),
                    self.params.coverage,
                )

    def _checked(self) -> Iterator[Assumption]:
        """Check whether the sampled stations stand for all, and whether missing tallies can matter."""
        state: State = "unknown"
        how = "no official results by station are part of this case"
        if self.subject.returns is not None and len(self.official) > 1:
            table, (first, second) = self.subject.results.table, list(self.official)[:2]
            votes = {
                name: table[name].cast(float).fill_null(0.0).to_numpy()[self.rows] for name in self.official
            }
            whole = np.sum(list(votes.values()), axis=0)
            found = self.ratio(votes[first] - votes[second], whole, np.ones(self.drawn, dtype=bool))
            truth = (self.official[first] - self.official[second]) / self.announced_total
            if found is not None and found.error > 0.0:
                z = (found.value - truth) / found.error
                state = "holds" if abs(z) <= _APART else "fails"
                how = (
                    "by the official figures of the sampled stations the lead is "
                    f"{written(100.0 * found.value, '.2f')} points, {written(z, '+.1f')} standard errors "
                    "from the official lead"
                )
        yield Assumption(name="the stations were drawn by chance", state=state, how=how)
        missing = self.drawn - int(self.told.sum())
        yield Assumption(
            name="missing tallies are like the others of their stratum",
            state="holds" if not missing else "unknown" if missing <= _MISSING * self.drawn else "doubtful",
            how=f"tallies are missing for {none_of(missing, counted(self.drawn, 'sampled stations'))}",
        )
        yield Assumption(
            name="the sample tells what was counted at the station",
            state="unknown",
            how="the table gives figures, not the papers",
        )


def _drawn(head: Measurement, shares: list[Measurement], source: str) -> Figure:
    """Draw the share of each option in the sample with its interval, beside the announced one."""
    rows, told = [], []
    for one in shares:
        size, announced = one.effect, one.expected or 0.0
        if size is None:
            continue
        value, low, high = (announced + (end or 0.0) for end in (size.value, size.low, size.high))
        ends = {"sample": value, "low": low, "high": high, "announced": announced}
        rows.append({"option": one.option, **{name: round(end, 3) for name, end in ends.items()}})
        told.append(
            f"“{one.option}” {written(value, '.2f')} ({written(low, '.2f')} to {written(high, '.2f')}), "
            f"announced {written(announced, '.2f')}"
        )
    x, y = chart.free("sample", "Share of the votes, per cent"), chart.category("option", labelLimit=200)
    layers = [
        chart.layer("rule", "expected", {"y": y, **chart.span("x", x)}),
        chart.layer("point", "observed", {"y": y, "x": x}, filled=True, size=70),
        chart.layer("tick", "reference", {"y": y, "x": {**x, "field": "announced"}}),
    ]
    return Figure(
        id=f"{head.id}/shares",
        finding=head.id,
        title=f"The sample of “{source}” beside the announced shares",
        caption="Share in the sample (point) with its interval (line), and the announced one (tick), in "
        f"per cent: {'; '.join(told)}.",
        alt=f"For each option a point with a line, and a tick. {'; '.join(told)}.",
        vega_lite=chart.picture(layers, rows, width=420, height={"step": 30}),
    )


METHOD = Method(
    id="quick-count",
    title="Quick count against the announced result",
    question="Does a sample of stations, counted by others, give the announced result?",
    tier="B",
    null="conditional",
    needs=("sample", ("options", "totals")),
    tail="two-sided",
    params=Params,
    measure=measure,
    references=("cochran1977", "satterthwaite1946"),
    assumes="the sampled stations were drawn by chance and that their tallies are what was counted there",
    innocent=(
        "Stations that are hard to reach were replaced by near ones.",
        "Votes cast abroad or by post are part of the announced result and not of the sample.",
        "A protocol was corrected after the copy was made.",
    ),
    blind=(
        "anything done before the count at the station",
        "stations that were known beforehand to be in the sample",
    ),
)
