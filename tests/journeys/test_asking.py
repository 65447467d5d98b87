"""A second process changes nothing but the time: same answers, in the same order, and none is lost with it."""

from __future__ import annotations

import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Event

import numpy as np
import pytest

from plebiscope import asking, catalogue, sharing, study

METHODS = ("straddle", "spikes", "margin", "mixture", "shape")


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(7)
    registered = rng.integers(300, 1500, 400)
    cast = rng.binomial(registered, rng.beta(12, 8, 400))
    yes = rng.binomial(cast, rng.beta(9, 7, 400))
    path = tmp_path / "results.csv"
    rows = zip(range(400), registered, cast, yes, cast - yes, strict=True)
    lines = [f"R{row[0] % 4},{','.join(map(str, row))}" for row in rows]
    path.write_text("\n".join(["Region,Station,Registered voters,Ballots cast,Yes,No", *lines]), "utf-8")
    return path


@pytest.fixture
def large(monkeypatch):
    """Let the table count as large, on a machine of two processors."""
    monkeypatch.setattr(asking, "LARGE", 100)
    monkeypatch.setattr(asking, "processors", lambda: 2)


def pieces(*lengths, work=eval, key=()):
    """Make pieces whose outcome is that of an expression, which a process without these tests knows as well."""
    return [sharing.Piece(key, f"piece {length}", work, length) for length in lengths]


def outcomes(work):
    return {done.piece.length: done for done in work.everything(lambda piece: None)}


def until(so):
    while not so():
        time.sleep(0.01)


class Slow(ThreadPoolExecutor):
    """A second process that does its first piece only when it is let, and its others at once."""

    def __init__(self):
        super().__init__(1)
        self.asked, self.let = [], Event()

    def submit(self, what, *args):
        if what is sharing._do:
            self.asked.append(args)
            return super().submit(lambda: (self.let.wait(60), what(*args))[1])
        return super().submit(what, *args)


def test_a_second_process_gives_the_same_answers_in_the_same_order(table, monkeypatch, request):
    alone = study.examine(table, methods=METHODS).dossier
    request.getfixturevalue("large")
    heard, steps = [], []
    beside = study.examine(
        table, methods=METHODS, heard=lambda answer: heard.append(answer.method.id), progress=steps.append
    ).dossier
    assert beside.findings == alone.findings
    assert beside.fair == alone.fair
    assert beside.fair
    # What does not take long is asked in turn; each is told as a step, whoever does it.
    assert sorted(heard) == sorted(METHODS)
    assert [method for method in heard if method not in {"spikes", "mixture"}] == [
        "straddle",
        "margin",
        "shape",
    ]
    assert sum(catalogue.load(name).title in step for name in METHODS for step in steps) == len(METHODS)
    assert sum("fair votes on the same stations" in step for step in steps) == 1


def test_the_longest_are_declared_and_begun_first():
    declared = {name: catalogue.load(name).longest for name in catalogue.modules()}
    assert max(declared, key=declared.get) == "mixture"
    assert all(value == 0 or 0.1 <= value <= 1 for value in declared.values())
    with sharing.shared(pieces(1, 3, 2), "2 + 2", second=False, tell=str) as work:
        begun = []
        done = list(work.everything(lambda piece: begun.append(piece.length)))
    assert begun == [3, 2, 1]
    assert [(one.piece.length, one.result()) for one in done] == [(3, 4), (2, 4), (1, 4)]


def test_a_second_process_does_its_part_of_the_work():
    with sharing.shared(pieces(1, 2), "__import__('os').getpid()", second=True, tell=str) as work:
        until(lambda: len(work._done) == 2)  # both are left to it
        done = outcomes(work)
    assert set(done) == {1, 2}
    (process,) = {one.result() for one in done.values()}
    assert process != os.getpid()


def test_what_nobody_has_begun_is_taken_from_a_second_process_that_is_slow(monkeypatch):
    slow = Slow()
    monkeypatch.setattr(sharing, "one_process", lambda: slow)
    begun = []

    def begin(piece):
        begun.append(piece.length)
        if len(begun) == 4:  # here all that was left is done, and one is waited for
            slow.let.set()

    with sharing.shared(pieces(1, 2, 3, 4), "2 + 2", second=True, tell=str) as work:
        until(lambda: slow.asked)
        done = list(work.everything(begin))
    assert len(slow.asked) == 1
    assert begun == [3, 2, 1, 4]
    assert [one.piece.length for one in done] == [3, 2, 1, 4]
    assert {one.result() for one in done} == {4}


def test_a_second_process_that_dies_loses_nothing():
    lethal = f"__import__('os').getpid() == {os.getpid()} or __import__('os')._exit(1)"
    with sharing.shared(pieces(1, 2), lethal, second=True, tell=str) as work:
        until(lambda: work.fault)
        done = outcomes(work)
    assert isinstance(work.fault, BrokenProcessPool)
    assert {length: one.result() for length, one in done.items()} == {1: True, 2: True}


def test_what_a_second_process_did_not_answer_is_asked_here(table, large, monkeypatch):
    class Dying(ThreadPoolExecutor):
        def submit(self, what, *args):
            if what is not sharing._do:
                return super().submit(what, *args)
            broken: Future = Future()
            broken.set_exception(BrokenProcessPool("gone"))
            return broken

    alone = study.examine(table, methods=METHODS, seed=3).dossier
    monkeypatch.setattr(sharing, "one_process", lambda: Dying(1))
    steps: list[str] = []
    beside = study.examine(table, methods=METHODS, seed=3, progress=steps.append).dossier
    assert beside.findings == alone.findings
    assert beside.fair == alone.fair
    assert sum("ended before its time; the rest is asked here" in step for step in steps) == 1


def test_what_cannot_be_sent_to_a_second_process_is_done_here():
    known = {"a": lambda: None}
    with sharing.shared(pieces(1, work=dict.get, key=("a",)), known, second=True, tell=str) as work:
        until(lambda: work.fault)
        assert outcomes(work)[1].result() is known["a"]


def test_where_no_thread_can_start_all_is_done_here(monkeypatch):
    def full(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(sharing.Thread, "start", full)
    told = []
    with sharing.shared(pieces(1, 2), "known + 1", second=True, tell=told.append) as work:
        assert len(outcomes(work)) == 2
    assert "can't start new thread" in told[0]


@pytest.mark.parametrize("second", [True, False])
def test_what_a_piece_raises_is_raised_where_it_is_asked_for(second):
    with sharing.shared(pieces(1, 2), "1 / 0", second=second, tell=str) as work:
        until(lambda: not second or len(work._done) == 2)
        done = outcomes(work)
    for one in done.values():
        with pytest.raises(ZeroDivisionError):
            one.result()
    assert work.fault is None


@pytest.mark.parametrize("at_once", [True, False], ids=["made", "given work"])
@pytest.mark.parametrize(
    "error",
    [BrokenProcessPool("gone"), OSError("no memory for a process"), NotImplementedError("no semaphores")],
)
def test_where_no_second_process_can_start_all_is_asked_here(table, large, monkeypatch, error, at_once):
    class Pool:
        def __init__(self, *args, **kwargs):
            if at_once:
                raise error

        def submit(self, *args):
            raise error

        def shutdown(self, **kwargs): ...

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", Pool)
    subject = study.Subject(study.Contest(id="vote", name="Vote"), study.read(table).returns, ())
    methods = [catalogue.load(name) for name in ("spikes", "mixture")]
    params = {method.id: method.params() for method in methods}
    steps: list[str] = []
    with asking.asking(methods, params, [subject], 1, steps.append) as asker:
        answers = asker.in_order(list(asker.answers()))
    assert [answer.method.id for answer in answers] == ["spikes", "mixture"]
    assert all(answer.evidence.measurements[0].status == "tested" for answer in answers)
    assert str(error) in steps[0]


@pytest.mark.parametrize(
    ("rows", "free", "names"),
    [(10**6, 2, METHODS), (100, 1, METHODS), (100, 2, ("straddle", "neighbours"))],
    ids=["a small table", "a single processor", "little to ask"],
)
def test_where_it_does_not_pay_there_is_no_second_process(table, monkeypatch, rows, free, names):
    def none():
        raise AssertionError("a second process was started")

    monkeypatch.setattr(sharing, "one_process", none)
    monkeypatch.setattr(asking, "LARGE", rows)
    monkeypatch.setattr(asking, "processors", lambda: free)
    heard: list[str] = []
    study.examine(table, methods=names, heard=lambda answer: heard.append(answer.method.id))
    assert heard == list(names)
