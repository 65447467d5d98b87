"""What a table could have shown, computed: cases read, processors found, the matrix made and looked up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plebiscope.model.errors import InputError
from plebiscope.processes import nameless_main, processors

if TYPE_CHECKING:
    from plebiscope.model.power import Matrix

Tell = Callable[[str], None]


def power(
    paths: Sequence[str | Path] | str | Path,
    *,
    favoured: str | None = None,
    mapping: str | Path | dict[str, Any] | None = None,
    methods: Sequence[str] | None = None,
    mechanisms: Sequence[str] | None = None,
    copies: Sequence[str | Path] = (),
    worlds: int | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    slow: bool = False,
    seed: int | None = None,
    cache: str | Path | None = None,
    progress: Tell | None = None,
) -> Matrix:
    """Compute what a table could have shown, by simulating votes like it.

    Parameters
    ----------
    paths
        A results file, several parts of one, or a case; of a case the first contest that has a table with
        options.
    favoured
        The option that the organisers wanted; by default the leading one.
    mapping
        Mapping file for the results, or its content.
    methods, mechanisms
        Ids; by default every method, and every mechanism that is no honest mishap.
    copies
        Tables of copies of the protocols, as for ``examine``: simulated votes have copies of as many.
    worlds
        Simulated votes for each mechanism and prevalence, twenty at least.
    workers
        Processes; by default as many as there are processors for this one. The result is the same.
    scheduler
        Address of a Dask scheduler whose workers do the work instead.
    slow
        Whether methods that take long for one vote are asked too.
    seed
        Seed of every random draw.
    cache
        Folder in which simulated votes are kept, so that a run that was cut off goes on; by default the
        user's folder for such things.
    progress
        Called with a few words as the work goes on.

    Raises
    ------
    InputError
        If something given cannot be used.
    """
    from concurrent.futures.process import BrokenProcessPool

    from plebiscope.calibrate import kept
    from plebiscope.calibrate.curve import FEWEST
    from plebiscope.calibrate.power import WORLDS, Wanted, compute
    from plebiscope.study import imitable
    from plebiscope.worlds.beside import Designs

    if worlds is not None and worlds < FEWEST:
        raise InputError(
            f"{worlds} simulated votes are too few to tell what is seen in 80 of 100",
            expected=f"{FEWEST} or more",
        )
    if workers is not None and workers < 1:
        raise InputError(f"{workers} processes are too few", expected="1 or more")
    subject, returns, asked, params, seed_of_plan, copied = imitable(
        paths, favoured, mapping, methods, copies
    )
    wanted = Wanted(
        contest=subject.contest,
        returns=returns,
        methods=asked,
        mechanisms=_mechanisms(mechanisms),
        params=params,
        worlds=WORLDS if worlds is None else worlds,
        seed=seed_of_plan if seed is None else seed,
        slow=slow,
        copied=copied,
        designs=Designs.of(subject),
    )
    where = kept.folder() if cache is None else Path(cache)
    try:
        with executor(workers, scheduler) as who:
            return compute(wanted, executor=who, cache=where, tell=progress)
    except LookupError as error:
        raise InputError(
            f"this table cannot be imitated: {error}", expected="results by polling station or area"
        ) from error
    except (BrokenProcessPool, MemoryError):
        raise InputError(
            "the machine could not go on simulating votes, perhaps for want of memory",
            todo="run it again with fewer --workers; what was finished is kept",
        ) from None


def _mechanisms(names: Sequence[str] | None) -> list[Any]:
    from plebiscope.worlds.tamper import MECHANISMS

    if names is None:
        return [one for one in MECHANISMS.values() if one.kind != "control"]
    unknown = [name for name in names if name not in MECHANISMS]
    if unknown or not names:
        raise InputError(
            f"there is no mechanism {', '.join(map(repr, unknown))}" if unknown else "no mechanism is named",
            expected="some of " + ", ".join(MECHANISMS),
        )
    return [MECHANISMS[name] for name in dict.fromkeys(names)]


@contextmanager
def executor(workers: int | None = None, scheduler: str | None = None) -> Iterator[Executor | None]:
    """Find who does the work: this process, processes of this machine, or a cluster.

    Parameters
    ----------
    workers
        Processes; by default as many as there are processors for this one.
    scheduler
        Address of a Dask scheduler whose workers do it instead.
    """
    if scheduler is not None:
        yield from _cluster(scheduler)
        return
    count = workers if workers is not None else processors()
    if count == 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Started afresh: a copy of a process with running threads can hang.
    fresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=fresh, initializer=_alone)
    with nameless_main():
        for _ in range(count):
            pool.submit(_alone)  # each starts a process while none is idle yet
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _cluster(address: str) -> Iterator[Executor]:
    try:
        import distributed
    except ImportError:
        raise InputError(
            "a Dask cluster needs the package distributed",
            todo="install it here and on the cluster: pip install 'plebiscope[cluster]'",
        ) from None
    try:
        client = distributed.Client(address, timeout="15s")
    except (OSError, ValueError) as error:
        raise InputError(
            f"no scheduler answers: {error}", where=address, expected="an address such as tcp://10.0.0.5:8786"
        ) from None
    try:
        yield client.get_executor()
    finally:
        client.close()


def _alone() -> None:
    """Keep libraries from starting a thread for each processor in each of the processes."""
    os.environ["POLARS_MAX_THREADS"] = "1"
