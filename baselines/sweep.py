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

from rich.console import Console

from baselines import report
from baselines.runs.command import run_command
from baselines.runs.config import TrainConfig
from baselines.sweeps import executors
from baselines.sweeps.jobs import plan
from baselines.train import load_config
from lander_envs.commands.run import parsed

REPORT = "sweep.md"
"""Report of a sweep, in the folder of its runs."""


def main(arguments: list[str] | None = None) -> int:
    """Run a sweep; returns the exit status."""
    options, overrides = parsed(lambda: _parse(arguments))
    return run_command(lambda: _sweep(options, overrides))


def _sweep(options: argparse.Namespace, overrides: list[str]) -> int:
    executors.check(options)
    console = Console()
    jobs = plan(_configs(options, overrides), options.runs)
    waiting = [job for job in jobs if not job.is_finished()]
    console.print(f"{len(jobs)} runs, of which {len(jobs) - len(waiting)} are finished")
    succeeded = executors.finish(waiting, options, console)
    finished = [job.directory for job in jobs if job.is_finished()]
    reported = report.main([*finished, "--out", str(options.runs / REPORT)]) if finished else 0
    return reported or (0 if succeeded else 1)


def _configs(options: argparse.Namespace, overrides: list[str]) -> Iterator[TrainConfig]:
    for name in options.configs:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            yield load_config(name, [*overrides, "--seed", str(seed)], options.runs)


def _parse(arguments: list[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and the overrides of the configs' settings, as ``train`` takes them."""
    parser = executors.make_parser("sweep", __doc__, first_seed=1)
    parser.add_argument("configs", nargs="+", metavar="CONFIG", help="names or YAML files")
    return parser.parse_known_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
