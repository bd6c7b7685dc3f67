"""Train and score configs with several seeds each, on this machine, a Ray cluster, or SLURM.

python -m baselines.sweep lander_ppo lander_dqn --seeds 10
python -m baselines.sweep lander_ppo --seeds 5 --on ray --total-steps 100000
python -m baselines.sweep lander_ppo --seeds 10 --on slurm --hours 2 --partition cpu

Each pair of a config and a seed is a run as ``baselines.train`` makes it, and is scored as
``baselines.evaluate`` scores it. The command can be repeated: what is finished is left alone, what
is not goes on from its checkpoint. At the end there is a report of all runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from baselines import report
from baselines.runs.command import require_count, run_command
from baselines.runs.config import TrainConfig
from baselines.runs.names import RUNS
from baselines.sweeps import local, ray_cluster, slurm
from baselines.sweeps.jobs import Job, is_finished, plan
from baselines.sweeps.progress import watch
from baselines.train import load_config

LOCAL, RAY, SLURM = "local", ray_cluster.ANYWHERE, "slurm"
REPORT = "sweep.md"
"""Report of a sweep, in the folder of its runs."""

_MOST_SEEDS = 10_000
_MOST_HOURS = 24 * 365.0


def main(arguments: list[str] | None = None) -> int:
    """Run a sweep; returns the exit status."""
    options, overrides = _parse(arguments)
    return run_command(lambda: _sweep(options, overrides))


def _sweep(options: argparse.Namespace, overrides: list[str]) -> int:
    _check(options)
    console = Console()
    jobs = plan(_configs(options, overrides), options.runs)
    waiting = [job for job in jobs if not is_finished(job)]
    console.print(f"{len(jobs)} runs, of which {len(jobs) - len(waiting)} are finished")
    with _started(waiting, options) as tasks:
        failed = watch(waiting, tasks, console)
    for name, error in failed.items():
        print(f"error: {name}: {error}", file=sys.stderr)
    finished = [job.directory for job in jobs if is_finished(job)]
    if finished:
        report.main([*finished, "--out", str(options.runs / REPORT)])
    return 1 if failed else 0


def _configs(options: argparse.Namespace, overrides: list[str]) -> Iterator[TrainConfig]:
    for name in options.configs:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            yield load_config(name, [*overrides, "--seed", str(seed)], options.runs)


def _check(options: argparse.Namespace) -> None:
    require_count("seeds", options.seeds, _MOST_SEEDS)
    require_count("first-seed", options.first_seed, least=0)
    if options.workers is not None:
        require_count("workers", options.workers)
    if not 0 < options.hours <= _MOST_HOURS:
        raise ValueError(f"hours must be above 0 and at most {_MOST_HOURS:g}, got {options.hours}")
    if options.on not in (LOCAL, RAY, SLURM) and not options.on.startswith("ray://"):
        raise ValueError(f"on must be local, ray, ray://HOST:PORT or slurm, got {options.on!r}")


@contextmanager
def _started(jobs: list[Job], options: argparse.Namespace) -> Iterator[Any]:
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


def _parse(arguments: list[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and the overrides of the configs' settings, as ``train`` takes them."""
    parser = argparse.ArgumentParser(
        prog="python -m baselines.sweep",
        description=__doc__,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Further options are settings of the configs, as baselines.train takes them.",
    )
    parser.add_argument("configs", nargs="+", metavar="CONFIG", help="names or YAML files")
    parser.add_argument("--seeds", type=int, default=1, help="number of seeds a config")
    parser.add_argument("--first-seed", type=int, default=1, help="the others follow it")
    parser.add_argument("--on", default=LOCAL, help="local, ray, ray://HOST:PORT or slurm")
    parser.add_argument("--runs", type=Path, default=RUNS, help="where runs are kept")
    parser.add_argument("--workers", type=int, help="runs at once; local: one a core")
    parser.add_argument("--hours", type=float, default=24.0, help="time limit of a run on SLURM")
    parser.add_argument("--partition", help="partition of SLURM")
    return parser.parse_known_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
