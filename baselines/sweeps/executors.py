"""Executors by name: this machine, a Ray cluster, or SLURM, with the options of a command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from baselines.runs.command import require_count
from baselines.runs.names import RUNS
from baselines.sweeps import local, ray_cluster, slurm
from baselines.sweeps.jobs import Job

LOCAL, RAY, SLURM = "local", ray_cluster.ANYWHERE, "slurm"

_MOST_SEEDS = 10_000
_MOST_HOURS = 24 * 365.0


def add_options(parser: argparse.ArgumentParser, first_seed: int) -> None:
    """Add the options of seeds and executors; seeds begin at ``first_seed`` by default."""
    parser.add_argument("--first-seed", type=int, default=first_seed, help="the others follow it")
    parser.add_argument("--on", default=LOCAL, help="local, ray, ray://HOST:PORT or slurm")
    parser.add_argument("--runs", type=Path, default=RUNS, help="where runs are kept")
    parser.add_argument("--workers", type=int, help="runs at once; local: one a core")
    parser.add_argument("--hours", type=float, default=24.0, help="time limit of a run on SLURM")
    parser.add_argument("--partition", help="partition of SLURM")


def check(options: argparse.Namespace) -> None:
    """ValueError for options out of range; the message names the option."""
    require_count("seeds", options.seeds, _MOST_SEEDS)
    require_count("first-seed", options.first_seed, least=0)
    if options.workers is not None:
        require_count("workers", options.workers)
    if not 0 < options.hours <= _MOST_HOURS:
        raise ValueError(f"hours must be above 0 and at most {_MOST_HOURS:g}, got {options.hours}")
    if options.on not in (LOCAL, RAY, SLURM) and not options.on.startswith("ray://"):
        raise ValueError(f"on must be local, ray, ray://HOST:PORT or slurm, got {options.on!r}")


@contextmanager
def started(jobs: Sequence[Job], options: argparse.Namespace) -> Iterator[Any]:
    """Start jobs on the executor that the options name."""
    if options.on == LOCAL:
        with local.started(jobs, options.workers) as tasks:
            yield tasks
    elif options.on == SLURM:
        submitting = slurm.executor(options.runs, options.hours, options.partition, options.workers)
        with slurm.started(jobs, submitting) as tasks:
            yield tasks
    else:
        with ray_cluster.started(jobs, options.on) as tasks:
            yield tasks
