"""Every method is put to every contest; on large tables a second process takes its part of the longest.

Each method has random numbers of its own, so that no answer hangs on who asks, nor on when.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plebiscope import catalogue
from plebiscope.dossier import weigh
from plebiscope.model.errors import InputError
from plebiscope.model.method import Evidence, Method, Subject, lacking
from plebiscope.processes import processors
from plebiscope.sharing import Done, Piece, Shared, shared

LARGE = 50_000
"""Rows of a table from which a second process pays, which costs two seconds and as much memory again."""


def generator(seed: int, method: str, contest: str) -> np.random.Generator:
    """Return the random numbers of one method on one contest, whatever else is asked and in which order."""
    return np.random.default_rng([seed, zlib.crc32(method.encode()), zlib.crc32(contest.encode())])


@dataclass(frozen=True)
class Known:
    """What answers are worked out from: the contests and the parameters of methods, by id, and the seed."""

    subjects: Mapping[str, Subject]
    params: Mapping[str, Any]
    seed: int


def measured(known: Known, contest: str, method: str) -> Evidence:
    """Put a method, which is imported by its id, to a contest."""
    rng = generator(known.seed, method, contest)
    return catalogue.load(method).measure(known.subjects[contest], known.params[method], rng)


@dataclass
class Asker:
    """What is asked, here and by a second process."""

    methods: Sequence[Method]
    known: Known
    work: Shared
    apart: frozenset[tuple[str, ...]]
    """Contest and method of what is part of the work that both processes share."""
    tell: Callable[[str], None]
    others: list[Done] = field(default_factory=list)
    """What became of the work that is no question to a method, when all is answered."""
    _told: set[str] = field(default_factory=set)

    def answers(self) -> Iterator[weigh.Answer]:
        """Ask in turn what does not take long, then what nobody has begun; all of it comes as it is ready."""
        for contest, subject in self.known.subjects.items():
            for method in self.methods:
                if (contest, method.id) not in self.apart:
                    yield self._asked_in_turn(subject, method)
                    yield from self._heard(self.work.done_there())
        yield from self._heard(self.work.everything(self._begun))

    def in_order(self, answers: Sequence[weigh.Answer]) -> list[weigh.Answer]:
        """Sort answers by contest, then by method, as if they had been asked in turn."""
        contests, methods = list(self.known.subjects), [method.id for method in self.methods]
        return sorted(answers, key=lambda one: (contests.index(one.contest), methods.index(one.method.id)))

    def _asked_in_turn(self, subject: Subject, method: Method) -> weigh.Answer:
        contest = subject.contest.id
        lacks = lacking(method, subject)
        if lacks:
            return weigh.not_testable(method, contest, lacks, subject.contest.unpublished, subject.returns)
        self._tell_once(_called(subject, method))
        return _answer(method, contest, lambda: measured(self.known, contest, method.id))

    def _begun(self, piece: Piece) -> None:
        if self.work.fault is not None:
            self._tell_once("the second process ended before its time; the rest is asked here")
        self._tell_once(piece.called)

    def _heard(self, found: Iterable[Done]) -> Iterator[weigh.Answer]:
        by_id = {method.id: method for method in self.methods}
        for done in found:
            self._tell_once(done.piece.called)
            if done.piece.key in self.apart:
                contest, method = done.piece.key
                yield _answer(by_id[method], contest, done.result)
            else:
                self.others.append(done)

    def _tell_once(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self.tell(words)


def _called(subject: Subject, method: Method) -> str:
    return f"{subject.contest.name}: {method.title}"


def _answer(method: Method, contest: str, evidence: Callable[[], Evidence]) -> weigh.Answer:
    try:
        return weigh.Answer(method, contest, evidence())
    except InputError:
        raise
    except Exception as error:
        # One method's fault must not cost the dossier: it becomes a finding that says so.
        return weigh.failed(method, contest, error)


@contextmanager
def asking(
    methods: Sequence[Method],
    params: Mapping[str, Any],
    subjects: Sequence[Subject],
    seed: int,
    tell: Callable[[str], None],
    beside: Sequence[Piece] = (),
) -> Iterator[Asker]:
    """Begin to ask, with a second process on large tables where a processor is free and it pays.

    Parameters
    ----------
    methods, params, subjects, seed
        What is asked: the methods, their parameters by id, the contests, and the seed of every draw.
    tell
        Called with a few words at the beginning of each step.
    beside
        Other work on the same contests, which is worked out from :class:`Known`. It comes after all methods
        where there is no second process.
    """
    known = Known({subject.contest.id: subject for subject in subjects}, params, seed)
    large = [
        contest
        for contest, subject in known.subjects.items()
        if subject.returns is not None and len(subject.returns) >= LARGE
    ]
    long = [
        Piece((contest, method.id), _called(known.subjects[contest], method), measured, method.longest)
        for contest in large
        for method in methods
        if method.longest and not lacking(method, known.subjects[contest])
    ]
    work = sum(piece.length for piece in (*long, *(one for one in beside if one.key[0] in large)))
    # It must at least be as much as the longest alone, or the time to start a process is not won back.
    second = work >= 1.0 and processors() > 1
    long = long if second else []
    with shared((*long, *beside), known, second=second, tell=tell) as pieces:
        yield Asker(methods, known, pieces, frozenset(piece.key for piece in long), tell)
