"""Executor of this machine: a process a job, as many at once as there are cores, each pinned."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from baselines.runs.files import make_folder
from baselines.sweeps.jobs import Job

LOG = "sweep.log"
"""Output of a job's process, in its run's folder."""


class JobError(RuntimeError):
    """Job whose process ended with an error; the message is its last line."""


@contextmanager
def started(jobs: Sequence[Job], workers: int | None = None) -> Iterator[list[Future[None]]]:
    """Start jobs, ``workers`` at once, by default one a core.

    At the end of the context, jobs that run are terminated and those that wait are dropped.
    """
    cores = _cores()
    at_once = len(cores) if workers is None else workers
    free: queue.SimpleQueue[int] = queue.SimpleQueue()
    for i in range(at_once):
        free.put(cores[i % len(cores)])
    processes = _Processes()
    pool = ThreadPoolExecutor(at_once)
    try:
        yield [pool.submit(_run, job, free, processes) for job in jobs]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        processes.end()
        pool.shutdown()


class _Processes:
    """Processes that run; once they are ended, none starts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._ended = False

    @contextmanager
    def started(self, module: str, log: IO[bytes]) -> Iterator[subprocess.Popen[str]]:
        """Start a process of a module, which the block brings to its end; its output is logged."""
        with self._lock:
            if self._ended:
                raise JobError("it was not started: the others were ended")
            process = subprocess.Popen(
                [sys.executable, "-m", module],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                env=os.environ | {"OMP_NUM_THREADS": "1"},
            )
            self._running.add(process)
        try:
            yield process
        finally:
            with self._lock:
                self._running.remove(process)

    def end(self) -> None:
        """Terminate those that run."""
        with self._lock:
            self._ended = True
            for process in self._running:
                process.terminate()


def _run(job: Job, free: queue.SimpleQueue[int], processes: _Processes) -> None:
    """Run a job in a process of its own, on a core that is free."""
    core = free.get()
    try:
        make_folder(Path(job.directory))
        _run_on(core, job, processes)
    finally:
        free.put(core)  # whatever failed: other jobs wait for it


def _run_on(core: int, job: Job, processes: _Processes) -> None:
    order, path = json.dumps({"job": job, "core": core}), Path(job.directory) / LOG
    with path.open("ab") as log:  # a run that goes on keeps what it told before
        begun = log.tell()
        with processes.started(type(job).__module__, log) as process:
            process.communicate(order)
    if process.returncode:
        raise JobError(_last_line(path, begun, process.returncode))


def _cores() -> list[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _last_line(log: Path, begun: int, status: int) -> str:
    lines = log.read_bytes()[begun:].decode(errors="replace").splitlines()
    told = next((line for line in reversed(lines) if line.strip()), "")
    return f"{told or 'its process ended'} (exit status {status}; see {log})"
