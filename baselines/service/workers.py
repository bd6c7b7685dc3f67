"""Bounded pool for work that takes long: it can be followed, stopped, and ends in time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

import torch

from baselines.service.problems import busy, timed_out

Result = TypeVar("Result")

_POLL = 0.05  # seconds between looks at a client and at the progress of its work


class StoppedError(Exception):
    """Work that was stopped, because nobody waits for its result any more."""


class Progress:
    """Progress of one piece of work, which reports it and learns here that it has to end.

    Args:
        seconds: the time it may take.
    """

    def __init__(self, seconds: float) -> None:
        self.done = 0
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._stop = threading.Event()

    def advance(self, done: int = 0) -> None:
        """Count what was done.

        Raises:
            StoppedError: if nobody waits for the result any more.
            ProblemError: 503 if the time is over.
        """
        self.done += done
        if self._stop.is_set():
            raise StoppedError
        if time.monotonic() > self._deadline:
            raise timed_out(self._seconds)

    def stop(self) -> None:
        """Let the work end at its next report."""
        self._stop.set()


class Task(Generic[Result]):
    """Work in the pool."""

    def __init__(self, future: Future[Result], progress: Progress) -> None:
        self._waiting, self._progress = asyncio.wrap_future(future), progress

    async def result(self, is_unwanted: Callable[[], Awaitable[bool]]) -> Result:
        """Result of the work; it is stopped once ``is_unwanted``.

        Raises:
            StoppedError: if it was stopped.
        """
        try:
            async for _ in self.follow():
                if await is_unwanted():
                    raise StoppedError
            return self.finished()
        finally:
            self.stop()

    async def follow(self) -> AsyncIterator[int]:
        """Number of items done so far, from time to time until the work ends."""
        while not self._waiting.done():
            yield self._progress.done
            await asyncio.wait({self._waiting}, timeout=_POLL)

    def finished(self) -> Result:
        """Result of work that has ended.

        Raises:
            StoppedError: if it was stopped.
        """
        if self._waiting.cancelled():
            raise StoppedError
        return self._waiting.result()

    def stop(self) -> None:
        """Stop the work, if it has not ended."""
        self._progress.stop()
        self._waiting.cancel()


class Workers:
    """Threads for long work, and a queue before them.

    Args:
        threads: pieces of work at the same time.
        waiting: further pieces that may wait.
        seconds: time that a piece may take, with its wait.
    """

    def __init__(self, threads: int, waiting: int, seconds: float) -> None:
        self._most, self._seconds = threads + waiting, seconds
        self._pool = ThreadPoolExecutor(threads, "work", initializer=compute_in_one_thread)
        self._lock = threading.Lock()
        self._running: set[Progress] = set()

    @property
    def pending(self) -> int:
        """Pieces of work that run or wait."""
        return len(self._running)

    def start(self, work: Callable[[Progress], Result]) -> Task[Result]:
        """Run ``work`` in the pool.

        Raises:
            ProblemError: 503 if as much waits as may.
        """
        progress = Progress(self._seconds)
        with self._lock:
            if len(self._running) >= self._most:
                raise busy(f"{self._most} episodes or evaluations run or wait; try again later")
            self._running.add(progress)
        future = self._pool.submit(work, progress)
        future.add_done_callback(lambda _: self._running.discard(progress))
        return Task(future, progress)

    def close(self) -> None:
        """Stop all work and wait for the threads to end."""
        for progress in list(self._running):
            progress.stop()
        self._pool.shutdown(cancel_futures=True)


def compute_in_one_thread() -> None:
    """Set PyTorch to one thread in this thread: requests run beside each other already."""
    torch.set_num_threads(1)
