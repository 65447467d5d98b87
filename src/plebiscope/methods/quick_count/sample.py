"""One sample: its tallies, strata, and the announced result."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels import sampling
from plebiscope.model.beside import Copies
from plebiscope.model.method import Subject
from plebiscope.model.wording import listed

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

POINTS = "percentage points"


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


def strata(count: int) -> str:
    """Write how many strata there are."""
    return "1 stratum" if count == 1 else f"{count:,} strata"


class Sample:
    """One sample: its tallies, strata, and the official result of the stations that it can speak of.

    Attributes
    ----------
    official
        Votes for each option that the sample is held against: all announced ones, or those of the ordinary
        stations of strata with a tally.
    everywhere
        Votes for each option in all results, whether or not the sample can speak of them.
    drawn, undrawn
        Stations that were drawn, and stations that have a tally and were not.
    """

    def __init__(self, subject: Subject, params: Params, copies: Copies, number: int) -> None:
        self.subject, self.params, self.copies, self.number = subject, params, copies, number
        returns, table = subject.returns, copies.returns.table
        own, there = copies.match.pairs
        if returns is None:
            own = there = np.arange(table.height)
        else:
            # What was not drawn came into the table by choice, whoever chose.
            lot = ~np.isin(there, np.array(copies.undrawn, dtype=np.int64))
            silent = np.array(copies.silent, dtype=np.int64)
            own = np.append(own[lot], np.full(len(silent), -1))
            there = np.append(there[lot], silent)
            own, there = own[returns.ordinary[there]], there[returns.ordinary[there]]
        self.rows, self.drawn = there, len(own)
        self.undrawn = len(copies.undrawn)
        self.lost = table.height - self.undrawn - int((own >= 0).sum())
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
        self.everywhere = (
            self.official if returns is None else {name: returns.sums[name] for name in self.official}
        )
        self.options = list(self.official)[: params.options]

    def _figures(self, option: str, own: Ints) -> Floats:
        """Return the votes for an option at each sampled station, not a number where there is no tally."""
        found = np.full(len(own), np.nan)
        if option in self.copies.returns.options:
            figures = self.copies.returns.table[option].cast(float).to_numpy()
            found[own >= 0] = figures[own[own >= 0]]
        return found

    def _announced(self) -> dict[str, int]:
        """Return the first votes that were announced for the whole vote."""
        whole = (item.votes for item in self.subject.totals if item.place is None)
        return next((dict(votes) for votes in whole if votes), {})

    def _of_stations(self) -> dict[str, int]:
        """Return the official votes of all ordinary stations of strata with a tally."""
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

    def unclear(self, found: sampling.Ratio | None) -> str | None:
        """Say why an estimate cannot be held against anything."""
        if found is None:
            return (
                "the sampled stations have no votes, or none of them tells how those of its stratum scatter"
            )
        complete = (np.bincount(self.strata[self.told], minlength=len(self.sizes)) >= self.sizes)[self.strata]
        if found.error == 0.0 and not complete.all():
            return (
                "all tallies of each stratum have the same figures, so that they do not tell how far other "
                "stations scatter"
            )
        if found.error == 0.0 and self.open:
            within = self.copies.strata[-1]
            return (
                f"every station of the strata ({within}) with a tally was counted, so that nothing was drawn "
                f"inside them, and in {strata(self.open)} none was: what the tallies say of the vote cannot "
                "be told (if stations were drawn inside larger areas or in the whole country, those are the "
                "strata)"
            )
        return None

    def ratio(self, part: Floats, whole: Floats, which: Flags) -> sampling.Ratio | None:
        """Estimate a ratio from some of the sampled stations."""
        return sampling.estimate(part[which], whole[which], self.strata[which], self.sizes)

    @property
    def official_total(self) -> int:
        """All votes that it is held against."""
        return sum(self.official.values())

    @property
    def beyond(self) -> float:
        """The part of all official votes that the sample cannot speak of."""
        return 1.0 - self.official_total / max(1, sum(self.everywhere.values()))

    @property
    def announced(self) -> bool:
        """Whether what the sample is held against is what was announced, and not the result of a part."""
        told = self._announced()
        return self.official == self.everywhere and all(
            told.get(name, votes) == votes for name, votes in self.official.items()
        )

    def called(self, quantity: str) -> str:
        """Name what the sample is held against: a part of the vote is never called the announced result."""
        if self.announced:
            return f"announced {quantity}"
        if self.open:
            return f"official {quantity} of the same strata"
        part = "all stations" if self.official == self.everywhere else "ordinary stations"
        return f"official {quantity} of {part}"

    @property
    def where(self) -> str:
        """How the stations were drawn, in words."""
        if not self.copies.strata:
            return "drawn in the whole country"
        return f"drawn within {strata(len(np.unique(self.strata)))}, {self.copies.strata[-1]}"

    @property
    def filled(self) -> Floats:
        """The votes of each sampled station, where there is no tally by the official figures or the mean."""
        if self.subject.returns is None:
            return np.where(self.told, self.whole, self.whole[self.told].mean())
        return np.where(self.told, self.whole, np.sum(list(self.officially().values()), axis=0))

    def officially(self) -> dict[str, Floats]:
        """Return the official votes for each option at the sampled stations."""
        table = self.subject.results.table
        return {name: table[name].cast(float).fill_null(0.0).to_numpy()[self.rows] for name in self.official}
