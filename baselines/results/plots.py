"""Plots of results: learning curves, and the scores of all agents beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from baselines.algorithms.health import Band
from baselines.results.run_data import ConfigResult
from baselines.results.run_folder import HealthLog
from baselines.results.variants import PIXELS
from lander_envs.scoring.statistics import SCORED_EPISODES, bootstrap_interval
from lander_envs.spaces import REWARD_THRESHOLD

Points = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Environment steps, and the return after each."""

_LEAST_SHOWN = 0.0  # return; a worse agent gets its number instead of a place
_LOWEST = -400.0  # return; what a random policy falls under in its worst updates
_COLOURS = 10  # of Matplotlib's cycle, after which C10 is C0 again


def draw_runs(results: Sequence[ConfigResult], out: Path) -> None:
    """Learning curves of single runs: training and evaluation returns, a colour a run."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    runs = [(result, record) for result in results for record in result.seeds]
    for number, (result, record) in enumerate(runs):
        colour, label = f"C{number}", f"{result.name}, seed {record.seed}"
        axes.plot(*record.training.arrays(), color=colour, alpha=0.25, linewidth=1)
        axes.plot(*record.evaluation.arrays(), ".-", color=colour, label=label)
    axes.set(xlabel="environment steps", ylabel="episodic return")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    _show_threshold(axes, results[0].threshold)
    axes.legend(loc="best", title="greedy evaluation (pale: while training)")
    _save(figure, out)


def draw_health(logs: Sequence[HealthLog], out: Path) -> None:
    """Health of PPO trainings: a panel a metric, a colour a run; red is outside its band."""
    known = {band.metric: band for log in logs for band in log.bands}
    figure = Figure(figsize=(3 * len(known), 3), layout="constrained")
    panels = figure.subplots(1, len(known))
    for axes, band in zip(panels, known.values(), strict=True):
        for number, log in enumerate(logs):
            steps, values = ([row[key] for row in log.rows] for key in ("steps", band.metric))
            axes.plot(steps, values, color=f"C{number}", linewidth=1, label=log.name)
        _shade_outside(axes, band)
        axes.set(title=band.metric, xlabel="million environment steps")
        axes.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1e6:g}")
    panels[0].legend(loc="best", fontsize="small")
    _save(figure, out)


def _shade_outside(axes: Axes, band: Band) -> None:
    lowest, highest = axes.get_ylim()
    for start, end in ((lowest, min(band.low, highest)), (max(band.high, lowest), highest)):
        if start < end:
            axes.axhspan(start, end, color="red", alpha=0.12, linewidth=0)
    axes.set_ylim(lowest, highest)


def draw_agents(results: Sequence[ConfigResult], out: Path) -> None:
    """Learning curves of agents: evaluation returns, mean over seeds with its 95 % interval."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for number, result in enumerate(results):
        _draw_seeds(axes, evaluations(result), number, result.name)
    unit = "decisions" if results[0].variant == PIXELS else "environment steps"
    axes.set(xlabel=f"million {unit}", ylabel="return of greedy evaluations")
    axes.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1e6:g}")
    _show_threshold(axes, results[0].threshold)
    axes.legend(loc="best", fontsize="small")
    _save(figure, out)


def draw_comparison(results: Sequence[ConfigResult], out: Path) -> None:
    """Learning curves of agents in two panels: greedy evaluations, and returns while training."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for number, result in enumerate(results):
        for axes, curves in zip(panels, (evaluations(result), training(result)), strict=True):
            _draw_seeds(axes, curves, number, result.name)
    for axes, title in zip(panels, ("greedy evaluations", "while training, sampled"), strict=True):
        axes.axhline(REWARD_THRESHOLD, color="grey", linestyle="--", linewidth=1)
        axes.set(xlabel="million environment steps", title=title)
        axes.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1e6:g}")
    panels[0].set_ylabel("raw episodic return")
    panels[0].legend(loc="lower right")
    _save(figure, out)


def draw_scores(results: Sequence[ConfigResult], out: Path) -> None:
    """An agent a row: its mean return with the 95 % interval, and the mean of each seed.

    The dot of a score over fewer than :data:`SCORED_EPISODES` is hollow: it cannot be compared.
    """
    figure = Figure(figsize=(8, 1 + 0.3 * len(results)), layout="constrained")
    axes = figure.subplots()
    for row, result in enumerate(results):
        if result.mean_return < _LEAST_SHOWN:
            text = f"\N{LEFTWARDS ARROW} {result.mean_return:.0f}"
            axes.annotate(text, (_LEAST_SHOWN, row), va="center")
            continue
        if result.interval is not None:
            axes.plot(result.interval, [row, row], color="C0", linewidth=6, alpha=0.35)
        means = [record.mean_return for record in result.seeds]
        axes.plot(means, [row] * len(means), "|", color="black", markersize=9)
        filling = "C0" if result.is_whole else "white"
        axes.plot(result.mean_return, row, "o", color="C0", markerfacecolor=filling)
    axes.axvline(REWARD_THRESHOLD, color="grey", linestyle="--", linewidth=1)
    axes.set_xlim(left=_LEAST_SHOWN)
    axes.set_yticks(range(len(results)), [result.name for result in results])
    axes.invert_yaxis()
    label = (
        "return: mean over seeds (dot) and its 95 % interval (bar), mean of each seed (|)\n"
        f"hollow dot: fewer than {SCORED_EPISODES:,} episodes"
    )
    axes.set_xlabel(label, loc="right")
    axes.grid(axis="x", alpha=0.3)
    _save(figure, out)


def evaluations(result: ConfigResult) -> list[Points]:
    """Mean returns of the greedy evaluations, a curve a seed."""
    return [record.evaluation.arrays() for record in result.seeds]


def training(result: ConfigResult) -> list[Points]:
    """Mean returns of the episodes while training, a curve a seed."""
    return [record.training.arrays() for record in result.seeds]


def spread_over_seeds(curves: Sequence[Points]) -> tuple[NDArray[np.float64], ...]:
    """Mean over seeds: steps, mean return there, and the ends of its 95 % interval, (points,) each.

    Seeds that were evaluated after other steps are interpolated; one that has ended, or has not
    begun, is left out.
    """
    grid = np.unique(np.concatenate([steps for steps, _ in curves]))
    lines = np.stack([_interpolated(grid, *curve) for curve in curves], axis=1)
    there = [values[~np.isnan(values)] for values in lines]
    intervals = [bootstrap_interval(values[:, None]) for values in there]
    low, high = np.array(intervals).T
    return grid, np.array([values.mean() for values in there]), low, high


def _interpolated(
    grid: NDArray[np.float64], steps: NDArray[np.float64], returns: NDArray[np.float64]
) -> NDArray[np.float64]:
    known = ~np.isnan(returns)
    line: NDArray[np.float64] = np.interp(
        grid, steps[known], returns[known], left=np.nan, right=np.nan
    )
    return line


def _draw_seeds(axes: Axes, curves: Sequence[Points], number: int, label: str) -> None:
    """Mean and interval of curve ``number``; once all colours are taken, lines are dashed."""
    steps, middle, low, high = spread_over_seeds(curves)
    colour, style = f"C{number}", "-" if number < _COLOURS else "--"
    axes.plot(steps, middle, style, color=colour, linewidth=2, label=label)
    axes.fill_between(steps, low, high, color=colour, alpha=0.12, linewidth=0)


def _show_threshold(axes: Axes, threshold: float) -> None:
    axes.axhline(threshold, color="grey", linestyle="--", linewidth=1)
    lowest, highest = axes.get_ylim()
    axes.set_ylim(max(lowest, _LOWEST), max(highest, 1.1 * threshold))


def _save(figure: Figure, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=100)
