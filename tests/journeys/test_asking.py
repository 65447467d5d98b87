"""A second process changes nothing but the time: same answers, in the same order, and none is lost with it."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest

from plebiscope import asking, catalogue, study

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


def test_a_second_process_gives_the_same_answers_in_the_same_order(table, monkeypatch):
    alone = study.examine(table, methods=METHODS).dossier
    monkeypatch.setattr(asking, "LARGE", 100)
    monkeypatch.setattr(asking, "processors", lambda: 2)
    heard, steps = [], []
    beside = study.examine(
        table, methods=METHODS, heard=lambda answer: heard.append(answer.method.id), progress=steps.append
    ).dossier
    assert beside.findings == alone.findings
    assert sorted(heard) == sorted(METHODS)
    # Those that the second process was given come last; each is told as a step all the same.
    assert set(heard[-2:]) == {"spikes", "mixture"}
    assert sum(catalogue.load(name).title in step for name in METHODS for step in steps) == len(METHODS)


def test_what_a_second_process_did_not_answer_is_asked_here(table):
    subject = study.Subject(study.Contest(id="vote", name="Vote"), study.read(table).returns, ())
    method = catalogue.load("spikes")
    broken: Future = Future()
    broken.set_exception(BrokenProcessPool("gone"))
    steps: list[str] = []
    asker = asking.Asker(
        [method], {"spikes": method.params()}, [subject], 1, steps.append, {("vote", "spikes"): broken}
    )
    assert list(asker.at_once()) == []
    (answer,) = asker.waited_for()
    here = method.measure(subject, method.params(), asking.generator(1, "spikes", "vote"))
    assert answer.evidence.measurements == here.measurements
    assert "asked here" in steps[-1]


@pytest.mark.parametrize("at_once", [True, False], ids=["made", "given work"])
@pytest.mark.parametrize(
    "error",
    [BrokenProcessPool("gone"), OSError("no memory for a process"), NotImplementedError("no semaphores")],
)
def test_where_no_second_process_can_start_all_is_asked_here(table, monkeypatch, error, at_once):
    class Pool:
        def __init__(self, *args, **kwargs):
            if at_once:
                raise error

        def submit(self, *args):
            raise error

        def shutdown(self, **kwargs): ...

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", Pool)
    monkeypatch.setattr(asking, "LARGE", 100)
    monkeypatch.setattr(asking, "processors", lambda: 2)
    subject = study.Subject(study.Contest(id="vote", name="Vote"), study.read(table).returns, ())
    method = catalogue.load("spikes")
    steps: list[str] = []
    with asking.asking([method], {"spikes": method.params()}, [subject], 1, steps.append) as asker:
        assert not asker.started
        (answer,) = asker.at_once()
    assert answer.evidence.measurements[0].status == "tested"
    assert str(error) in steps[0]


def test_small_tables_and_single_processors_need_no_second_process(table, monkeypatch):
    subject = study.Subject(study.Contest(id="vote", name="Vote"), study.read(table).returns, ())
    method = catalogue.load("spikes")
    asked = [method], {"spikes": method.params()}, [subject], 1, str
    with asking.asking(*asked) as small:
        assert not small.started
    monkeypatch.setattr(asking, "LARGE", 100)
    monkeypatch.setattr(asking, "processors", lambda: 1)
    with asking.asking(*asked) as single:
        assert not single.started
