"""Playing whole episodes with a fixed policy, one for each seed, and summing them up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from scipy import stats

import lander_envs  # noqa: F401  # registers the ids
from baselines.evaluation.policy import Policy

# Seeds: training uses those below a million, evaluations during training the next million (so
# that "best so far" is chosen without looking at the score), and scores those from two million.
EVALUATION_SEED = 1_000_000
SCORING_SEED = 2_000_000

WIN = 200.0  # LunarLander-v3's return of a solved episode


class Episode(NamedTuple):
    """How one episode went."""

    seed: int
    episodic_return: float  # of the raw reward, shaped or not
    length: int  # decisions
    outcome: str  # "landed", "crashed", "out_of_bounds" or "timeout"
    on_pad: bool


def play(
    policy: Policy,
    env_id: str,
    env_kwargs: dict[str, Any],
    episodes: int,
    first_seed: int,
    on_end: Callable[[], None] = lambda: None,
) -> list[Episode]:
    """One episode for each seed from ``first_seed`` on, all stepped together.

    Args:
        policy: what acts.
        env_id: id of the environment.
        env_kwargs: its keyword arguments.
        episodes: how many.
        first_seed: the seed of the first.
        on_end: called whenever an episode ends, for a progress display.
    """
    envs = gym.make_vec(env_id, num_envs=episodes, **env_kwargs)
    obs, _ = envs.reset(seed=first_seed)
    policy.start()
    returns, lengths = np.zeros(episodes), np.zeros(episodes, dtype=int)
    finished: dict[int, Episode] = {}
    while len(finished) < episodes:
        obs, rewards, terminations, truncations, infos = envs.step(policy.act(obs))
        returns += infos.get("raw_reward", rewards)
        lengths += 1
        for i in map(int, np.flatnonzero(terminations | truncations)):
            if i not in finished:
                ending = _ending(infos, i) if terminations[i] else ("timeout", False)
                result = float(returns[i]), int(lengths[i])
                finished[i] = Episode(first_seed + i, *result, *ending)
                on_end()
    envs.close()
    return [finished[i] for i in range(episodes)]


def _ending(infos: dict[str, Any], i: int) -> tuple[str, bool]:
    """Outcome and on_pad of env ``i``; other environments than ours tell neither."""
    if "outcome" not in infos:
        return "terminated", False
    return str(infos["outcome"][i]), bool(infos["on_pad"][i])


def summary(episodes: list[Episode]) -> dict[str, float | int]:
    """Mean, spread and rates of some episodes.

    The interquartile mean and the 95 % interval of it by bootstrap follow Agarwal et al., "Deep
    reinforcement learning at the edge of the statistical precipice", 2021.
    """
    returns = np.array([episode.episodic_return for episode in episodes])
    low, high = _bootstrap_interval(returns)
    return {
        "episodes": len(episodes),
        "mean_return": float(returns.mean()),
        "std_return": float(returns.std()),
        "min_return": float(returns.min()),
        "max_return": float(returns.max()),
        "win_rate": float((returns > WIN).mean()),
        "iqm": float(stats.trim_mean(returns, 0.25)),
        "ci_low": low,
        "ci_high": high,
        "landing_rate": _share(episodes, "landed"),
        "pad_rate": float(np.mean([e.on_pad and e.outcome == "landed" for e in episodes])),
        "crash_rate": _share(episodes, "crashed"),
        "out_of_bounds_rate": _share(episodes, "out_of_bounds"),
        "timeout_rate": _share(episodes, "timeout"),
        "mean_length": float(np.mean([episode.length for episode in episodes])),
    }


def _share(episodes: list[Episode], outcome: str) -> float:
    return float(np.mean([episode.outcome == outcome for episode in episodes]))


def _bootstrap_interval(returns: np.ndarray[Any, Any]) -> tuple[float, float]:
    if len(returns) < 2:
        return float(returns[0]), float(returns[0])

    def iqm(sample: np.ndarray[Any, Any], axis: int) -> Any:
        return stats.trim_mean(sample, 0.25, axis=axis)

    interval = stats.bootstrap(
        (returns,), iqm, n_resamples=2000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    return float(interval.low), float(interval.high)
