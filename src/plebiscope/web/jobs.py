"""Long work is done by programs of its own: they can be cancelled, and none can starve the others.

Only so many run at once, one for each case; the others wait for their turn in the order in which they came.
What is merely read for a page has turns of its own, so that no run keeps others from seeing their files.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from plebiscope.model.errors import InputError
from plebiscope.web.folders import CaseFolder
from plebiscope.web.limits import Limits

State = Literal["waiting", "running", "done", "refused", "failed", "cancelled"]
_KEPT_STEPS = 500
READING = ("understand", "judge")
"""Work that only shows what is there."""
PRINT = "print"
"""Work that leaves a page with all names behind where it is ended before it is done."""
_KEPT_JOBS = 100
"""Pieces of work that are over and still told of."""
_KEPT_ERRORS = 4000
"""Letters of what a program that broke down said last."""
_LONGEST_LINE = 64 << 20
_PROGRAM = "from plebiscope.web.worker import main; main()"


@dataclass
class Job:
    """One piece of long work."""

    case: CaseFolder
    task: str
    given: dict[str, Any]
    state: State = "waiting"
    steps: list[str] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    """What else the work has said by name, each the last time it said it."""
    answers: list[Any] = field(default_factory=list)
    """Results that came before the end."""
    done: dict[str, Any] | None = None
    refused: dict[str, Any] | None = None
    """Why the input cannot be used, as the parts of an :class:`InputError`."""
    broken: str = ""
    """What the program said last before it broke down; for whoever reports it."""
    began: float | None = None
    ended: float | None = None
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)
    turn: asyncio.Task[None] | None = field(default=None, repr=False)
    place: int | None = field(default=None, repr=False)
    """The folder itself, held open: another one that is made under the same name is another case."""

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in ("waiting", "running")

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return 0.0 if self.began is None else (self.ended or time.monotonic()) - self.began


class Jobs:
    """The work that is under way.

    Parameters
    ----------
    limits
        How much may run and wait.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._free = {False: asyncio.Semaphore(limits.running), True: asyncio.Semaphore(limits.reading)}
        self._jobs: dict[tuple[str, str], Job] = {}
        self._turns: set[asyncio.Task[None]] = set()

    def of(self, case: CaseFolder, task: str) -> Job | None:
        """Return the last job of this kind on a case."""
        job = self._jobs.get((case.name, task))
        return job if job is not None and _is_there(job) else None

    def under_way(self, case: CaseFolder) -> Job | None:
        """Return what is being done, or waits to be done, with a case."""
        mine = (job for (name, _), job in self._jobs.items() if name == case.name and not job.over)
        return next((job for job in mine if _is_there(job)), None)

    def start(self, case: CaseFolder, task: str, given: dict[str, Any] | None = None) -> Job:
        """Begin a piece of work on a case, which has one at a time.

        The same work that is under way already is returned. Mere reading gives way to other work, and does
        not begin beside it.

        Raises
        ------
        InputError
            If too many wait already, or other work is under way on this case.
        """
        busy = self.under_way(case)
        if busy is not None and (busy.task == task or task in READING):
            return busy
        if busy is not None and busy.task in READING:
            _stop(busy)
        elif busy is not None:
            raise InputError(
                "this case is being worked on just now", todo="wait until it is done, or cancel it"
            )
        self._forget_old()
        reading = task in READING
        before = sum(not job.over and (job.task in READING) == reading for job in self._jobs.values())
        if before >= self.limits.waiting + (self.limits.reading if reading else self.limits.running):
            raise InputError(
                f"{self.limits.waiting} runs wait already",
                todo="wait until some of them are done, or cancel one",
            )
        job = Job(case, task, given or {}, place=_held(case))
        _let_go(self._jobs.pop((case.name, task), None))
        self._jobs[(case.name, task)] = job
        job.turn = asyncio.get_running_loop().create_task(self._run(job))
        self._turns.add(job.turn)
        job.turn.add_done_callback(self._turns.discard)
        return job

    def _forget_old(self) -> None:
        """Stop work on folders that are gone, and forget what is over and lies too far back."""
        for job in self._jobs.values():
            if not job.over and not _is_there(job):
                _stop(job)
        over = [key for key, job in self._jobs.items() if job.over]
        for key in over[: max(0, len(over) - _KEPT_JOBS)]:
            _let_go(self._jobs.pop(key))

    async def cancel(self, job: Job) -> None:
        """End a piece of work now."""
        if job.over:
            return
        _stop(job)
        if job.turn is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await job.turn

    async def close(self) -> None:
        """End everything, because the workbench ends."""
        for job in self._jobs.values():
            if not job.over:
                _stop(job)
            _let_go(job)
        # Also those that were stopped before, and whose program may still be ending.
        await asyncio.gather(*self._turns, return_exceptions=True)

    async def wait(self, job: Job) -> None:
        """Wait until a job is over."""
        if job.turn is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(job.turn)

    async def _run(self, job: Job) -> None:
        try:
            async with self._free[job.task in READING]:
                job.state, job.began = "running", time.monotonic()
                async with asyncio.timeout(self.limits.seconds):
                    await self._attend(job)
        except TimeoutError:
            job.state = "refused"
            job.refused = {
                "met": f"this was not done after {self.limits.seconds:,} seconds",
                "todo": "ask fewer methods, or examine it from the command line",
            }
        except asyncio.CancelledError:
            job.state = "cancelled"
            raise
        except Exception as error:
            # Whatever the program said: a case must never be blocked by what broke down.
            job.state, job.broken = "failed", str(error)[-_KEPT_ERRORS:]
        finally:
            await _end(job.process)
            if job.task == PRINT:
                await asyncio.to_thread(job.case.clear_printing)
            job.ended = time.monotonic()

    async def _attend(self, job: Job) -> None:
        """Start the program, tell it what to do, and listen until it ends."""
        job.process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-c", _PROGRAM,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
            start_new_session=True, limit=_LONGEST_LINE,
        )  # fmt: skip
        # For the type checker: all three were asked for as pipes, a few lines above.
        assert process.stdin  # noqa: S101
        assert process.stdout  # noqa: S101
        assert process.stderr  # noqa: S101
        asked = {
            "task": job.task,
            "folder": str(job.case.path),
            "given": job.given,
            "memory": self.limits.memory,
        }
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        process.stdin.close()
        errors = asyncio.get_running_loop().create_task(_last_words(process.stderr))
        try:
            async for line in process.stdout:
                _hear(job, line)
        except BaseException:
            # It must be gone before what it wrote can be read to the end.
            await _end(process)
            await errors
            raise
        job.broken = (await errors).strip()
        code = await process.wait()
        if job.refused is not None:
            job.state = "refused"
        elif job.done is not None and code == 0:
            job.state = "done"
        else:
            job.state = "failed"


def _held(case: CaseFolder) -> int | None:
    """Hold a folder open, where the system can: as long as it is, no other one gets its number."""
    with contextlib.suppress(OSError):
        return os.open(case.path, os.O_RDONLY)
    return None


def _let_go(job: Job | None) -> None:
    if job is not None and job.place is not None:
        os.close(job.place)
        job.place = None


def _is_there(job: Job) -> bool:
    """Tell whether the folder of a case is still the one that the work was begun on."""
    if job.place is None:
        return True
    try:
        return os.path.samestat(os.fstat(job.place), job.case.path.stat())
    except OSError:
        return False


def _stop(job: Job) -> None:
    job.state = "cancelled"
    if job.turn is not None:
        job.turn.cancel()


def _hear(job: Job, line: bytes) -> None:
    said = json.loads(line)
    for name, value in said.items():
        if name == "step":
            job.steps = [*job.steps[-_KEPT_STEPS:], str(value)]
        elif name == "answer":
            job.answers.append(value)
        elif name == "done":
            job.done = value
        elif name == "refused":
            job.refused = value
        else:
            job.said[name] = value


async def _last_words(stream: asyncio.StreamReader) -> str:
    kept = b""
    while piece := await stream.read(1 << 16):
        kept = (kept + piece)[-_KEPT_ERRORS:]
    return kept.decode("utf-8", "replace")


async def _end(process: asyncio.subprocess.Process | None) -> None:
    """End a program and what it has started itself."""
    if process is None or process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await process.wait()
