"""Work that a second process shares: whoever is free takes the longest piece that nobody has begun.

Pieces are handed over one at a time, so that what has not begun is never bound to either side: where one is
slower, or ends before its time, the other does more. What comes out must not hang on who did it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

from plebiscope.processes import nameless_main

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_known: Any = None
"""In the second process: what all pieces are worked out from, sent once and not with each."""


@dataclass(frozen=True)
class Piece:
    """A piece of work that either process can do."""

    key: tuple[str, ...]
    called: str
    """What is told of it."""
    work: Callable[..., Any]
    """``work(known, *key)``: a function that can be imported; what is known is the same for all pieces."""
    length: float
    """How long it takes beside the others."""


@dataclass(frozen=True)
class Done:
    """What became of a piece."""

    piece: Piece
    value: Any = None
    error: BaseException | None = None

    def result(self) -> Any:
        """Return what came out, or raise what was raised."""
        if self.error is not None:
            raise self.error
        return self.value


class Shared:
    """The pieces, as both processes see them."""

    def __init__(self, pieces: Iterable[Piece], known: Any) -> None:
        self._left = sorted(pieces, key=lambda piece: -piece.length)
        self._known = known
        self._under_way: Piece | None = None
        self._done: deque[Done] = deque()
        self._changed = Condition()
        self.fault: BaseException | None = None
        """Why the second process does nothing any more, where it ended before its time."""

    def done_there(self) -> Iterator[Done]:
        """Go through what the second process has done by now and was not told yet."""
        while self._done:
            yield self._done.popleft()

    def everything(self, begin: Callable[[Piece], None]) -> Iterator[Done]:
        """Do what nobody has begun, wait for the rest, and go through all of it as it comes.

        Parameters
        ----------
        begin
            Told of a piece before it is done here, or waited for.
        """
        while True:
            yield from self.done_there()
            with self._changed:
                piece = self._left.pop(0) if self._left else None
                there = self._under_way if piece is None else None
            if piece is not None:
                begin(piece)
                yield _done(piece, self._known)
            elif there is not None:
                begin(there)
                with self._changed:
                    self._changed.wait_for(lambda: self._under_way is None)
            elif not self._done:
                return

    def serve(self, pool: ProcessPoolExecutor, ready: Future[None]) -> None:
        """Hand one piece after the other to the second process, until none is left."""
        from concurrent.futures.process import BrokenProcessPool

        try:
            ready.result()
            while (piece := self._take()) is not None:
                try:
                    done = Done(piece, pool.submit(_do, piece.work, piece.key).result())
                except BrokenProcessPool:
                    raise
                except BaseException as error:
                    done = Done(piece, error=error)
                with self._changed:
                    self._done.append(done)
                    self._under_way = None
                    self._changed.notify()
        except BaseException as error:
            # Whatever keeps the second process from its work, the first does it.
            with self._changed:
                self.fault = error
                if self._under_way is not None:
                    self._left.insert(0, self._under_way)
                    self._under_way = None
                self._changed.notify()

    def stop(self) -> None:
        """Let nobody begin anything any more."""
        with self._changed:
            self._left.clear()

    def _take(self) -> Piece | None:
        with self._changed:
            self._under_way = self._left.pop(0) if self._left else None
            return self._under_way


@contextmanager
def shared(
    pieces: Iterable[Piece], known: Any, *, second: bool, tell: Callable[[str], None]
) -> Iterator[Shared]:
    """Share pieces of work with a second process while the block runs.

    Parameters
    ----------
    pieces
        The work.
    known
        What all of it is worked out from.
    second
        Whether there is to be a second process; else all is left to the caller.
    tell
        Told where none could be started.
    """
    work = Shared(pieces, known)
    pool: ProcessPoolExecutor | None = None
    thread: Thread | None = None
    try:
        if second:
            from concurrent.futures.process import BrokenProcessPool

            try:
                pool = one_process()
                with nameless_main():
                    ready = pool.submit(_remember, known)
                serving = Thread(target=work.serve, args=(pool, ready), daemon=True)
                serving.start()
                thread = serving
            except (BrokenProcessPool, OSError, ImportError, NotImplementedError, RuntimeError) as error:
                # No memory for it, no semaphores that processes share, or no room for a thread.
                tell(f"no second process could be kept running ({error}); the rest is asked here")
        yield work
    finally:
        work.stop()
        if pool is not None:
            with suppress(RuntimeError):  # the pool's own thread may not have started either
                pool.shutdown(cancel_futures=True)
        if thread is not None:
            thread.join()


def one_process() -> ProcessPoolExecutor:
    """Make room for a second process, started afresh: a copy of one with running threads can hang."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


def _done(piece: Piece, known: Any) -> Done:
    """Do a piece here."""
    try:
        return Done(piece, piece.work(known, *piece.key))
    except Exception as error:
        return Done(piece, error=error)


def _remember(known: Any) -> None:
    global _known
    _known = known


def _do(work: Callable[..., Any], key: tuple[str, ...]) -> Any:
    return work(_known, *key)
