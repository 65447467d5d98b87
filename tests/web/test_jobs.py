"""Long work is waited for in turn, ended when asked, and comes to grief alone."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from plebiscope.model.errors import InputError
from plebiscope.web import worker
from plebiscope.web.folders import Cases
from plebiscope.web.jobs import Job, Jobs
from plebiscope.web.limits import Limits


@pytest.fixture(autouse=True)
def stub_tasks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tasks that sleep, ask for memory, or break down, known to the programs that are started here."""
    (tmp_path / "stub_tasks.py").write_text(
        "import os, sys, time\n"
        "from plebiscope.web import worker\n"
        "def sleep(folder, given, say):\n"
        "    say(step='asleep')\n"
        "    time.sleep(given.get('seconds', 60))\n"
        "    return {'slept': True}\n"
        "def greedy(folder, given, say):\n"
        "    return {'n': len(bytearray(4 << 30))}\n"
        "def break_down(folder, given, say):\n"
        "    print('the last words', file=sys.stderr, flush=True)\n"
        "    os.abort()\n"
        "def chatty(folder, given, say):\n"
        "    print('printed by a library')\n"
        "    for number in range(2000): say(step=f'step {number}')\n"
        "    say(answer=[1]); say(answer=[2])\n"
        "    return {}\n",
        "utf-8",
    )
    (tmp_path / "sitecustomize.py").write_text(
        "from plebiscope.web import worker\n"
        "worker.TASKS.update({n: f'stub_tasks:{n}' for n in ('sleep', 'greedy', 'break_down', 'chatty')})\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "examine" in worker.TASKS


def played(tmp_path: Path, limits: Limits, play: Any) -> None:
    async def run() -> None:
        jobs = Jobs(limits)
        try:
            await asyncio.wait_for(play(jobs, Cases(tmp_path / "cases")), 60)
        finally:
            await jobs.close()

    asyncio.run(run())


async def begun(job: Job) -> None:
    while not job.steps and not job.over:
        await asyncio.sleep(0.02)


def test_one_case_has_one_job_and_the_next_waits_for_its_turn(tmp_path: Path) -> None:
    async def play(jobs: Jobs, cases: Cases) -> None:
        one, two = cases.new("one"), cases.new("two")
        first = jobs.start(one, "sleep")
        assert jobs.start(one, "sleep") is first
        second = jobs.start(two, "sleep", {"seconds": 0})
        await begun(first)
        assert (first.state, second.state) == ("running", "waiting")
        await jobs.cancel(first)
        assert first.state == "cancelled"
        assert first.process is not None
        assert first.process.returncode is not None
        await jobs.wait(second)
        assert second.state == "done"
        assert second.done == {"slept": True}

    played(tmp_path, Limits(running=1), play)


def test_no_more_than_so_many_wait(tmp_path: Path) -> None:
    async def play(jobs: Jobs, cases: Cases) -> None:
        for number in range(2):
            jobs.start(cases.new(str(number)), "sleep")
        with pytest.raises(InputError, match="1 runs wait already"):
            jobs.start(cases.new("too many"), "sleep")

    played(tmp_path, Limits(running=1, waiting=1), play)


def test_a_run_keeps_nobody_from_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plebiscope.web.jobs.READING", ("chatty",))

    async def play(jobs: Jobs, cases: Cases) -> None:
        for number in range(2):
            jobs.start(cases.new(str(number)), "sleep")
        reading = jobs.start(cases.new("read"), "chatty")
        await jobs.wait(reading)
        assert reading.state == "done"

    played(tmp_path, Limits(running=1, waiting=1), play)


def test_a_case_that_was_deleted_and_made_again_is_another(tmp_path: Path) -> None:
    async def play(jobs: Jobs, cases: Cases) -> None:
        case = cases.new("a case")
        done = jobs.start(case, "sleep", {"seconds": 0})
        await jobs.wait(done)
        assert jobs.of(case, "sleep") is done
        running = jobs.start(case, "sleep")
        await begun(running)
        case.path.rmdir()
        again = cases.new("a case")
        assert again.path == case.path
        assert jobs.of(again, "sleep") is None
        assert jobs.under_way(again) is None
        new = jobs.start(again, "sleep", {"seconds": 0})
        await jobs.wait(new)
        assert (running.state, new.state) == ("cancelled", "done")

    played(tmp_path, Limits(), play)


@pytest.mark.parametrize(
    ("task", "limits", "state", "said"),
    [
        ("greedy", Limits(memory=2 << 30), "refused", "memory"),
        ("sleep", Limits(seconds=2), "refused", "2 seconds"),
        ("break_down", Limits(), "failed", "the last words"),
    ],
)
def test_what_goes_wrong_is_told(tmp_path: Path, task: str, limits: Limits, state: str, said: str) -> None:
    async def play(jobs: Jobs, cases: Cases) -> None:
        job = jobs.start(cases.new("a case"), task)
        await jobs.wait(job)
        assert job.state == state
        assert said in (job.refused or {}).get("met", "") + job.broken

    played(tmp_path, limits, play)


def test_only_the_last_steps_are_kept_and_no_print_is_taken_for_one(tmp_path: Path) -> None:
    async def play(jobs: Jobs, cases: Cases) -> None:
        job = jobs.start(cases.new("a case"), "chatty")
        await jobs.wait(job)
        assert job.state == "done"
        assert job.steps[-1] == "step 1999"
        assert len(job.steps) < 600
        assert job.answers == [[1], [2]]

    played(tmp_path, Limits(), play)


def test_the_end_waits_for_programs_that_were_stopped_before(tmp_path: Path) -> None:
    async def run() -> None:
        jobs, cases = Jobs(Limits()), Cases(tmp_path / "cases")
        gone = cases.new("gone")
        first = jobs.start(gone, "sleep")
        await begun(first)
        shutil.rmtree(gone.path)
        # Starting other work stops what was done for the folder that is gone, and does not wait for it.
        second = jobs.start(cases.new("other"), "sleep")
        assert first.state == "cancelled"
        await jobs.close()
        for job in (first, second):
            assert job.turn is not None
            assert job.turn.done()
            assert job.process is None or job.process.returncode is not None

    asyncio.run(run())
