"""Worlds made and asked, wherever there is a processor free.

A :class:`Job` names one world: the version of fair, what is done at which prevalence, and its number. Number
7 of a version is the same fair vote whatever is done to it, and a method draws the same random numbers on
it, so that two jobs that differ in prevalence alone differ by what is done alone. All seeds follow from the
names, never from the order of work: one process and a cluster give the same.
"""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from plebiscope.calibrate.signals import Fault, Heard, ask, key
from plebiscope.model.beside import Beside
from plebiscope.model.case import Contest
from plebiscope.model.method import Method, Subject
from plebiscope.worlds.beside import Designs
from plebiscope.worlds.earlier import Earlier
from plebiscope.worlds.fair import VERSIONS, Fair, Version
from plebiscope.worlds.ground import Flags, World
from plebiscope.worlds.papers import copied, signed
from plebiscope.worlds.tamper.mechanism import Mechanism

AT_ONCE = 10
"""Worlds of one task at most: a task is soon done, so that little is lost when a run is cut off."""
TASKS = 64
"""Tasks into which work is cut where there is less of it, so that many processors have some."""


@dataclass(frozen=True, slots=True)
class Job:
    """One world, and who is to be asked about it.

    Attributes
    ----------
    version
        Of the fair vote.
    mechanism
        Id of what is done; null for a fair world.
    prevalence
        Share of stations at which it is done; 0 in a fair world.
    number
        Of the fair draw.
    methods
        Ids of the methods to ask.
    spared
        Id of the method by whose design stations are spared; null where none are.
    """

    version: Version
    mechanism: str | None
    prevalence: float
    number: int
    methods: tuple[str, ...]
    spared: str | None = None

    @property
    def world(self) -> tuple[Version, str | None, float, int, str | None]:
        """What tells its world from others."""
        return self.version, self.mechanism, self.prevalence, self.number, self.spared


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one job.

    Attributes
    ----------
    stations, votes
        Stations at which anything was done, and votes published otherwise than they were cast.
    heard
        What each method said.
    fault
        Why there is no world, where something went wrong; else null.
    """

    stations: int
    votes: int
    heard: Mapping[str, Heard]
    fault: str | None = None


@dataclass(frozen=True)
class Setting:
    """Everything that jobs have in common.

    Attributes
    ----------
    contest
        The contest whose votes are imitated.
    fair
        What fair looks like, in each version.
    mechanisms, methods, params
        By id.
    seed
        Of everything.
    copied
        Share of the stations of whose signed forms there are copies; 0 for none.
    designs, earlier
        What the case has beside its table, and other votes at the same stations as they are simulated.
    spared
        Stations at which nothing is done, by the id of the method whose design spares them; shape (n,) each.
    """

    contest: Contest
    fair: Mapping[Version, Fair]
    mechanisms: Mapping[str, Mechanism]
    methods: Mapping[str, Method]
    params: Mapping[str, Any]
    seed: int
    copied: float = 0.0
    designs: Designs = field(default_factory=Designs)
    earlier: Mapping[Version, Sequence[Earlier]] = field(default_factory=dict)
    spared: Mapping[str, Flags] = field(default_factory=dict)

    def sequence(self, version: Version, number: int, *purpose: str) -> np.random.SeedSequence:
        """Return the seed for one purpose in the world of a version and number."""
        place = (VERSIONS.index(version), number, *map(key, purpose))
        return np.random.SeedSequence(self.seed, spawn_key=place)

    def world(self, job: Job) -> World:
        """Make the world of a job."""
        fair = self.fair[job.version]
        drawn = fair.draw(np.random.default_rng(self.sequence(job.version, job.number, "fair")))
        world = World(fair.ground, drawn)
        if job.mechanism is None:
            return world
        seed = self.sequence(job.version, job.number, "mechanism", job.mechanism)
        spared = None if job.spared is None else self.spared[job.spared]
        return self.mechanisms[job.mechanism].apply(world, job.prevalence, seed, spared=spared)

    def subject(self, job: Job, world: World) -> Subject:
        """Return what methods look at in the world of a job.

        Copies are of the same stations, with the same slips, whatever is done; so are other votes the same.
        """
        subject = self.designs.put(world.subject(self.contest), world, tuple(self._others(job)))
        if not self.copied:
            return subject
        rng = np.random.default_rng(self.sequence(job.version, job.number, "copies"))
        copies = copied(world, signed(world), rng, self.copied)
        return dataclasses.replace(subject, copies=(copies, *subject.copies))

    def _others(self, job: Job) -> Iterator[Beside]:
        """Hold the other votes at the same stations, beside the fair vote of a job."""
        votes, fair = self.earlier.get(job.version, ()), self.fair[job.version]
        if not votes:
            return
        # The first that the fair vote draws, drawn again.
        effects = fair.effects(np.random.default_rng(self.sequence(job.version, job.number, "fair")))
        names = [layer.name for layer in fair.layers]
        for vote in votes:
            seed = self.sequence(job.version, job.number, "beside", vote.beside.contest.id)
            yield vote.draw(effects, names, np.random.default_rng(seed))

    def do(self, job: Job) -> Outcome:
        """Make the world of a job and ask the methods.

        Raises
        ------
        MemoryError
            If there is not enough of it.
        """
        try:
            world = self.world(job)
            subject = self.subject(job, world)
            stations, votes = int(np.count_nonzero(world.touched)), otherwise(world)
        except MemoryError:
            raise
        except Exception as error:
            # One mechanism's fault must not cost the matrix; it is counted and told.
            return Outcome(0, 0, {}, f"{type(error).__name__}: {error}"[:200])
        heard: dict[str, Heard] = {}
        for name in job.methods:
            seed = self.sequence(job.version, job.number, "method", name)
            heard[name], _ = ask(self.methods[name], subject, self.params[name], seed)
        return Outcome(stations, votes, heard)


def otherwise(world: World) -> int:
    """Count the votes that were published otherwise than they were cast.

    Where votes were only added or only taken away it is their number; where they were moved from one option
    to another, each counts once. An announcement that is not the sum of the table counts by its difference.
    """
    change = world.counts.votes - world.fair.votes
    total = np.maximum(np.maximum(change, 0).sum(axis=1), np.maximum(-change, 0).sum(axis=1)).sum()
    if world.totals:
        true, said = world.announced().votes, world.totals[-1].votes
        moved = [said[option] - true[option] for option in said if option in true]
        total += max(sum(max(0, one) for one in moved), sum(max(0, -one) for one in moved))
    return int(total)


def carry_out(
    setting: Setting,
    jobs: Sequence[Job],
    executor: Executor | None,
    done: Callable[[Sequence[tuple[Job, Outcome]]], None],
) -> None:
    """Do jobs, and hand over what became of them as it comes.

    Parameters
    ----------
    setting
        What they have in common.
    jobs
        The jobs.
    executor
        Who does them: any executor of ``concurrent.futures``; by default this process.
    done
        Called with jobs and their outcomes, in no particular order.
    """
    at_once = max(1, min(AT_ONCE, len(jobs) // TASKS))
    tasks = [tuple(jobs[start : start + at_once]) for start in range(0, len(jobs), at_once)]
    if executor is None:
        for task in tasks:
            done([(job, setting.do(job)) for job in task])
        return
    packed = pickle.dumps(setting, protocol=pickle.HIGHEST_PROTOCOL)
    running = {executor.submit(task_of, packed, task): task for task in tasks}
    try:
        for future in as_completed(running):
            done(list(zip(running.pop(future), future.result(), strict=True)))
    finally:
        for future in running:
            future.cancel()


def task_of(packed: bytes, jobs: tuple[Job, ...]) -> list[Outcome]:
    """Do the jobs of one task in another process; ``packed`` is the setting, pickled."""
    setting = _unpacked(packed)
    return [setting.do(job) for job in jobs]


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Setting:
    """Unpack a setting once in each process, not once for each task."""
    setting: Setting = pickle.loads(packed)  # noqa: S301 - packed by ourselves in carry_out
    return setting


def faults(outcomes: Mapping[Job, Outcome]) -> Iterator[tuple[str, str]]:
    """Name what went wrong, as the id of the method or mechanism and the error, once for each world."""
    for job, outcome in outcomes.items():
        if outcome.fault is not None:
            yield job.mechanism or "fair votes", outcome.fault
        for method, heard in outcome.heard.items():
            if isinstance(heard, Fault):
                yield method, heard.what
