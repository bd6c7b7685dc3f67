"""Jobs of executors; that of a sweep is a config with a seed, brought to its end and scored.

A job that is started again goes on from the run's last checkpoint, so any executor may lose it.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from baselines.algorithms.launch import has_checkpoint, require_same
from baselines.algorithms.registry import build_config
from baselines.results.scoring import finish_and_score
from baselines.runs.command import run_command
from baselines.runs.config import ConfigError, TrainConfig
from baselines.runs.files import locked, make_folder
from baselines.runs.names import EPISODES_FILE, run_folder
from baselines.runs.tables import TRAINING

LOCK_SECONDS = 120.0
"""Wait for a job's folder, which the process of a lost worker can hold for seconds."""


class Job(Protocol):
    """Work that an executor starts, and starts again where it was lost.

    It is sent to its process as JSON of its fields, and run there by the module of its class.
    """

    @property
    def directory(self) -> str:
        """Absolute path of its folder, on a file system that all workers share."""

    @property
    def name(self) -> str:
        """Name of its folder."""

    @property
    def total_steps(self) -> int:
        """Steps of all its trainings."""

    def run(self) -> None:
        """Bring the job to its end, or go on from where it was lost."""

    def is_finished(self) -> bool:
        """Whether there is nothing left to do."""

    def steps(self) -> int:
        """Steps that it has logged."""


class TrainingJob(NamedTuple):
    """Training of one config with one seed, and its score."""

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

    def run(self) -> None:
        """Train, or go on training, and score on the held-out seeds.

        Raises:
            ConfigError, CheckpointError: if the run cannot be trained.
            LockedError: if another process trains it.
        """
        directory = Path(self.directory)
        if self.is_finished():
            return
        make_folder(directory)
        with locked(directory, LOCK_SECONDS):
            pass  # nobody else is at it any more
        finish_and_score(build_config(self.settings, self.name), directory)

    def is_finished(self) -> bool:
        """Whether the run has been trained and scored."""
        folder = Path(self.directory)  # without a checkpoint, a score is an earlier run's
        return has_checkpoint(folder, "final") and (folder / EPISODES_FILE).is_file()

    def steps(self) -> int:
        """Steps that the run has logged."""
        return logged_steps(Path(self.directory), self.total_steps)


class Task(Protocol):
    """Job that was handed to an executor."""

    def done(self) -> bool:
        """Whether it has ended."""

    def exception(self) -> BaseException | None:
        """Error with which it ended, if it did."""


def plan(configs: Iterable[TrainConfig], runs: Path) -> list[TrainingJob]:
    """A job for each config, its run in a folder of ``runs``.

    Raises:
        ConfigError: if a folder holds a run with other settings, or two configs have the same.
    """
    jobs: dict[Path, TrainingJob] = {}
    for config in configs:
        folder = run_folder(runs.resolve(), config.name, config.seed)
        if folder in jobs:
            raise ConfigError(f"name: two configs must not have the same, got {config.name!r}")
        require_same(config, folder)
        jobs[folder] = TrainingJob(config.model_dump(mode="json"), str(folder))
    return list(jobs.values())


def logged_steps(run: Path, total_steps: int) -> int:
    """Steps that a run of ``total_steps`` has logged."""
    if has_checkpoint(run, "final"):
        return total_steps
    try:
        with (run / TRAINING).open(newline="", encoding="utf-8") as file:
            return max((int(row["steps"]) for row in csv.DictReader(file)), default=0)
    except (OSError, KeyError, TypeError, ValueError):  # none yet, or a row half written
        return 0


def main(kind: Callable[..., Job]) -> int:
    """Run the job that standard input describes, pinned to a core; returns the exit status."""
    order = json.load(sys.stdin)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {order["core"]})
    job = kind(*order["job"])

    def command() -> int:
        job.run()
        return 0

    return run_command(command)


if __name__ == "__main__":
    sys.exit(main(TrainingJob))
