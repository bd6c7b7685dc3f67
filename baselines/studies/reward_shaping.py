"""Does shaping help, and is it gamed? PPO on ShapedLander-v0 beside PPO on Lander-v0.

python -m baselines.studies.reward_shaping

The runs are committed ones, of equal settings, steps and seeds; all returns are of the raw reward,
except where the trained agents fly once more and both rewards are summed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import tyro
from numpy.typing import NDArray

from baselines.evaluation.episodes import SCORING_SEED, WIN, summary
from baselines.evaluation.policy import Policy
from baselines.results import pretrained as agents
from baselines.results.plots import Curve, draw_comparison, evaluations, training
from baselines.results.run_data import COMMITTED, Evidence, committed_runs
from baselines.results.tables import markdown, percent
from baselines.runs.files import write_atomically

_COMPARED = ("lander_ppo", "shaped_lander_ppo")
_EARLY = 500_000  # steps: about where evaluations pass 200, and a third of the runs
_EPISODES = 100


def main(committed: Path = COMMITTED, out: Path = COMMITTED.parent / "shaping.md") -> None:
    """Write the page and its picture.

    Args:
        committed: folder of the committed runs.
        out: the page's path; its picture lies beside it, as PNG.
    """
    runs = {name: committed_runs(committed)[name] for name in _COMPARED}
    lines = [*learning(runs), "", *flying(_COMPARED), ""]
    write_atomically(out, "\n".join(lines).encode())
    draw_comparison(runs, out.with_suffix(".png"))
    print(f"wrote {out} and {out.with_suffix('.png')}")


def learning(runs: dict[str, list[Evidence]]) -> list[str]:
    """A table of how fast each agent learned and what it became, a row an agent."""
    rows = []
    for name, seeds in runs.items():
        scores = summary([episode for run in seeds for episode in run.episodes])
        means = [f"{run.scores['mean_return']:.1f}" for run in seeds]
        early = [f"{early_mean(curve):.0f}" for curve in evaluations(seeds)]
        firsts = [
            ", ".join(first_at(curve) for curve in curves)
            for curves in (evaluations(seeds), training(seeds))
        ]
        ends = [percent(scores[key]) for key in ("landing_rate", "timeout_rate")]
        rows.append([f"`{name}`", ", ".join(early), *firsts, ", ".join(means), *ends])
    heading = [
        "agent",
        f"mean evaluation of the first {_EARLY:,} steps, a seed each",
        "evaluations reach 200",
        "training reaches 200",
        "score",
        "landed",
        "timeout",
    ]
    return markdown(heading, rows)


def early_mean(curve: Curve) -> float:
    """The mean return of the points within the first steps."""
    steps, returns = curve
    return float(returns[steps <= _EARLY].mean())


def first_at(curve: Curve) -> str:
    """After how many steps the returns first are at 200."""
    steps, returns = curve
    solved = steps[returns >= WIN]
    return f"{solved[0]:,.0f}" if len(solved) else "never"


def flying(names: tuple[str, ...]) -> list[str]:
    """A table of what committed agents get from either reward, on the seeds of scores."""
    rows = []
    for name in names:
        raw, shaped = both_returns(agents.load(name).policy)
        columns = [f"{values.mean():.1f} ± {values.std():.1f}" for values in (raw, shaped)]
        rows.append([f"`{name}`", *columns, f"{(shaped - raw).mean():.1f}"])
    heading = ["agent", "raw return", "shaped return", "shaping alone"]
    return markdown(heading, rows)


def both_returns(policy: Policy) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Raw and shaped returns, undiscounted, of one episode for each of the scores' seeds."""
    kwargs: Any = {"gamma": 0.999}  # that of the committed agents' training
    envs = gym.make_vec("lander_envs/ShapedLander-v0", num_envs=_EPISODES, **kwargs)
    obs, _ = envs.reset(seed=SCORING_SEED)
    policy.start()
    raw, shaped = np.zeros((2, _EPISODES))
    going_on = np.ones(_EPISODES, dtype=bool)
    while going_on.any():
        obs, rewards, terminated, truncated, infos = envs.step(policy.act(obs))
        shaped += rewards * going_on
        raw += infos["raw_reward"] * going_on
        going_on &= ~(terminated | truncated)
    envs.close()
    return raw, shaped


if __name__ == "__main__":
    tyro.cli(main, description=__doc__)
