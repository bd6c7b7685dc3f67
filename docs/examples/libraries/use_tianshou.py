"""Tianshou: the native batch behind its vector API.

python docs/examples/libraries/use_tianshou.py
"""

from typing import Any

import gymnasium as gym
import numpy as np
from tianshou.algorithm.algorithm_base import RandomActionPolicy
from tianshou.data import Collector, VectorReplayBuffer
from tianshou.env import BaseVectorEnv

import lander_envs

gym.register_envs(lander_envs)


class LanderBatch(BaseVectorEnv):
    """Native batch as Tianshou's vector environment."""

    def __init__(self, env_id: str, num_envs: int, **kwargs: Any) -> None:
        self._envs = gym.make_vec(env_id, num_envs=num_envs, autoreset_mode="Disabled", **kwargs)
        self.env_num, self.is_async, self.is_closed = num_envs, False, False
        self.waiting_id: list[int] = []
        self._seed: int | None = None

    def get_env_attr(self, key: str, id: Any = None) -> list[Any]:
        """Spaces and other attributes, one an environment."""
        name = f"single_{key}" if key.endswith("_space") else key
        return [getattr(self._envs, name)] * len(self._wrap_id(id))

    def seed(self, seed: int | list[int] | None = None) -> list[list[int] | None]:
        """Seed of the next reset of all environments."""
        self._seed = seed[0] if isinstance(seed, list) else seed
        return [None if self._seed is None else [self._seed + i] for i in range(self.env_num)]

    def reset(self, env_id: Any = None, **kwargs: Any) -> tuple[np.ndarray, np.ndarray]:
        """Reset the environments of these numbers, all by default."""
        index = np.asarray(self._wrap_id(env_id))
        seed = kwargs.pop("seed", self._seed)
        self._seed = None
        mask = np.isin(np.arange(self.env_num), index)
        options = None if mask.all() else {"reset_mask": mask}
        obs, infos = self._envs.reset(seed=seed, options=options)
        return obs[index], self._infos(infos, index)

    def step(self, action: np.ndarray | None, id: Any = None) -> tuple[np.ndarray, ...]:
        """Step the environments of these numbers; the others stay as they are."""
        index = np.asarray(self._wrap_id(id))
        others = np.setdiff1d(np.arange(self.env_num), index)
        states = [self._envs.unwrapped.clone_state(i) for i in others]
        if len(others):  # one that ended cannot be stepped
            self._envs.reset(options={"reset_mask": np.isin(np.arange(self.env_num), others)})
        actions = self._envs.action_space.sample()
        actions[index] = action
        obs, rewards, terminated, truncated, infos = self._envs.step(actions)
        for i, state in zip(others, states, strict=True):
            self._envs.unwrapped.restore_state(state, i)
        results = [values[index] for values in (obs, rewards, terminated, truncated)]
        return (*results, self._infos(infos, index))

    def close(self) -> None:
        """Close the batch."""
        self._envs.close()
        self.is_closed = True

    @staticmethod
    def _infos(infos: dict[str, np.ndarray], index: np.ndarray) -> np.ndarray:
        keys = [key for key in infos if not key.startswith("_")]
        return np.array([{"env_id": i, **{key: infos[key][i] for key in keys}} for i in index])


def main() -> None:
    """Collect 32 episodes of random actions from 8 environments."""
    envs = LanderBatch("lander_envs/Lander-v0", num_envs=8)
    policy = RandomActionPolicy(action_space=envs.action_space[0])
    collector = Collector(policy, envs, VectorReplayBuffer(20_000, 8))
    stats = collector.collect(n_episode=32, reset_before_collect=True, gym_reset_kwargs={"seed": 0})
    print(f"{stats.n_collected_episodes} episodes, mean return {stats.returns.mean():.1f}")


if __name__ == "__main__":
    main()
