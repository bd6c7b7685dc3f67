"""Pictures of results: learning curves, and scores of all agents beside each other."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # files only, no window

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from baselines.evaluation.episodes import WIN
from baselines.results.run_data import Evidence, iqm_over_seeds

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Steps, and the return after each."""

_LEAST_SHOWN = 0.0  # return; what does worse gets its number instead of a place


def draw_learning_curves(runs: list[Evidence], out: Path) -> None:
    """Training and evaluation returns over steps, a colour a run, with the line of a solved task.

    Several seeds of one config get their interquartile mean, too, and its 95 % interval.
    """
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    is_one_config = len({run.name for run in runs}) == 1
    if is_one_config and len(runs) > 1:
        _draw_spread(axes, evaluations(runs), "black", "interquartile mean")
    curves = zip(runs, training(runs), evaluations(runs), strict=True)
    for number, (run, trained, evaluated) in enumerate(curves):
        colour, label = f"C{number}", f"seed {run.seed}" if is_one_config else run.name
        axes.plot(*trained, color=colour, alpha=0.25, linewidth=1)
        axes.plot(*evaluated, ".-", color=colour, label=label)
    axes.axhline(runs[0].threshold, color="grey", linestyle="--", linewidth=1)
    axes.set(xlabel="environment steps", ylabel="episodic return")
    lowest, highest = axes.get_ylim()
    axes.set_ylim(max(lowest, -400), max(highest, 320))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.legend(loc="best", title="greedy evaluation (pale: while training)")
    _save(figure, out)


def draw_comparison(agents: dict[str, list[Evidence]], out: Path) -> None:
    """Returns over steps, of greedy evaluations and of training, all seeds of an agent as one."""
    figure, panels = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    for colour, (name, runs) in enumerate(agents.items()):
        for axes, curves in zip(panels, (evaluations(runs), training(runs)), strict=True):
            _draw_spread(axes, curves, f"C{colour}", name)
    for axes, title in zip(panels, ("greedy evaluations", "while training, sampled"), strict=True):
        axes.axhline(WIN, color="grey", linestyle="--", linewidth=1)
        axes.set(xlabel="million environment steps", title=title)
        axes.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1e6:g}")
    panels[0].set_ylabel("raw episodic return")
    panels[0].legend(loc="lower right")
    _save(figure, out)


def _draw_spread(axes: Axes, curves: list[Curve], colour: str, label: str) -> None:
    steps, middle, low, high = spread_over_seeds(curves)
    axes.plot(steps, middle, color=colour, linewidth=2, label=label)
    axes.fill_between(steps, low, high, color=colour, alpha=0.12, linewidth=0)


def spread_over_seeds(curves: list[Curve]) -> tuple[NDArray[np.float64], ...]:
    """Steps, interquartile mean of the seeds' returns there, and the interval's two ends.

    Seeds that were looked at after other steps are read off the line between their points; one
    that has ended, or has not begun, counts no more, or not yet.
    """
    grid = np.unique(np.concatenate([steps for steps, _ in curves]))
    lines = [np.interp(grid, *curve, left=np.nan, right=np.nan) for curve in curves]
    there = [values[~np.isnan(values), None] for values in np.stack(lines, axis=1)]
    middle, low, high = np.array([iqm_over_seeds(values) for values in there]).T
    return grid, middle, low, high


def draw_scores(agents: dict[str, list[Evidence]], out: Path) -> None:
    """A row an agent: its interquartile mean with the interval, and each seed's mean."""
    figure, axes = plt.subplots(figsize=(8, 1 + 0.3 * len(agents)), layout="constrained")
    for row, runs in enumerate(agents.values()):
        middle, low, high = iqm_over_seeds(np.stack([run.returns for run in runs]))
        if middle < _LEAST_SHOWN:
            axes.annotate(f"\N{LEFTWARDS ARROW} {middle:.0f}", (_LEAST_SHOWN, row), va="center")
            continue
        axes.plot([low, high], [row, row], color="C0", linewidth=6, alpha=0.35)
        axes.plot(middle, row, "o", color="C0")
        means = [float(run.scores["mean_return"]) for run in runs]
        axes.plot(means, [row] * len(means), "|", color="black", markersize=9)
    axes.axvline(WIN, color="grey", linestyle="--", linewidth=1)
    axes.set_xlim(left=_LEAST_SHOWN)
    axes.set_yticks(range(len(agents)), list(agents))
    axes.invert_yaxis()
    axes.set_xlabel(
        "return: interquartile mean (dot) and its 95 % interval (bar), mean of each seed (|)",
        loc="right",
    )
    axes.grid(axis="x", alpha=0.3)
    _save(figure, out)


def evaluations(runs: list[Evidence]) -> list[Curve]:
    """The mean return of each evaluation, a curve a run."""
    return [_curve(run.evaluations, "mean_return") for run in runs]


def training(runs: list[Evidence]) -> list[Curve]:
    """The mean return of the episodes of each update's steps, a curve a run."""
    return [_curve(run.training, "episodic_return") for run in runs]


def _curve(rows: list[dict[str, float]], name: str) -> Curve:
    return np.array([row["steps"] for row in rows]), np.array([row[name] for row in rows])


def _save(figure: Figure, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=120)
    plt.close(figure)
