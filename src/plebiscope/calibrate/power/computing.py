"""The computing of a matrix: fair votes fitted, methods listened to, doses sought."""

from __future__ import annotations

import time
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from plebiscope.calibrate import kept
from plebiscope.calibrate.jobs import Job, Setting
from plebiscope.calibrate.power.cells import matrix_of
from plebiscope.calibrate.power.not_asked import not_asked
from plebiscope.calibrate.power.search import Search
from plebiscope.calibrate.power.wanted import Tell, Wanted, prevalences
from plebiscope.model.method import lacking
from plebiscope.model.power import Matrix
from plebiscope.worlds.earlier import others
from plebiscope.worlds.fair import VERSIONS, fit
from plebiscope.worlds.ground import Flags, World, ground


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
    setting = setting_of(wanted)
    left_out = not_asked(setting, wanted.slow)
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
    search = Search(
        setting, wanted.worlds, prevalences(len(setting.fair["tight"].ground)), store, executor, say
    )
    search.listen()
    search.seek()
    matrix = matrix_of(search, wanted, left_out)
    matrix = matrix.model_copy(update={"seconds": round(time.perf_counter() - started, 2)})
    if cache is not None:
        asked = kept.digest(wanted.worlds, matrix.methods, matrix.mechanisms)
        kept.keep_matrix(cache / f"{prefix}-{asked}{kept.MATRIX}", matrix)
    return matrix


def setting_of(wanted: Wanted) -> Setting:
    """Fit what all worlds of a matrix have in common.

    Raises
    ------
    LookupError
        If the table cannot be imitated.
    """
    here = ground(wanted.returns, wanted.contest.favoured)
    fair = {version: fit(here, version) for version in VERSIONS}
    setting = Setting(
        contest=wanted.contest,
        fair=fair,
        mechanisms={one.id: one for one in wanted.mechanisms},
        methods={one.id: one for one in wanted.methods},
        params={one.id: wanted.params.get(one.id, one.params()) for one in wanted.methods},
        seed=wanted.seed,
        copied=wanted.copied,
        designs=wanted.designs,
        earlier={version: others(fair[version], wanted.designs.pairs) for version in VERSIONS},
    )
    return replace(setting, spared=_spared(setting))


def _spared(setting: Setting) -> dict[str, Flags]:
    """Tell at which stations of the ground nothing is done, by method whose design spares some; (n,) each."""
    here = setting.fair["tight"].ground
    world = World(here, here.counts)
    # Who is spared hangs on groups and times alone, which are the same in every world.
    subject = setting.subject(Job("tight", None, 0.0, 0, ()), world)
    found = {
        name: method.spares(subject, setting.params[name])[here.rows]
        for name, method in setting.methods.items()
        if method.spares is not None and not lacking(method, subject)
    }
    return {name: rows for name, rows in found.items() if rows.any()}
