"""Jobs of a sweep: a config with a seed, brought to its end and scored.

A job that is started again goes on from the run's last checkpoint, so any executor may lose it.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from baselines.algorithms.launch import finish, has_checkpoint
from baselines.algorithms.registry import build_config
from baselines.results.scoring import trained
from baselines.runs.command import run_command
from baselines.runs.config import TrainConfig
from baselines.runs.files import locked, make_folder, write_atomically
from baselines.runs.tables import TRAINING
from lander_envs.scoring.contender import score
from lander_envs.scoring.episodes import Episode, write_rows
from lander_envs.scoring.statistics import SCORED_EPISODES

EPISODES = "episodes.csv"

# The process of a lost worker can live on for seconds and hold the run's folder.
_LOCK_SECONDS = 120.0


class Job(NamedTuple):
    """Training of one config with one seed."""

    settings: dict[str, Any]  # of the config, as JSON has them
    directory: str  # absolute, on a file system that all workers share

    @property
    def name(self) -> str:
        """Config and seed."""
        return Path(self.directory).name

    @property
    def total_steps(self) -> int:
        """Steps of the whole training."""
        return int(self.settings["total_steps"])


class Task(Protocol):
    """Job that was handed to an executor."""

    def done(self) -> bool:
        """Whether it has ended."""

    def exception(self) -> BaseException | None:
        """Error with which it ended, if it did."""


def plan(configs: Iterable[TrainConfig], runs: Path) -> list[Job]:
    """A job for each config, its run in a folder of ``runs``."""
    folder = runs.resolve()
    return [
        Job(config.model_dump(mode="json"), str(folder / f"{config.name}-seed{config.seed}"))
        for config in configs
    ]


def is_finished(job: Job) -> bool:
    """Whether the job has been trained and scored."""
    return (Path(job.directory) / EPISODES).is_file()


def steps_of(job: Job) -> int:
    """Steps that the job's run has logged."""
    directory = Path(job.directory)
    if has_checkpoint(directory, "final"):
        return job.total_steps
    try:
        with (directory / TRAINING).open(newline="", encoding="utf-8") as file:
            return max((int(row["steps"]) for row in csv.DictReader(file)), default=0)
    except (OSError, KeyError, TypeError, ValueError):  # none yet, or a row half written
        return 0


def run(job: Job) -> None:
    """Bring a job to its end: train, or go on training, and score on the held-out seeds.

    Raises:
        ConfigError, CheckpointError: if the run cannot be trained.
        LockedError: if another process trains it.
    """
    directory = Path(job.directory)
    if is_finished(job):
        return
    make_folder(directory)
    with locked(directory, _LOCK_SECONDS):
        pass  # nobody else is at it any more
    finish(build_config(job.settings, job.name), directory)
    episodes = score(trained(directory), SCORED_EPISODES)
    write_atomically(directory / EPISODES, write_rows(Episode._fields, episodes).encode())


def main() -> int:
    """Run the job that standard input describes, pinned to a core; returns the exit status."""
    order = json.load(sys.stdin)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {order["core"]})
    job = Job(order["settings"], order["directory"])

    def command() -> int:
        run(job)
        return 0

    return run_command(command)


if __name__ == "__main__":
    sys.exit(main())
