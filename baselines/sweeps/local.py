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
    try:
        make_folder(Path(job.directory))
        _run_on(core, job, processes)
    finally:
        free.put(core)  # whatever failed: other jobs wait for it


def _run_on(core: int, job: Job, processes: set[subprocess.Popen[str]]) -> None:
    order, path = json.dumps({"job": job, "core": core}), Path(job.directory) / LOG
    with path.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", type(job).__module__],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        processes.add(process)
        try:
            process.communicate(order)
        finally:
            processes.discard(process)
    if process.returncode:
        raise JobError(_last_line(path, process.returncode))


def _cores() -> list[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _last_line(log: Path, status: int) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    told = next((line for line in reversed(lines) if line.strip()), "")
    return f"{told or 'its process ended'} (exit status {status}; see {log})"
