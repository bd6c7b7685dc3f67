"""Variations of a config: train, score and keep each, and tables of their results."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from baselines.results.run_data import ConfigResult
from baselines.results.run_folder import read_run
from baselines.results.scoring import finish_and_score
from baselines.results.store import add_result
from baselines.results.tables import landed_cell, markdown, spread_cell
from baselines.runs.config import TrainConfig
from baselines.runs.files import require_writable, write_atomically
from baselines.runs.names import run_folder

RESULT_HEADING = (
    *("seeds", "mean return", "lowest seed", "spread", "landed"),
    *("reached 200", "median steps to 200"),
)
"""Headings of :func:`result_cells`."""


def refuse_unknown(argument: str, names: Iterable[str], known: Iterable[str]) -> None:
    """ValueError, with the argument's name, if one of its names is not known."""
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"{argument} must be of {', '.join(known)}, got {', '.join(unknown)}")


def train_and_score(config: TrainConfig, runs: Path, results: Path) -> None:
    """Train and score one run; one that was killed is continued, a finished one left alone.

    Args:
        config: of the run, which is kept in ``runs`` by its name and seed.
        runs: where runs are kept.
        results: folder that gets the run's result, as the published ones have theirs.
    """
    folder = run_folder(runs, config.name, config.seed)
    finish_and_score(config, folder)
    add_result(results, read_run(folder))


def result_cells(result: ConfigResult) -> list[str]:
    """The cells under :data:`RESULT_HEADING`."""
    passed = [record.first_solved.steps for record in result.seeds if record.first_solved]
    reached_all = len(passed) == len(result.seeds)
    return [
        str(len(result.seeds)),
        f"{result.mean_return:.1f}",
        f"{min(record.mean_return for record in result.seeds):.1f}",
        spread_cell(result),
        landed_cell(result),
        str(len(passed)),
        f"{np.median(passed):,.0f}" if reached_all else "-",
    ]


def write_table(out: Path, heading: list[str], rows: list[list[str]]) -> None:
    """Write a Markdown table and say where it is; OSError if that cannot be written."""
    require_writable(out)
    write_atomically(out, ("\n".join(markdown(heading, rows)) + "\n").encode())
    print(f"wrote {out}")
