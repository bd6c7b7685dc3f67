"""Observation scale: mean and standard deviation that the scale "standard" is made of.

The mixture: in equal parts, episodes of the random policy, of Gymnasium's heuristic, and of the
heuristic with every third action replaced by a random one (on average), discrete actions, default
arguments. Each state visited counts once.

    python -m baselines.studies.observation_scale
"""

from __future__ import annotations

import sys
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

import lander_envs
from baselines.runs.command import require_count
from baselines.studies.command import run
from lander_envs.scoring.policy import HeuristicPolicy, Policy, RandomPolicy

_RANDOM_SHARE = 1 / 3  # of the noisy heuristic's actions


class _NoisyHeuristic(Policy):
    def __init__(self, random: RandomPolicy, seed: int) -> None:
        self._random = random
        self._heuristic = HeuristicPolicy(continuous=False)
        self._rng = np.random.default_rng(seed)

    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        noisy = self._rng.random(len(obs)) < _RANDOM_SHARE
        return np.where(noisy, self._random.act(obs), self._heuristic.act(obs))


def measure(steps: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of the observation, shape (8,), over ``steps`` a policy."""
    envs = gym.make_vec(lander_envs.REGISTERED_IDS[0], num_envs=16, autoreset_mode="SameStep")
    random = RandomPolicy(envs.single_action_space, seed)
    policies: list[Policy] = [random, HeuristicPolicy(False), _NoisyHeuristic(random, seed)]
    visited = []
    for policy in policies:
        obs, _ = envs.reset(seed=seed)
        for _ in track(range(steps // envs.num_envs), type(policy).__name__):
            obs = envs.step(policy.act(obs))[0]
            visited.append(obs.astype(np.float64))
    envs.close()
    states = np.concatenate(visited)
    return states.mean(axis=0), states.std(axis=0)


def main(steps: int = 400_000, seed: int = 0) -> None:
    """Print mean and standard deviation of each index over ``steps`` states a policy."""
    require_count("steps", steps, least=16)
    require_count("seed", seed, least=0)
    mean, std = measure(steps, seed)
    print("STANDARD_MEAN =", tuple(round(float(value), 3) for value in mean))
    print("STANDARD_STD =", tuple(round(float(value), 3) for value in std))


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
