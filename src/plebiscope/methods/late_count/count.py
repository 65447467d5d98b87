"""The stations of a vote in the order of reporting, and when they are called early."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plebiscope.methods.late_count.places import Flags, Places
from plebiscope.model.method import Subject

_MIDNIGHT = " 00:00:00"
_UNTIMED = "time of report not known"


@dataclass(frozen=True)
class Params:
    """What is early, what is a place, and how much is drawn."""

    early_share: float = 0.8
    """Share of the stations that are early, where the case has times of report and no earlier state."""
    levels: tuple[str, ...] = ()
    """Area columns, from large to small, of which the last is the place; by default all of them."""
    least_places: int = 5
    """Fewest places that must have early and late stations, in places."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    replicates: int = 1000
    """Times that places are drawn again where they are many, in draws."""
    permutations: int = 999
    """Times that the order inside places is drawn again, in draws."""
    named_below: float = 0.05
    """Stations are named where the p of the contrast is below this, as a probability."""
    listed: int = 200
    """Most stations named, in stations."""


class Count:
    """The stations of a vote in the order of reporting."""

    def __init__(self, subject: Subject, params: Params) -> None:
        returns = subject.results
        self.subject, self.params = subject, params
        self.leader = str(subject.favoured)
        rivals = [option for option in returns.options if option != self.leader]
        self.rival = max(rivals, key=lambda option: returns.sums[option], default=None)
        picked = returns.select(*returns.options)
        when = returns.table["reported"]
        if not subject.states:
            picked = picked.keep(when.is_not_null().to_numpy()[picked.rows], _UNTIMED)
        self.picked = picked
        self.without_time = picked.dropped.get(_UNTIMED, 0)
        self.votes = np.sum([picked[option] for option in returns.options], axis=0).astype(np.float64)
        self.lead = picked[self.leader].astype(np.float64)
        self.lead -= picked[self.rival] if self.rival is not None else 0.0
        self.moments = when.unique().drop_nulls().sort()
        self.by_day = all(str(one).endswith(_MIDNIGHT) for one in self.moments)
        position = self.moments.search_sorted(when.gather(picked.rows), side="left")
        after = when.gather(picked.rows).is_null().to_numpy()
        self.order = np.where(after, len(self.moments), position.to_numpy()).astype(np.int64)
        self.names = list(params.levels or returns.areas)
        self.levels = [returns.places(name)[0][picked.rows] for name in self.names]

    @property
    def cut(self) -> int:
        """The last place in the order that is early; minus one where no moment parts early from late."""
        if not len(self.order):
            return -1
        if self.subject.states:
            return 0
        ranked = np.sort(self.order)
        cut = int(ranked[max(0, round(self.params.early_share * len(ranked)) - 1)])
        return cut if cut < ranked[-1] else int(np.max(ranked[ranked < cut], initial=-1))

    def places(self, cut: int, level: int | None = None) -> Places:
        """Return early and late votes by the places of a level, by default the smallest."""
        levels = self.levels if level is None else self.levels[: level + 1]
        return Places(self.lead, self.votes, self.order <= cut, levels)

    def spread(self, places: Places) -> Flags:
        """Tell which stations lie in places whose stations were not all reported at once, shape (n,)."""
        first = np.full(places.n, len(self.moments) + 1)
        last = np.full(places.n, -1)
        np.minimum.at(first, places.code, self.order)
        np.maximum.at(last, places.code, self.order)
        return np.asarray((first < last)[places.code])

    def moment(self, position: int) -> str:
        """Name a moment of the count: by its day alone where no moment has an hour."""
        return str(self.moments[position]).removesuffix(_MIDNIGHT if self.by_day else ".000000")

    def when(self, position: int) -> str:
        """Name a moment of the count as it stands in a sentence."""
        return f"{'on' if self.by_day else 'at'} {self.moment(position)}"

    @property
    def who(self) -> str:
        """Name the option that leads, and over whom."""
        return f"“{self.leader}”" + (f" over “{self.rival}”" if self.rival is not None else "")
