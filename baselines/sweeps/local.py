"""Executor of this machine: a process a job, as many at once as there are cores, each pinned."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

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
    processes: set[subprocess.Popen[str]] = set()
    pool = ThreadPoolExecutor(at_once)
    try:
        yield [pool.submit(_run, job, free, processes) for job in jobs]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list(processes):
            process.terminate()
        pool.shutdown()


def _run(job: Job, free: queue.SimpleQueue[int], processes: set[subprocess.Popen[str]]) -> None:
    """Run a job in a process of its own, on a core that is free."""
    core = free.get()
    directory = Path(job.directory)
    make_folder(directory)
    order = json.dumps({"job": job, "core": core})
    try:
        with (directory / LOG).open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", type(job).__module__],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                env=os.environ | {"OMP_NUM_THREADS": "1"},
            )
            processes.add(process)
            process.communicate(order)
        if process.returncode:
            raise JobError(_last_line(directory / LOG, process.returncode))
    finally:
        processes.discard(process)
        free.put(core)


def _cores() -> list[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _last_line(log: Path, status: int) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    told = next((line for line in reversed(lines) if line.strip()), "")
    return f"{told or 'its process ended'} (exit status {status}; see {log})"
