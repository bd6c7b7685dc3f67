"""Tables of results, in Markdown: one run a column, or one agent a row."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from baselines.evaluation.episodes import summary
from baselines.results.run_data import Evidence, iqm_over_seeds

_TARGETS = Path(__file__).parents[1] / "targets.yaml"

_RATES = {
    "landed": "landing_rate",
    "landed on the pad": "pad_rate",
    "crashed": "crash_rate",
    "out of bounds": "out_of_bounds_rate",
    "timeout": "timeout_rate",
}

Agents = dict[str, list[Evidence]]
"""The seeds of each config, by its name."""


def markdown(heading: list[str], rows: list[list[str]]) -> list[str]:
    """The lines of a table."""
    ruled = [heading, ["---"] * len(heading), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in ruled]


def run_table(runs: list[Evidence]) -> list[str]:
    """All that is counted of some runs, a column each."""
    columns = [_column(run) for run in runs]
    keys = dict.fromkeys(chain.from_iterable(columns))
    rows = [[key, *(column.get(key, "-") for column in columns)] for key in keys]
    return markdown(["", *(f"{run.name}-seed{run.seed}" for run in runs)], rows)


def _column(run: Evidence) -> dict[str, str]:
    scores, last, first = run.scores, run.training[-1], run.first_solved
    solved = f"{run.threshold:g}"
    lands = {label: percent(scores[key]) for label, key in _RATES.items()} if run.lands else {}
    return {
        "mean return": mean_and_std(scores),
        "interquartile mean": f"{scores['iqm']:.1f}",
        "95 % interval of it": f"{scores['ci_low']:.1f} to {scores['ci_high']:.1f}",
        f"above {solved}": percent(run.solved_rate),
        **lands,
        "episode length": f"{scores['mean_length']:.0f}",
        **_box2d_rows(run),
        "training steps": f"{last['steps']:,.0f}",
        "training time": f"{last['seconds']:.0f} s",
        f"steps to {solved}": f"{first['steps']:,.0f}" if first else "never",
        f"time to {solved}": f"{first['seconds']:.0f} s" if first else "never",
    }


def _box2d_rows(run: Evidence) -> dict[str, str]:
    if run.box2d_episodes is None:
        return {}
    return {
        "mean return on Box2D": mean_and_std(summary(run.box2d_episodes)),
        "episodes that differ on Box2D": f"{run.differing} of {len(run.episodes)}",
    }


def score_table(agents: Agents) -> list[str]:
    """A row a config: what each seed scores, what all do together, and the targets."""
    targets = yaml.safe_load(_TARGETS.read_text())
    rows = []
    for name, seeds in agents.items():
        middle, low, high = iqm_over_seeds(np.stack([run.returns for run in seeds]))
        target = targets.get(name, {})
        rows.append(
            [
                f"`{name}`",
                ", ".join(mean_and_std(run.scores) for run in seeds),
                f"{middle:.1f} ({low:.1f} to {high:.1f})",
                _on_box2d(seeds),
                *(_against(seeds, target.get(key)) for key in ("floor", "aim")),
            ]
        )
    heading = ["agent", "mean return ± std of each seed", "interquartile mean (95 % interval)"]
    return markdown([*heading, "on Box2D", "floor", "aim"], rows)


def _on_box2d(seeds: list[Evidence]) -> str:
    scored = [run for run in seeds if run.box2d_episodes is not None]
    if not scored:
        return "-"
    if any(run.differing for run in scored):
        means = [summary(run.box2d_episodes or []) for run in scored]
        return ", ".join(mean_and_std(scores) for scores in means)
    return "the same" if scored == seeds else f"the same ({len(scored)} of {len(seeds)} seeds)"


def _against(seeds: list[Evidence], wanted: float | None) -> str:
    """Whether every seed reaches what is wanted, on all the physics it was scored on."""
    if wanted is None:
        return "-"
    return f"{wanted:g} " + ("met" if min(run.worst_mean for run in seeds) >= wanted else "missed")


def flight_table(agents: Agents) -> list[str]:
    """A row a config: how the episodes of all its seeds ended."""
    rows = []
    for name, seeds in agents.items():
        scores = summary([episode for run in seeds for episode in run.episodes])
        # Seeds together are hundreds of episodes: a decimal shows a single one.
        rates = [f"{100 * scores[key]:.1f} %" for key in _RATES.values()]
        episodes, length = f"{scores['episodes']}", f"{scores['mean_length']:.0f}"
        rows.append([f"`{name}`", episodes, *rates, length])
    return markdown(["agent", "episodes", *_RATES, "length"], rows)


def learning_table(agents: Agents) -> list[str]:
    """A row a config: how long each seed learned, and when an evaluation first said solved."""
    rows = []
    for name, seeds in agents.items():
        rows.append(
            [
                f"`{name}`",
                ", ".join(f"{run.training[-1]['steps']:,.0f}" for run in seeds),
                ", ".join(f"{run.training[-1]['seconds']:.0f} s" for run in seeds),
                ", ".join(_first_solved(run, "steps", "") for run in seeds),
                ", ".join(_first_solved(run, "seconds", " s") for run in seeds),
            ]
        )
    heading = ["agent", "steps of each seed", "training time", "steps to solved", "time to solved"]
    return markdown(heading, rows)


def _first_solved(run: Evidence, key: str, unit: str) -> str:
    return f"{run.first_solved[key]:,.0f}{unit}" if run.first_solved else "never"


def mean_and_std(scores: dict[str, Any]) -> str:
    """Of some episodes' returns."""
    return f"{scores['mean_return']:.1f} ± {scores['std_return']:.1f}"


def percent(share: float) -> str:
    """A share, in whole percents."""
    return f"{100 * share:.0f} %"
