"""Gymnasium's own vector wrappers take the native batch as it is.

python docs/examples/gymnasium_wrappers.py
"""

import gymnasium as gym
import numpy as np
from gymnasium.wrappers.vector import (
    ClipReward,
    NormalizeObservation,
    RecordEpisodeStatistics,
)

import lander_envs

gym.register_envs(lander_envs)


def main() -> None:
    """Step random actions and print the returns of the first episodes."""
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=8)
    envs = ClipReward(NormalizeObservation(RecordEpisodeStatistics(envs)), -10.0, 10.0)
    envs.action_space.seed(0)
    obs, _ = envs.reset(seed=0)
    finished: list[float] = []
    while len(finished) < 16:
        obs, rewards, _, _, infos = envs.step(envs.action_space.sample())
        assert np.abs(rewards).max() <= 10.0
        if "episode" in infos:
            finished += infos["episode"]["r"][infos["_episode"]].tolist()
    print(f"{len(finished)} episodes, mean return {np.mean(finished):.1f}, obs {obs.shape}")


if __name__ == "__main__":
    main()
