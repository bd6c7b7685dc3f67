"""Executors by name: this machine, a Ray cluster, or SLURM, with the options of a command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from baselines.runs.command import require_count, terminated_as_interrupted
from baselines.runs.files import require_writable_folder
from baselines.runs.names import RUNS
from baselines.sweeps import local, ray_cluster, slurm
from baselines.sweeps.jobs import Job
from baselines.sweeps.progress import watch

LOCAL, RAY, SLURM = "local", ray_cluster.ANYWHERE, "slurm"

_MOST_SEEDS = 10_000
_HOURS = 24.0
_MOST_HOURS = 24 * 365.0


def make_parser(command: str, description: str | None, first_seed: int) -> argparse.ArgumentParser:
    """Parser of a command that trains on an executor, with seeds from ``first_seed`` by default.

    It leaves the overrides of the configs' settings, as ``train`` takes them.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m baselines.{command}",
        description=description,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Further options are settings of the configs, as baselines.train takes them.",
    )
    parser.add_argument("--seeds", type=int, default=1, help="number of seeds a config or trial")
    parser.add_argument("--first-seed", type=int, default=first_seed, help="the others follow it")
    parser.add_argument("--seed", help=argparse.SUPPRESS)  # a setting of the configs; refused
    parser.add_argument("--on", default=LOCAL, help="local, ray, ray://HOST:PORT or slurm")
    parser.add_argument("--runs", type=Path, default=RUNS, help="where runs are kept")
    parser.add_argument("--workers", type=int, help="runs at once, but on Ray; local: one a core")
    parser.add_argument("--hours", type=float, default=_HOURS, help="time limit of a run on SLURM")
    parser.add_argument("--partition", help="partition of SLURM")
    return parser


def check(options: argparse.Namespace) -> None:
    """ValueError for options out of range or without effect; the message names the option.

    Raises:
        OSError: unless runs can be written to their folder.
    """
    require_count("seeds", options.seeds, _MOST_SEEDS)
    require_count("first-seed", options.first_seed, least=0)
    if options.workers is not None:
        require_count("workers", options.workers)
    if not 0 < options.hours <= _MOST_HOURS:
        raise ValueError(f"hours must be above 0 and at most {_MOST_HOURS:g}, got {options.hours}")
    if options.on not in (LOCAL, RAY, SLURM) and not options.on.startswith("ray://"):
        raise ValueError(f"on must be local, ray, ray://HOST:PORT or slurm, got {options.on!r}")
    _refuse_untaken(options)
    require_writable_folder(options.runs, "runs")


def _refuse_untaken(options: argparse.Namespace) -> None:
    if options.seed is not None:
        raise ValueError(f"seed: --first-seed and --seeds choose the seeds, got {options.seed}")
    if options.on != SLURM:
        for name, default in (("hours", _HOURS), ("partition", None)):
            if (given := getattr(options, name)) != default:
                raise ValueError(f"{name}: only with --on slurm, got {given}")
    if options.workers is not None and options.on not in (LOCAL, SLURM):
        raise ValueError(f"workers: only with --on local or slurm, got {options.workers}")


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


def finish(jobs: Sequence[Job], options: argparse.Namespace, console: Console) -> bool:
    """Bring jobs to their end with progress; prints errors, returns whether there were none."""
    with terminated_as_interrupted(), started(jobs, options) as tasks:
        failed = watch(jobs, tasks, console)
    for name, error in failed.items():
        print(f"error: {name}: {error}", file=sys.stderr)
    return not failed
