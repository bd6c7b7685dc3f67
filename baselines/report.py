"""Plots and tables of finished runs.

python -m baselines.report runs/lander_ppo-seed1 runs/lander_ppo-seed2 --out curves.png
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import matplotlib

matplotlib.use("Agg")  # files only, no window

import numpy as np
import tyro
from matplotlib import pyplot as plt
from numpy.typing import NDArray

from baselines.episodes import WIN


@dataclass
class Options:
    """Which runs to plot, and where to."""

    runs: Annotated[list[Path], tyro.conf.Positional]
    """Folders of runs."""
    out: Path = Path("learning_curve.png")
    """The picture's path."""
    title: str = ""
    """Above the picture."""


def main(arguments: list[str] | None = None) -> None:
    """Draw the learning curves of some runs into one picture."""
    options = tyro.cli(Options, args=arguments, description=__doc__)
    draw_learning_curves(options.runs, options.out, options.title)
    print(f"wrote {options.out}")


def draw_learning_curves(runs: list[Path], out: Path, title: str) -> None:
    """Training and evaluation returns over steps, a colour a run, with the line of 200."""
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for number, run in enumerate(runs):
        colour = f"C{number}"
        steps, returns = read_columns(run / "training.csv", "episodic_return")
        axes.plot(steps, returns, color=colour, alpha=0.25, linewidth=1)
        steps, returns = read_columns(run / "evaluation.csv", "mean_return")
        axes.plot(steps, returns, color=colour, marker=".", label=run.name)
    axes.axhline(WIN, color="grey", linestyle="--", linewidth=1)
    axes.set(xlabel="environment steps", ylabel="episodic return", title=title, ylim=(-400, 320))
    axes.legend(loc="lower right", title="greedy evaluation (pale: while training)")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=120)
    plt.close(figure)


def read_columns(path: Path, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The columns ``steps`` and ``name`` of a run's table."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return (
        np.array([float(row["steps"]) for row in rows]),
        np.array([float(row[name]) for row in rows]),
    )


if __name__ == "__main__":
    main()
