"""Reward shaping: does it help, and is it gamed? PPO on ShapedLander-v0 beside PPO on Lander-v0.

python -m baselines.studies.reward_shaping

The runs are committed ones, of equal settings, steps and seeds. All returns are of the raw reward,
except where the trained agents play once more and both rewards are summed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from baselines.results import pretrained
from baselines.results.plots import Points, draw_comparison, evaluations, training
from baselines.results.run_data import ConfigResult
from baselines.results.store import COMMITTED, ROOT, read_result
from baselines.results.tables import markdown, percent
from baselines.runs.files import require_writable, write_atomically
from baselines.studies.command import run
from lander_envs.scoring.episodes import Step, play
from lander_envs.scoring.policy import Policy
from lander_envs.scoring.statistics import SCORED_EPISODES, SCORING_SEED
from lander_envs.spaces import REWARD_THRESHOLD

COMPARED = ("lander_ppo", "shaped_lander_ppo")
_EARLY = 500_000  # steps: about where evaluations pass 200, and a third of the runs
_GAMMA = 0.999  # discount of the committed agents' training


def main(committed: Path = COMMITTED, out: Path = ROOT / "shaping.md") -> None:
    """Write the page and its plot.

    Args:
        committed: folder of the committed results.
        out: the page's path; its plot lies beside it, as PNG.
    """
    require_writable(out)
    require_writable(out.with_suffix(".png"))
    results = [read_result(committed, name) for name in COMPARED]
    write_atomically(out, page(results).encode())
    draw_comparison(results, out.with_suffix(".png"))
    print(f"wrote {out} and {out.with_suffix('.png')}")


def page(results: Sequence[ConfigResult]) -> str:
    """Both tables: how the agents learn, and what both rewards give them."""
    return "\n".join([*learning(results), "", *playing(COMPARED), ""])


def learning(results: Sequence[ConfigResult]) -> list[str]:
    """Speed of learning and final score: means over seeds, a row an agent."""
    heading = [
        *("agent", f"mean evaluation of the first {_EARLY:,} steps", "evaluations reach 200"),
        *("training reaches 200", "score", "landed", "timeout"),
    ]
    rows = [
        [
            f"`{result.name}`",
            f"{np.mean([early_mean(curve) for curve in evaluations(result)]):.0f}",
            *(_mean_passage(curves) for curves in (evaluations(result), training(result))),
            f"{result.mean_return:.1f}",
            *(percent(result.over_seeds(key)) for key in ("landing_rate", "timeout_rate")),
        ]
        for result in results
    ]
    return markdown(heading, rows)


def early_mean(curve: Points) -> float:
    """The mean return of the points within the first steps."""
    steps, returns = curve
    return float(returns[steps <= _EARLY].mean())


def first_at(curve: Points) -> float | None:
    """The steps after which the returns first are at 200; None if they never are."""
    steps, returns = curve
    solved = steps[returns >= REWARD_THRESHOLD]
    return float(solved[0]) if len(solved) else None


def _mean_passage(curves: Sequence[Points]) -> str:
    firsts = [first_at(curve) for curve in curves]
    passed = [first for first in firsts if first is not None]
    if len(passed) < len(firsts):
        return f"{len(passed)} of {len(firsts)} seeds"
    return f"{np.mean(passed):,.0f} steps"


def playing(names: Sequence[str]) -> list[str]:
    """Returns of committed agents by either reward, on the seeds of scores, a row an agent."""
    rows = []
    for name in names:
        raw, shaped = both_returns(pretrained.load(name).policy)
        means = raw.mean(), shaped.mean(), (shaped - raw).mean()
        rows.append([f"`{name}`", *(f"{value:.1f}" for value in means)])
    return markdown(["agent", "raw return", "shaped return", "shaping alone"], rows)


def both_returns(policy: Policy) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Raw and shaped returns, undiscounted, (episodes,) each, on the seeds of scores."""
    shaped = np.zeros(SCORED_EPISODES)

    def add(step: Step) -> None:
        shaped[step.running] += step.rewards[step.running]

    env_id, env_kwargs = "lander_envs/ShapedLander-v0", {"gamma": _GAMMA}
    episodes = play(policy, env_id, env_kwargs, SCORED_EPISODES, SCORING_SEED, on_step=add)
    return np.array([episode.episodic_return for episode in episodes]), shaped


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
