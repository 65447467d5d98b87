"""Every method is put to every contest; on large tables the longest by a second process, beside the others.

Each method has random numbers of its own, so that no answer hangs on who asks, nor on when.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from plebiscope import catalogue
from plebiscope.dossier import weigh
from plebiscope.model.errors import InputError
from plebiscope.model.method import Evidence, Method, Subject, lacking
from plebiscope.processes import nameless_main, processors

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

LARGE = 50_000
"""Rows of a table from which a second process pays, which costs two seconds and as much memory again."""


def generator(seed: int, method: str, contest: str) -> np.random.Generator:
    """Return the random numbers of one method on one contest, whatever else is asked and in which order."""
    return np.random.default_rng([seed, zlib.crc32(method.encode()), zlib.crc32(contest.encode())])


@dataclass(frozen=True)
class Asker:
    """What is asked: the methods with their parameters by id, the contests, the seed."""

    methods: Sequence[Method]
    params: Mapping[str, Any]
    subjects: Sequence[Subject]
    seed: int
    tell: Callable[[str], None]
    started: Mapping[tuple[str, str], Future[Evidence]]
    """What a second process measures, by contest and method."""

    def at_once(self) -> Iterator[weigh.Answer]:
        """Ask all that no second process was given, contest by contest."""
        yield from self._ask(later=False)

    def waited_for(self) -> Iterator[weigh.Answer]:
        """Ask the rest, which is to say: wait for it."""
        yield from self._ask(later=True)

    def in_order(self, answers: Sequence[weigh.Answer]) -> list[weigh.Answer]:
        """Sort answers by contest, then by method, as if they had been asked in turn."""
        contests = [subject.contest.id for subject in self.subjects]
        methods = [method.id for method in self.methods]
        return sorted(answers, key=lambda one: (contests.index(one.contest), methods.index(one.method.id)))

    def _ask(self, *, later: bool) -> Iterator[weigh.Answer]:
        for subject in self.subjects:
            for method in self.methods:
                if ((subject.contest.id, method.id) in self.started) == later:
                    yield self._answer(subject, method)

    def _answer(self, subject: Subject, method: Method) -> weigh.Answer:
        contest = subject.contest.id
        lacks = lacking(method, subject)
        if lacks:
            return weigh.not_testable(method, contest, lacks, subject.contest.unpublished)
        self.tell(f"{subject.contest.name}: {method.title}")
        try:
            return weigh.Answer(method, contest, self._evidence(subject, method))
        except InputError:
            raise
        except Exception as error:
            # One method's fault must not cost the dossier: it becomes a finding that says so.
            return weigh.failed(method, contest, error)

    def _evidence(self, subject: Subject, method: Method) -> Evidence:
        there = self.started.get((subject.contest.id, method.id))
        if there is not None:
            try:
                return there.result()
            except BrokenProcessPool:
                self.tell("the second process ended before its time; the rest is asked here")
        return _measured(method, subject, self.params[method.id], self.seed)


def _measured(method: Method, subject: Subject, params: Any, seed: int) -> Evidence:
    return method.measure(subject, params, generator(seed, method.id, subject.contest.id))


def measured_there(method: str, subject: Subject, params: Any, seed: int) -> Evidence:
    """Measure in the second process, which imports the method by its id."""
    return _measured(catalogue.load(method), subject, params, seed)


@contextmanager
def asking(
    methods: Sequence[Method],
    params: Mapping[str, Any],
    subjects: Sequence[Subject],
    seed: int,
    tell: Callable[[str], None],
) -> Iterator[Asker]:
    """Begin to ask, with a second process for the longest on large tables where a processor is free."""
    longest = [
        (subject, method)
        for subject in subjects
        for method in methods
        if method.longest
        and subject.returns is not None
        and len(subject.returns) >= LARGE
        and not lacking(method, subject)
    ]
    if not longest or processors() < 2:
        yield Asker(methods, params, subjects, seed, tell, {})
        return
    pool: ProcessPoolExecutor | None = None
    started: dict[tuple[str, str], Future[Evidence]] = {}
    try:
        try:
            pool = _one_process()
            with nameless_main():
                for subject, method in longest:
                    started[subject.contest.id, method.id] = pool.submit(
                        measured_there, method.id, subject, params[method.id], seed
                    )
        except (BrokenProcessPool, OSError, ImportError, NotImplementedError) as error:
            # The last two where the system has no semaphores that processes share.
            tell(f"no second process could be kept running ({error}); the rest is asked here")
        yield Asker(methods, params, subjects, seed, tell, started)
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _one_process() -> ProcessPoolExecutor:
    """Make room for a second process, started afresh: a copy of one with running threads can hang."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
