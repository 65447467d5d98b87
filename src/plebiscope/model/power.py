"""What a table could have shown: which method sees which mechanism, and from which share of stations on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plebiscope.model.base import Record
from plebiscope.model.finding import Tier

Kind = Literal["p", "count", "estimate"]
"""By what a method is read: its p, the number of contradictions, or its estimate."""


class Step(Record):
    """How often a method saw a mechanism at one prevalence."""

    prevalence: float = Field(gt=0, le=1)
    """Share of the stations at which the mechanism was at work."""
    detected: int = Field(ge=0)
    worlds: int = Field(gt=0)
    """Simulated votes; fewer than asked for where fewer were enough to tell."""
    stations: float
    """Stations at which anything was done, in the mean."""
    votes: float
    """Votes published otherwise than they were cast, in the mean."""


class Cell(Record):
    """What one method can see of one mechanism, if fair votes look as one version says."""

    method: str
    mechanism: str
    version: str
    """``tight`` or ``loose``: how much of what is odd in the table is called fair."""
    curve: tuple[Step, ...] = ()
    """From the smallest prevalence that was tried to the largest; empty where it is read off other tables."""
    dose: float | None = None
    """Smallest share of stations seen with the chance ``power``; null where none is."""
    low: float | None = None
    high: float | None = None
    """Ends of its 90 % interval from drawing the worlds again; null where they lie beyond what was tried."""
    at_most: bool = False
    """Whether even the smallest prevalence tried is seen, so that the dose is an upper bound."""
    open_part: float = Field(default=1.0, ge=0, le=1)
    """Part of the stations at which the mechanism could be at work: less than all where the method's design
    spares the others (a watched group, stations that had reported). Shares of stations are of these."""
    whole: bool = False
    """Whether the mechanism concerns the vote as a whole, so that it is at work or not."""
    stations: float | None = None
    votes: float | None = None
    """The same in stations touched, and in votes published otherwise than they were cast."""
    lost: float | None = None
    """Share of stations, larger than the dose, from which on it is not seen any more; null where there is
    none."""


class Threshold(Record):
    """When a method counts as alarmed, if fair votes look as one version says."""

    method: str
    version: str
    kind: Kind
    value: float
    """Minus the base-ten logarithm of q, a number of contradictions, or an estimate (its distance from
    ``middle``)."""
    middle: float | None = None
    """What the estimate usually is in fair worlds, where both directions count."""
    own: bool
    """Whether this is the method's own level; else fair worlds made it necessary to ask for more."""
    rate: float = Field(ge=0, le=1)
    """Share of fair worlds above the threshold."""
    own_rate: float | None = None
    """Share of fair worlds in which the method finds something at its own level; null without a p."""
    n: int = Field(gt=0)
    """Fair worlds."""


class Settings(Record):
    """Everything that the matrix depends on."""

    table: str
    """Digest of the table of returns."""
    favoured: str
    stations: int
    seed: int
    worlds: int
    """Simulated votes for each mechanism and prevalence, at most."""
    fair_worlds: int
    prevalences: tuple[float, ...]
    copied: float = Field(default=0.0, ge=0, le=1)
    """Share of the stations of whose signed forms there are copies in the case."""
    designs: str = ""
    """Digest of the groups, times of report, samples and other votes of the case; empty without any."""
    power: float
    plebiscope: str
    code: str
    """Digest of the code of worlds and methods."""


class Matrix(Record):
    """What this table could have shown: methods against mechanisms."""

    contest: str = ""
    methods: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    first: dict[str, dict[str, str]] = {}
    """By mechanism and version, the method that sees the smallest prevalence of it."""
    blind: tuple[str, ...] = ()
    """Mechanisms that no method sees at any prevalence tried, in either version."""
    shown_only: tuple[str, ...] = ()
    """Mechanisms that only methods of tier D see, which are shown and never judged."""
    titles: dict[str, str] = {}
    """Of methods and mechanisms, by id."""
    tiers: dict[str, Tier] = {}
    kinds: dict[str, str] = {}
    """What each mechanism tampers with; ``control`` is an honest mishap."""
    left_out: dict[str, str] = {}
    """Methods and mechanisms that are not in the matrix, each with the reason."""
    faults: dict[str, int] = {}
    """In how many worlds something went wrong, by what."""
    how: Literal["simulated", "table"] = "simulated"
    """Whether votes like this one were simulated, or invented votes of about this size."""
    stations: int = 0
    """Stations of the table."""
    like: str = ""
    """Sizes, in stations, of the invented votes that it is read off."""
    settings: Settings | None = None
    """Null where nothing was simulated for this table."""
    seconds: float = 0.0
    """Time the computation took, without what an earlier run had kept."""

    def cell(self, method: str, mechanism: str, version: str) -> Cell | None:
        """Return one cell."""
        wanted = method, mechanism, version
        return next((one for one in self.cells if (one.method, one.mechanism, one.version) == wanted), None)

    def open_part(self, method: str, mechanism: str, version: str) -> float:
        """Return the part of the stations that was open to a mechanism, all where there is no such cell."""
        found = self.cell(method, mechanism, version)
        return 1.0 if found is None else found.open_part
