"""What this table could have shown: the smallest prevalence of each mechanism that each method sees.

Fair votes are drawn that look like the table, in two versions of what fair looks like
(:mod:`plebiscope.worlds.fair`), and mechanisms are set to work in them
(:mod:`plebiscope.worlds.tamper`) at their default intensity, in a share of the stations that grows from one
in a thousand, or one station, to all of them. Every method reads the same worlds
(:mod:`plebiscope.calibrate.signals`).

**Alarm.** In each version a method is alarmed above what one in twenty of its fair worlds exceeds, and
never below its own level (q = 0.05 for its own questions). So a method that cries wolf on votes like this one
gains no power from it. That is a little less strict than a dossier, which corrects for all methods together
and asks that an effect matters.

**Dose.** The smallest prevalence that is seen in 80 worlds of 100, from the best monotone curve through the
detections, interpolated in the logarithm of prevalence. Where more is tried and seen less (figures that are
strange everywhere can look usual), the curve ends at its peak, and the cell says where sight is lost again.
No dose is told from fewer than :data:`plebiscope.calibrate.curve.FEWEST` worlds at each prevalence.

**Economy.** Only prevalences near the dose need many worlds, and each method has its own
(:func:`plebiscope.calibrate.curve.wanted`). The search goes in rounds; what a round asks for depends on
detections alone, so that neither the number of processes nor an interruption changes the result.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from plebiscope.calibrate import curve, kept
from plebiscope.calibrate.curve import POWER
from plebiscope.calibrate.jobs import Job, Outcome, Setting, carry_out, faults
from plebiscope.calibrate.matrix import Expected, checked, placed, summarised
from plebiscope.calibrate.signals import OWN, Fault, Heard, Signal, alarm, ask, key, kind, why_silent
from plebiscope.model.case import Contest
from plebiscope.model.method import Method, Subject
from plebiscope.model.power import Cell, Kind, Matrix, Settings, Step, Threshold
from plebiscope.model.returns import Returns
from plebiscope.version import __version__
from plebiscope.worlds.fair import VERSIONS, Version, fit
from plebiscope.worlds.ground import Ground, ground
from plebiscope.worlds.tamper.mechanism import Mechanism

WORLDS = 40
"""Worlds at each prevalence."""
FAIR = 5
"""Fair worlds for each of these: a threshold that one in twenty exceeds needs more of them."""
STEPS = 13
"""Prevalences tried at most: four for each power of ten."""
LEAST = 0.001
"""Smallest prevalence, where that is one station or more."""
TRIED = 5
"""Fair worlds that a method is asked about before it is said to give no signal."""

_ROOMS = ("calibrate", "evidence", "kernels", "methods", "model", "worlds")

Tell = Callable[[str], None]
Place = tuple[Version, str]
Flags = dict[int, list[bool]]


@dataclass(frozen=True)
class Wanted:
    """What is to be computed.

    Attributes
    ----------
    contest, returns
        The vote, with its table; the favoured option is that of the contest, else the leader.
    methods, mechanisms
        In the order in which they are shown.
    params
        Parameters by method; by default its own.
    worlds
        Worlds at each prevalence; five times as many fair ones.
    seed
        Of everything.
    slow
        Whether slow methods are asked too.
    copied
        Share of the stations of whose signed forms there are copies in the case; 0 for none.
    """

    contest: Contest
    returns: Returns
    methods: Sequence[Method]
    mechanisms: Sequence[Mechanism]
    params: Mapping[str, Any]
    worlds: int = WORLDS
    seed: int = 0
    slow: bool = False
    copied: float = 0.0

    @property
    def prefix(self) -> str:
        """What the names of kept files on this table begin with, whatever else is wanted."""
        favoured = self.contest.favoured or self.returns.leader
        other = {
            one.id: repr(self.params[one.id])
            for one in self.methods
            if self.params.get(one.id, one.params()) != one.params()
        }
        digest = kept.digest(
            self.returns.digest, favoured, __version__, code(self.methods), other, self.copied
        )
        return f"power-{digest}"


def compute(
    wanted: Wanted,
    *,
    executor: Executor | None = None,
    cache: Path | None = None,
    tell: Tell | None = None,
) -> Matrix:
    """Compute the matrix of methods and mechanisms.

    Parameters
    ----------
    wanted
        What is to be computed.
    executor
        Who does the work: any executor of ``concurrent.futures``, be it of a cluster; by default this
        process. The result is the same.
    cache
        Folder in which worlds are kept, so that a run that was cut off goes on; by default none are.
    tell
        Called with a few words as the work goes on.

    Raises
    ------
    LookupError
        If the table cannot be imitated.
    """
    started = time.perf_counter()
    say = tell or (lambda words: None)
    say("fitting fair votes to the table")
    here = ground(wanted.returns, wanted.contest.favoured)
    setting = Setting(
        contest=wanted.contest,
        fair={version: fit(here, version) for version in VERSIONS},
        mechanisms={one.id: one for one in wanted.mechanisms},
        methods={one.id: one for one in wanted.methods},
        params={one.id: wanted.params.get(one.id, one.params()) for one in wanted.methods},
        seed=wanted.seed,
        copied=wanted.copied,
    )
    left_out = _left_out(setting, wanted.slow)
    for name, reason in left_out.items():
        say(f"without {name}: {reason}")
    setting = replace(
        setting, methods={name: one for name, one in setting.methods.items() if name not in left_out}
    )
    prefix = f"{wanted.prefix}-{wanted.seed}"
    store = kept.Kept(cache / f"{prefix}{kept.WORLDS}" if cache is not None else None)
    if store.outcomes:
        say(f"{len(store.outcomes):,} simulated votes are kept from an earlier run")
    if store.unread is not None:
        say(f"what is kept from an earlier run is not read, nor added to: {store.unread}")
    if store.passed_over:
        say(
            f"{store.passed_over:,} kept lines are damaged or of another run; those votes are simulated again"
        )
    search = _Search(setting, wanted.worlds, _prevalences(len(here)), store, executor, say)
    search.listen()
    search.seek()
    matrix = _matrix(search, wanted, left_out)
    matrix = matrix.model_copy(update={"seconds": round(time.perf_counter() - started, 2)})
    if cache is not None:
        asked = kept.digest(wanted.worlds, matrix.methods, matrix.mechanisms)
        kept.keep_matrix(cache / f"{prefix}-{asked}{kept.MATRIX}", matrix)
    return matrix


def found(wanted: Wanted, cache: Path, tell: Tell | None = None) -> Matrix | None:
    """Return the best matrix that was computed for a table with this code; null where there is none.

    The best has the most worlds, but for those beyond the usual number; then the most cells.

    Parameters
    ----------
    wanted
        The table, and the methods and mechanisms that are to be in it.
    cache
        Folder in which it was kept.
    tell
        Called with a sentence for each that cannot be used.

    Raises
    ------
    LookupError
        If the table cannot be imitated.
    """
    best: tuple[tuple[int, int, int, str], Matrix] | None = None
    expected: Expected | None = None
    for name, matrix in kept.matrices(cache, wanted.prefix):
        if expected is None:
            here = ground(wanted.returns, wanted.contest.favoured)
            expected = Expected(
                contest=wanted.contest.id,
                settings=_settings(wanted, here),
                voters=int(here.counts.registered.sum()),
                methods={one.id: one for one in wanted.methods},
                mechanisms={one.id: one for one in wanted.mechanisms},
            )
        one = "it is damaged" if matrix is None else checked(matrix, expected)
        if isinstance(one, str):
            if tell is not None:
                tell(f"what was simulated for this table ({name}) is not used: {one}")
            continue
        worlds = one.settings.worlds if one.settings else 0
        rank = min(worlds, WORLDS), len(one.cells), worlds, name
        best = max(best, (rank, one), key=lambda each: each[0]) if best else (rank, one)
    return best[1] if best else None


def code(methods: Iterable[Method] = ()) -> str:
    """Return a digest of the code that a matrix depends on: worlds, methods, and what they stand on.

    Parameters
    ----------
    methods
        Those that may have come from outside the house.
    """
    house = Path(__file__).parents[1]
    files = [path for room in _ROOMS for path in sorted((house / room).rglob("*.py"))]
    guests = {inspect.getsourcefile(method.measure) for method in methods}
    files += sorted(Path(name) for name in guests if name and house not in Path(name).parents)
    return kept.sources(path.read_bytes() for path in files)


def _prevalences(stations: int) -> tuple[float, ...]:
    """Return the prevalences tried, evenly spaced on a logarithmic scale up to all stations."""
    grid = np.geomspace(min(1.0, max(LEAST, 1.0 / stations)), 1.0, STEPS)
    # Cut to three digits, not rounded: one station of many must not become two.
    scale = 10.0 ** (2.0 - np.floor(np.log10(grid)))
    return tuple(dict.fromkeys((np.floor(grid * scale + 1e-6) / scale).tolist()))


def _left_out(setting: Setting, slow: bool) -> dict[str, str]:
    """Say which methods are not asked and why, after asking each about a few fair worlds."""
    jobs = [Job("tight", None, 0.0, number, ()) for number in range(TRIED)]
    subjects = [setting.subject(job, setting.world(job)) for job in jobs]
    reasons: dict[str, str] = {}
    for name, method in setting.methods.items():
        if method.slow and not slow:
            reasons[name] = "it takes long for one vote; `--slow` asks it too"
        elif not any(_audible(setting, name, subject, number) for number, subject in enumerate(subjects)):
            reasons[name] = why_silent(method, subjects[0])
    return reasons


def _audible(setting: Setting, name: str, subject: Subject, number: int) -> bool:
    """Whether a method gives a signal on a fair world; one that stops with an error is told as a fault."""
    seed = setting.sequence("tight", number, "method", name)
    heard, _ = ask(setting.methods[name], subject, setting.params[name], seed)
    return isinstance(heard, Fault) or kind(setting.methods[name], [heard]) is not None


class _Search:
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
                found = _threshold(method, version, heard)
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
            due: dict[tuple[Version, str, int, int], list[str]] = {}
            spans: list[tuple[tuple[Version, str, str], int, range]] = []
            for one, flags in self.seen.items():
                version, mechanism, name = one
                counts = {step: (sum(each), len(each)) for step, each in flags.items()}
                for step in curve.wanted(counts, len(self.grid(mechanism)), self.worlds):
                    start = len(flags.get(step, ()))
                    span = range(start, min(start + block, self.worlds))
                    spans.append((one, step, span))
                    for number in span:
                        due.setdefault((version, mechanism, step, number), []).append(name)
            if not due:
                return
            jobs = {
                at: Job(at[0], at[1], self.grid(at[1])[at[2]], at[3], tuple(names))
                for at, names in due.items()
            }
            self._draw(list(jobs.values()), f"round {turn}")
            for (version, mechanism, name), step, span in spans:
                found = self.seen[version, mechanism, name].setdefault(step, [])
                for number in span:
                    job = jobs[version, mechanism, step, number]
                    found.append(self._alarmed(self._heard(job, name), name, version))

    def sizes(self, version: Version, mechanism: str, step: int, worlds: int) -> tuple[float, float]:
        """Return stations and votes concerned at a step, in the mean over its worlds."""
        prevalence = self.grid(mechanism)[step]
        found = [self._store.outcomes[version, mechanism, prevalence, number] for number in range(worlds)]
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


def _threshold(method: Method, version: Version, heard: Sequence[Heard]) -> Threshold | None:
    """Say when a method is alarmed, from what it said of fair worlds; null where it gives no signal."""
    by: Kind | None = kind(method, heard)
    if by is None:
        return None
    middle = None
    if by == "estimate" and method.tail != "upper":
        known = [one.estimate for one in heard if isinstance(one, Signal) and one.estimate is not None]
        middle = float(np.median(known))
    alarms = np.array([alarm(one, by, middle) for one in heard])
    least = {"p": OWN, "count": 0.0, "estimate": -np.inf}[by]
    value = curve.threshold(alarms, least)
    if not np.isfinite(value):
        return None
    return Threshold(
        method=method.id,
        version=version,
        kind=by,
        value=value,
        middle=middle,
        own=value == least,
        rate=float(np.mean(alarms > value)),
        own_rate=float(np.mean(alarms > least)) if by == "p" else None,
        n=len(alarms),
    )


def _matrix(search: _Search, wanted: Wanted, left_out: Mapping[str, str]) -> Matrix:
    setting = search.setting
    broken = _broken(search)
    mechanisms = tuple(name for name in setting.mechanisms if name not in broken)
    methods = tuple(name for name in setting.methods if any((name, v) in search.thresholds for v in VERSIONS))
    silent = {name: "it gives no signal in fair votes" for name in setting.methods if name not in methods}
    cells = tuple(
        _cell(search, version, mechanism, name)
        for version, mechanism, name in search.seen
        if mechanism in mechanisms
    )
    went_wrong: dict[str, int] = {}
    for name, what in faults(search.used):
        went_wrong[f"{name}: {what}"] = went_wrong.get(f"{name}: {what}", 0) + 1
    return summarised(
        cells,
        {name: setting.methods[name] for name in methods},
        {name: setting.mechanisms[name] for name in mechanisms},
        contest=wanted.contest.id,
        thresholds=tuple(search.thresholds.values()),
        left_out={**left_out, **silent, **broken},
        faults=dict(sorted(went_wrong.items())),
        stations=len(setting.fair["tight"].ground),
        settings=_settings(wanted, setting.fair["tight"].ground),
    )


def _settings(wanted: Wanted, here: Ground) -> Settings:
    return Settings(
        table=wanted.returns.digest,
        favoured=here.options[0],
        stations=len(here),
        seed=wanted.seed,
        worlds=wanted.worlds,
        fair_worlds=FAIR * wanted.worlds,
        prevalences=_prevalences(len(here)),
        copied=wanted.copied,
        power=POWER,
        plebiscope=__version__,
        code=code(wanted.methods),
    )


def _broken(search: _Search) -> dict[str, str]:
    """Name the mechanisms that did not work in any world, each with the error."""
    found: dict[str, list[str | None]] = {}
    for job, outcome in search.used.items():
        if job.mechanism is not None:
            found.setdefault(job.mechanism, []).append(outcome.fault)
    return {name: str(all_of[0]) for name, all_of in found.items() if all(all_of)}


def _cell(search: _Search, version: Version, mechanism: str, method: str) -> Cell:
    seen = search.seen[version, mechanism, method]
    steps = sorted(seen)
    grid = [search.grid(mechanism)[step] for step in steps]
    found = [np.array(seen[step], dtype=bool) for step in steps]
    sizes = [search.sizes(version, mechanism, step, len(seen[step])) for step in steps]
    told = tuple(
        Step(prevalence=at, detected=int(one.sum()), worlds=len(one), stations=size[0], votes=size[1])
        for at, one, size in zip(grid, found, sizes, strict=True)
    )
    named: dict[str, Any] = {"method": method, "mechanism": mechanism, "version": version, "curve": told}
    named["whole"] = search.setting.mechanisms[mechanism].place == "vote"
    place = placed(told)
    if not place:
        return Cell(**named)
    names = key(version), key(mechanism), key(method)
    rng = np.random.default_rng(np.random.SeedSequence(search.setting.seed, spawn_key=names))
    low, high = curve.error(grid, found, rng)
    return Cell(**named, **place, low=low, high=high)
