"""Progress of a sweep: a bar a job, and one of all steps with the time left."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from baselines.sweeps.jobs import Job, Task

_POLL_SECONDS = 1.0


def watch(jobs: Sequence[Job], tasks: Sequence[Task], console: Console) -> dict[str, str]:
    """Show the progress of jobs until all tasks have ended.

    Returns:
        Error of each job that failed, by its name.
    """
    failed: dict[str, str] = {}
    with _bars(console) as progress:
        total = sum(job.total_steps for job in jobs)
        everything = progress.add_task("all", total=total)
        bars = [progress.add_task(job.name, total=job.total_steps) for job in jobs]
        running = dict(enumerate(tasks))
        while running:
            ended = [place for place, task in running.items() if task.done()]
            _update(progress, jobs, bars, everything)
            for place in ended:
                error = running.pop(place).exception()
                job = jobs[place]
                if error is not None:
                    failed[job.name] = str(error) or type(error).__name__
                progress.console.print(_end(job, failed.get(job.name)))
            if running:
                time.sleep(_POLL_SECONDS)
    return failed


def _update(
    progress: Progress, jobs: Sequence[Job], bars: Sequence[TaskID], everything: TaskID
) -> None:
    steps = [job.steps() for job in jobs]
    for bar, done in zip(bars, steps, strict=True):
        progress.update(bar, completed=done)
    progress.update(everything, completed=sum(steps))


def _end(job: Job, error: str | None) -> str:
    if error is None:
        return (
            f"{job.name}: finished" if job.is_finished() else f"{job.name}: ended without a score"
        )
    return f"{job.name}: failed: {error}"


def _bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
