"""Settings of Stable-Baselines3's DQN on Lander-v0: five runs, ranked.

python -m baselines.studies.tune_sb3_dqn five
python -m baselines.studies.tune_sb3_dqn rank --out docs/results/experiments.md

The runs differ from the default settings in one or two each, are trained for 200,000 steps, scored
over 1,000 episodes and ranked. ``python -m baselines.tune sb3_lander_dqn`` searches a grid.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from baselines.algorithms.registry import build_config
from baselines.results.plots import draw_runs
from baselines.results.run_data import ConfigResult, provenance
from baselines.results.store import ROOT, read_result
from baselines.results.tables import markdown, percent
from baselines.runs.config import TrainConfig
from baselines.runs.files import require_writable, write_atomically
from baselines.studies.command import Study, run
from baselines.studies.variations import train_and_score

_STEPS = 200_000  # of a run

FIVE: dict[str, dict[str, Any]] = {
    "learning_rate_1e-3": {"learning_rate": 1e-3},
    "learning_rate_5e-5": {"learning_rate": 5e-5},
    "gamma_0.999": {"gamma": 0.999},
    "longer_exploration": {"exploration_fraction": 0.3, "exploration_final_eps": 0.02},
    "larger_batch": {"batch_size": 128, "buffer_size": 100_000},
}
"""Changed settings of each of the five runs, by name."""


def make_config(name: str, changes: dict[str, Any], steps: int, seed: int) -> TrainConfig:
    """Default settings of DQN with some changes."""
    rate = changes.get("learning_rate", 1e-4)
    content = {
        "algorithm": "sb3",
        "learner": "DQN",
        "name": name,
        "total_steps": steps,
        "num_envs": 1,
        "seed": seed,
        "learning_rate": rate,
        "settings": {key: value for key, value in changes.items() if key != "learning_rate"},
        "eval_interval": min(steps, 50_000),
        "eval_episodes": 50,
    }
    return build_config(content, name)


def five(
    runs: Path = Path("runs"),
    steps: int = _STEPS,
    seed: int = 1,
    results: Path = ROOT / "experiments",
) -> None:
    """Train and score the five runs; those that are finished are left alone.

    Args:
        runs: where runs are kept.
        steps: length of each.
        seed: of training.
        results: folder for their results.
    """
    for name, changes in FIVE.items():
        train_and_score(make_config(_name(name), changes, steps, seed), runs, results)


def rank(results: Path = ROOT / "experiments", out: Path = ROOT / "experiments.md") -> None:
    """Write the table of the five runs, the best first, and their learning curves.

    Args:
        results: folder of their results.
        out: the page's path; its plot lies beside it, as PNG.
    """
    require_writable(out)
    require_writable(out.with_suffix(".png"))
    ranked = ranking(results)
    write_atomically(out, page(ranked).encode())
    draw_runs(list(ranked.values()), out.with_suffix(".png"))
    print(f"best: {next(iter(ranked))}\nwrote {out}")


def ranking(results: Path) -> dict[str, ConfigResult]:
    """The results of the five runs by name, the best first."""
    scored = {name: read_result(results, _name(name)) for name in FIVE}
    return dict(sorted(scored.items(), key=lambda item: -item[1].mean_return))


def page(ranked: dict[str, ConfigResult]) -> str:
    """A run a row, and where they were trained."""
    heading = [
        *("rank", "run", "changed", "seeds", "episodes", "mean return", "standard deviation"),
        *("above 200", "training"),
    ]
    rows = [
        [
            str(place),
            name,
            _said(FIVE[name]),
            str(len(result.seeds)),
            f"{result.num_episodes:,}",
            f"{result.mean_return:.1f}",
            f"{result.over_seeds('std_return'):.1f}",
            percent(result.over_seeds("win_rate")),
            f"{result.seconds:.0f} s",
        ]
        for place, (name, result) in enumerate(ranked.items(), start=1)
    ]
    return "\n".join([*markdown(heading, rows), "", provenance(list(ranked.values())), ""])


def _name(name: str) -> str:
    return f"sb3_lander_dqn_{name}"


def _said(changes: dict[str, Any]) -> str:
    return ", ".join(f"`{key}` {value:g}" for key, value in changes.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one of the commands; returns the exit status."""
    commands: dict[str, Study] = {"five": five, "rank": rank}
    return run(commands, __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
