"""The search for the smallest dose that each method sees, round by round."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from plebiscope.calibrate import curve, kept
from plebiscope.calibrate.jobs import Job, Outcome, Setting, carry_out
from plebiscope.calibrate.power.thresholds import threshold
from plebiscope.calibrate.power.wanted import FAIR, Tell
from plebiscope.calibrate.signals import Heard, alarm
from plebiscope.model.power import Threshold
from plebiscope.worlds.fair import VERSIONS, Version

Flags = dict[int, list[bool]]


class Search:
    """The worlds of one matrix, drawn where they are needed."""

    def __init__(
        self,
        setting: Setting,
        worlds: int,
        prevalences: tuple[float, ...],
        store: kept.Kept,
        executor: Executor | None,
        say: Tell,
    ) -> None:
        self.setting = setting
        self.worlds = worlds
        self.prevalences = prevalences
        self._store = store
        self._executor = executor
        self._say = say
        self.thresholds: dict[tuple[str, Version], Threshold] = {}
        self.seen: dict[tuple[Version, str, str], Flags] = {}
        """Whether each world was seen, in order of number, by version, mechanism and method, and by step."""
        self.used: dict[Job, Outcome] = {}
        """What the matrix rests on."""

    def spared(self, mechanism: str, method: str) -> str | None:
        """Return the id of a method where its design spares stations that the mechanism would not."""
        what = self.setting.mechanisms[mechanism]
        return method if what.spares and method in self.setting.spared else None

    def grid(self, mechanism: str) -> tuple[float, ...]:
        """Return the prevalences for a mechanism; what concerns the vote as a whole is done or not."""
        whole = self.setting.mechanisms[mechanism].place == "vote"
        return self.prevalences[-1:] if whole else self.prevalences

    def listen(self) -> None:
        """Draw fair worlds, and set the threshold of each method."""
        names = tuple(self.setting.methods)
        fair = {version: range(FAIR * self.worlds) for version in VERSIONS}
        self._draw([Job(v, None, 0.0, number, names) for v in VERSIONS for number in fair[v]], "fair votes")
        for version in VERSIONS:
            for name, method in self.setting.methods.items():
                heard = [
                    self._heard(Job(version, None, 0.0, number, names), name) for number in fair[version]
                ]
                found = threshold(method, version, heard)
                if found is not None:
                    self.thresholds[name, version] = found

    def seek(self) -> None:
        """Draw worlds with something done in them, round by round, until every dose is placed."""
        asked = [(v, mechanism, name) for v in VERSIONS for mechanism in self.setting.mechanisms
                 for name in self.setting.methods if (name, v) in self.thresholds]  # fmt: skip
        self.seen = {one: {} for one in asked}
        block = max(1, -(-self.worlds // 4))
        turn = 0
        while True:
            turn += 1
            due: dict[tuple[Version, str, int, int, str | None], list[str]] = {}
            spans: list[tuple[tuple[Version, str, str], int, range]] = []
            for one, flags in self.seen.items():
                version, mechanism, name = one
                spared = self.spared(mechanism, name)
                counts = {step: (sum(each), len(each)) for step, each in flags.items()}
                for step in curve.wanted(counts, len(self.grid(mechanism)), self.worlds):
                    start = len(flags.get(step, ()))
                    span = range(start, min(start + block, self.worlds))
                    spans.append((one, step, span))
                    for number in span:
                        due.setdefault((version, mechanism, step, number, spared), []).append(name)
            if not due:
                return
            jobs = {
                at: Job(at[0], at[1], self.grid(at[1])[at[2]], at[3], tuple(names), at[4])
                for at, names in due.items()
            }
            self._draw(list(jobs.values()), f"round {turn}")
            for (version, mechanism, name), step, span in spans:
                found = self.seen[version, mechanism, name].setdefault(step, [])
                for number in span:
                    job = jobs[version, mechanism, step, number, self.spared(mechanism, name)]
                    found.append(self._alarmed(self._heard(job, name), name, version))

    def sizes(
        self, version: Version, mechanism: str, method: str, step: int, worlds: int
    ) -> tuple[float, float]:
        """Return stations and votes concerned at a step, in the mean over its worlds."""
        at, spared = self.grid(mechanism)[step], self.spared(mechanism, method)
        found = [self._store.outcomes[version, mechanism, at, number, spared] for number in range(worlds)]
        return float(np.mean([one.stations for one in found])), float(np.mean([one.votes for one in found]))

    def _draw(self, jobs: Sequence[Job], what: str) -> None:
        missing = [left for job in jobs if (left := self._store.missing(job)) is not None]
        known = len(jobs) - len(missing)

        def done(pairs: Sequence[tuple[Job, Outcome]]) -> None:
            nonlocal known
            self._store.add(pairs)
            known += len(pairs)
            self._say(f"{what}: {known:,} of {len(jobs):,} simulated")

        carry_out(self.setting, missing, self._executor, done)
        for job in jobs:
            whole = self._store.outcomes[job.world]
            heard = {name: whole.heard[name] for name in job.methods if name in whole.heard}
            self.used[job] = replace(whole, heard=heard)

    def _heard(self, job: Job, name: str) -> Heard:
        return self._store.outcomes[job.world].heard.get(name)

    def _alarmed(self, heard: Heard, name: str, version: Version) -> bool:
        limit = self.thresholds[name, version]
        return alarm(heard, limit.kind, limit.middle) > limit.value
