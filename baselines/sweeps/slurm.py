"""Executor of SLURM: an array of jobs of one core, submitted by submitit."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gymnasium.error import DependencyNotInstalled

from baselines.sweeps.jobs import Job, Task

FOLDER = "slurm"
"""Folder of the scripts and logs, beside the runs."""


class Submission:
    """Job for submitit; a preempted one, or one at its time limit, is queued again."""

    def __call__(self, job: Job) -> None:
        """Bring the job to its end."""
        job.run()

    def checkpoint(self, job: Job) -> Any:
        """Submission that goes on where this one ends."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, job)


def executor(runs: Path, hours: float, partition: str | None, at_once: int | None) -> Any:
    """Executor of one core a job.

    Raises:
        ValueError: without SLURM on this machine.
        gymnasium.error.DependencyNotInstalled: without submitit.
    """
    try:
        import submitit
    except ModuleNotFoundError as missing:
        raise DependencyNotInstalled(
            "on='slurm' needs the package submitit: try `pip install submitit`"
        ) from missing

    if shutil.which("sbatch") is None:
        raise ValueError("on must be local or ray where the command sbatch is missing, got slurm")
    slurm = submitit.AutoExecutor(folder=runs / FOLDER, cluster="slurm")
    slurm.update_parameters(
        name="lander_sweep",
        cpus_per_task=1,
        timeout_min=math.ceil(60 * hours),  # 0 would be no limit
        slurm_setup=["export OMP_NUM_THREADS=1"],
        **({} if partition is None else {"slurm_partition": partition}),
        **({} if at_once is None else {"slurm_array_parallelism": at_once}),
    )
    return slurm


@contextmanager
def started(jobs: Sequence[Job], submitting: Any) -> Iterator[list[Task]]:
    """Submit jobs as one array; they outlive the context."""
    yield submitting.map_array(Submission(), jobs)
