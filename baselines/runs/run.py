"""Run folder: CSV tables, tracker, config, versions, machine; and the progress bar."""

from __future__ import annotations

import math
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

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

from baselines.runs.config import TrainConfig
from baselines.runs.files import (
    make_folder,
    read_json,
    remove_temporaries,
    to_json,
    write_atomically,
)
from baselines.runs.loggers import make_tracker
from baselines.runs.tables import append_row, drop_rows_after

_RECORDED = (
    "lander-envs",
    "gymnasium",
    "numpy",
    "torch",
    "box2d",
    "opencv-python",
    "stable-baselines3",
    "sb3-contrib",
)


_BLOCKS = "\N{LOWER ONE EIGHTH BLOCK}\N{LOWER ONE QUARTER BLOCK}\N{LOWER THREE EIGHTHS BLOCK}"
_BLOCKS += "\N{LOWER HALF BLOCK}\N{LOWER FIVE EIGHTHS BLOCK}\N{LOWER THREE QUARTERS BLOCK}"
_BLOCKS += "\N{LOWER SEVEN EIGHTHS BLOCK}\N{FULL BLOCK}"
_SPARKS = 24  # of a whole run


Follow = Callable[[str, Mapping[str, float]], None]
"""Called with a table's name and each row that was appended to it; what it raises ends the run."""


def ignore(table: str, row: Mapping[str, float]) -> None:
    """Follow nothing."""


class Run:
    """Run folder and training clock, which stands still while ``paused``."""

    def __init__(
        self,
        directory: Path,
        config: TrainConfig,
        steps: int,
        seconds: float,
        follow: Follow = ignore,
    ) -> None:
        self.directory = directory
        self.checkpoints = directory / "checkpoints"
        make_folder(directory)
        remove_temporaries(directory, r"run\.json|(training|evaluation)\.csv")
        path = directory / "run.json"
        description = {"config": config.model_dump(mode="json"), **_origin(path, steps)}
        write_atomically(path, to_json(description))
        drop_rows_after(directory, steps)
        self._tracker = make_tracker(directory, config, steps)
        self._follow = follow
        self._spent = seconds
        self._resumed_at: float | None = time.perf_counter()  # None while paused

    @property
    def seconds(self) -> float:
        """Training seconds so far, evaluations not counted."""
        running = 0.0 if self._resumed_at is None else time.perf_counter() - self._resumed_at
        return self._spent + running

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock for an evaluation or a checkpoint."""
        self._spent = self.seconds
        self._resumed_at = None
        try:
            yield
        finally:
            self._resumed_at = time.perf_counter()

    def log(self, table: str, steps: int, values: dict[str, float]) -> None:
        """Append a row to ``table``.csv and the same values to the tracker."""
        row = {"steps": steps, "seconds": round(self.seconds, 3), **values}
        append_row(self.directory / f"{table}.csv", row)
        for name, value in values.items():
            self._tracker.log(f"{table}/{name}", value, steps)
        self._follow(table, row)

    def close(self) -> None:
        """Flush and close the tracker's file."""
        self._tracker.close()


class Display:
    """Progress bar with time left and a sparkline of the return; else a line an evaluation."""

    def __init__(self, total_steps: int, steps: int) -> None:
        self.console = Console()
        self._total_steps = total_steps
        self._returns: dict[int, float] = {}  # the latest of each part of the run
        self._progress = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[status]}"),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self._task: TaskID = self._progress.add_task(
            "training", total=total_steps, completed=steps, status=""
        )

    def __enter__(self) -> Display:
        """Show the bar."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bar as it stands."""
        self._progress.stop()

    def update(self, steps: int, mean_return: float, steps_per_second: float) -> None:
        """Move the bar; ``mean_return`` is NaN if no episode ended."""
        if math.isfinite(mean_return):
            self._returns[_SPARKS * steps // (self._total_steps + 1)] = mean_return
        curve = sparkline(list(self._returns.values()))
        status = f"return {curve} {mean_return:.0f}, {steps_per_second:,.0f} steps/s"
        self._progress.update(self._task, completed=steps, status=status)

    def line(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(text, highlight=False, soft_wrap=True)


def sparkline(values: Sequence[float]) -> str:
    """A block a value, from an eighth for the lowest to a whole one for the highest."""
    if not values:
        return ""
    low, height = min(values), max(values) - min(values)
    steps = len(_BLOCKS) - 1
    return "".join(_BLOCKS[round(steps * (value - low) / (height or 1))] for value in values)


def _origin(description: Path, steps: int) -> dict[str, Any]:
    """Versions and machine of a run at ``steps``: those of its start, which its folder knows.

    Others, on which it was resumed, are listed beside them.
    """
    here = {"versions": versions(), "machine": machine()}
    if steps == 0:
        return here
    try:
        known = read_json(description)
        first, others = {key: known[key] for key in here}, known.get("resumed_on", [])
    except (OSError, ValueError, KeyError, TypeError):  # lost or damaged: no start is known
        return here
    others = others if here in (first, *others) else [*others, here]
    return {**first, **({"resumed_on": others} if others else {})}


def versions() -> dict[str, str]:
    """Commit of the checkout; versions of Python and of the packages that a result depends on."""
    found = {"commit": _commit(), "python": platform.python_version()}
    for package in _RECORDED:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def _commit() -> str:
    """Hash of the checkout's commit, with "-dirty" if tracked files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        found = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "no git checkout"
    return found.stdout.strip()


def machine() -> dict[str, str | int]:
    """Processor, cores and operating system."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.machine()}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or "unknown"
