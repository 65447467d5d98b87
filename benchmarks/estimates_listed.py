"""What is held against the truth on docs/estimates.md, and what is true of each estimate.

Every estimate that stands under "How many votes" of a dossier is here, and those of stations affected. Of a
vote with more than two options, the sample of a quick count tells the same of the share of each; here, with
two, the lead tells all.

Methods that rest on a design are given one in which something is to be found: observers, drawn by lot, where
nothing was done (:func:`observed`); stations that report last where something was done (:func:`late`); and a
sample of what the stations signed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from plebiscope.model.case import Contest
from plebiscope.model.method import Subject
from plebiscope.worlds.designs import HOURS, with_designs
from plebiscope.worlds.ground import World
from plebiscope.worlds.tamper import MECHANISMS


@dataclass(frozen=True)
class Estimate:
    """An estimate that a method gives, and what it ought to be.

    Attributes
    ----------
    method, quantity, effect
        Where it stands in the method's evidence.
    what
        What it is an estimate of, for the reader.
    truth
        What is true of a world.
    """

    method: str
    quantity: str
    effect: str
    what: str
    truth: Callable[[World], float]

    @property
    def key(self) -> tuple[str, str, str]:
        """Where it stands: method, quantity and effect."""
        return self.method, self.quantity, self.effect


def _added(world: World) -> float:
    if {MECHANISMS[deed.mechanism].kind for deed in world.deeds} == {"control"}:
        return 0.0
    return float(max(world.added.sum(), 0))


def _ballots(world: World) -> float:
    return _added(world) and float(np.maximum(world.counts.cast - world.fair.cast, 0).sum())


def _moved(world: World) -> float:
    return max(_added(world) - _ballots(world), 0.0)


def _stations(world: World) -> float:
    return _added(world) and float(np.count_nonzero(world.added > 0))


def _written(world: World) -> float:
    return float(sum(deed.stations.sum() for deed in world.deeds if deed.mechanism == "targets"))


def _votes_written(world: World) -> float:
    where = np.zeros(len(world.fair), dtype=bool)
    for deed in world.deeds:
        if deed.mechanism == "targets":
            where |= deed.stations
    return float(world.counts.favoured[where].sum())


def _rivals(world: World) -> float:
    return float((world.counts.votes[:, 1:] - world.fair.votes[:, 1:]).sum())


def _done(world: World) -> float:
    return 100.0 * _stations(world) / len(world.fair)


def _lead(world: World) -> float:
    return float(world.added.sum()) - _rivals(world)


def _since_signed(world: World) -> float:
    published, signed = world.counts.votes, world.forms.votes
    moved = (published - signed).sum(axis=0)
    return float(moved[0] - moved[1:].sum())


def observed(world: World, rng: np.random.Generator) -> tuple[World, Subject]:
    """Send observers by lot to stations, at which nothing is done then."""
    subject = with_designs(_subject(world), world, rng, order="lot")
    there = subject.results.table["group"].is_not_null().to_numpy()[world.ground.rows]
    deeds = []
    for deed in world.deeds:
        kept = {
            name: np.where(there if old.ndim == 1 else there[:, None], old, getattr(deed.after, name))
            for name in ("registered", "issued", "cast", "votes")
            for old in [getattr(world.fair, name)]
        }
        deeds.append(dataclasses.replace(deed, stations=deed.stations & ~there, after=deed.after.but(**kept)))
    spared = dataclasses.replace(world, deeds=tuple(deeds))
    table = spared.returns().table.with_columns(subject.results.table["group"])
    returns = dataclasses.replace(subject.results, table=table, extras=("group",))
    return spared, dataclasses.replace(subject, returns=returns)


def late(world: World, rng: np.random.Generator) -> tuple[World, Subject]:
    """Let stations report by chance, but those last where something was done."""
    subject = with_designs(_subject(world), world, rng, order="lot")
    touched = np.zeros(len(subject.results), dtype=bool)
    touched[world.ground.rows] = world.touched
    when = pl.col("reported")
    after = pl.when(pl.Series(touched)).then(when + dt.timedelta(hours=HOURS)).otherwise(when)
    table = subject.results.table.with_columns(after.alias("reported"))
    return world, dataclasses.replace(subject, returns=dataclasses.replace(subject.results, table=table))


def sampled(world: World, rng: np.random.Generator) -> tuple[World, Subject]:
    """Draw a sample of what the stations signed."""
    return world, with_designs(_subject(world), world, rng)


def _subject(world: World) -> Subject:
    return world.subject(Contest(id="world", name="world"))


DESIGNS = {"contrast": observed, "late-count": late, "quick-count": sampled}
"""By method, the vote with its design."""

ESTIMATES = (
    Estimate(
        "anomalous-votes",
        "votes",
        "anomalous votes, any core and slope",
        "votes added (range over cores and slopes)",
        _added,
    ),
    Estimate("anomalous-votes", "votes", "anomalous votes", "votes added (range over cores)", _added),
    Estimate(
        "anomalous-votes",
        "votes",
        "anomalous votes, automatic core",
        "votes added (one core, 95 %)",
        _added,
    ),
    Estimate(
        "anomalous-votes",
        "votes",
        "anomalous votes, every admissible core with areas drawn again",
        "votes added (all cores, 95 %)",
        _added,
    ),
    Estimate(
        "anomalous-votes",
        "votes",
        "anomalous votes, over the participation of the others",
        "votes added (over the participation of the others, range over cores)",
        _added,
    ),
    Estimate(
        "anomalous-votes",
        "votes",
        "anomalous votes, by the invalid ballots",
        "votes added (by the invalid ballots, 95 %)",
        _added,
    ),
    Estimate(
        "anomalous-votes",
        "votes",
        "anomalous votes, a ratio for each area",
        "votes added (a ratio for each area, range over cores)",
        _added,
    ),
    Estimate("integer-percentages", "either", "excess", "stations written (95 %)", _written),
    Estimate(
        "integer-percentages",
        "either",
        "excess of votes for “Yes” there",
        "votes in stations written (95 %)",
        _votes_written,
    ),
    Estimate(
        "mixture",
        "classes",
        "stations in which ballots look added",
        "stations with votes added or moved (range)",
        _stations,
    ),
    Estimate("mixture", "classes", "votes that look added", "ballots added (range)", _ballots),
    Estimate("mixture", "classes", "votes that look moved", "votes moved (range)", _moved),
    Estimate(
        "mixture", "classes", "votes there that look added or moved", "votes added or moved (range)", _added
    ),
    Estimate(
        "neighbours",
        "turnout",
        "ballots cast there above what neighbours make likely",
        "ballots added (by neighbours)",
        _ballots,
    ),
    Estimate(
        "neighbours",
        "share",
        "votes for the option there above what neighbours make likely",
        "votes added or moved (by neighbours)",
        _added,
    ),
    Estimate(
        "klimek",
        "published",
        "stations with additions, model as published",
        "stations with votes added or moved, in per cent (Klimek's model as published)",
        _done,
    ),
    Estimate(
        "klimek",
        "by district",
        "stations with additions, model by district",
        "stations with votes added or moved, in per cent (Klimek's model by district, 95 %)",
        _done,
    ),
    Estimate(
        "spikes",
        "turnout peaks",
        "stations at peaks, beyond those expected there",
        "stations written (peaks of turnout, 95 %)",
        _written,
    ),
    Estimate(
        "spikes",
        "share peaks",
        "stations at peaks, beyond those expected there",
        "stations written (peaks of the share, 95 %)",
        _written,
    ),
    Estimate(
        "contrast",
        "extrapolation",
        "votes beyond those extrapolated",
        "votes added or moved (observers drawn by lot, 95 %)",
        _added,
    ),
    Estimate(
        "late-count",
        "prediction",
        "the same in votes of lead",
        "votes of lead won (where it was done reports last, 95 %)",
        _lead,
    ),
    Estimate(
        "quick-count",
        "lead",
        "announced lead less that of the sample, in votes",
        "votes of lead won after the forms were signed (a sample, 95 %)",
        _since_signed,
    ),
)
