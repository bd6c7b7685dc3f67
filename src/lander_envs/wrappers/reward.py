"""Wrappers that change the reward."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray

from lander_envs.transforms import shaping
from lander_envs.transforms.shaping import potential, shaping_reward, shaping_weights
from lander_envs.wrappers.observation import require_state


class ShapeReward(
    gym.Wrapper[NDArray[np.float32], Any, NDArray[np.float32], Any], RecordConstructorArgs
):
    """Add a shaped reward; the original stays in ``info["raw_reward"]`` each step.

    The potential of a state is ``- distance * |x| - touchdown_speed * nearness * max(0, -vy)
    + legs * (both legs stand)``, in the units of the wrapped env's observation: put this wrapper
    under MaskVelocity and ScaleObservation, or the terms are computed from what those show.

    Args:
        env: an environment with observations of shape (8,), float32.
        distance: weight of the horizontal distance from the pad's centre, 0 to 1000.
        touchdown_speed: weight of the falling speed near the pad's height, 0 to 1000.
        legs: weight of standing on both legs, 0 to 1000.
        potential_based: add ``gamma * potential(next) - potential(now)``, with a terminal state's
            potential 0, which leaves the optimal policy as it is (Ng, Harada and Russell 1999).
            If False the terms themselves are paid at every step, and an agent games one that
            dominates: take weights about a hundred times smaller.
        gamma: the discount of the agent that will learn from the reward, 0 to 1.

    Raises:
        ValueError: for another observation space or an argument outside its range.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import ShapeReward
        >>> env = ShapeReward(gym.make("LunarLander-v3"), distance=20.0)
        >>> obs, info = env.reset(seed=0)
        >>> obs, reward, terminated, truncated, info = env.step(0)
        >>> reward == info["raw_reward"]
        False
    """

    def __init__(
        self,
        env: gym.Env[NDArray[np.float32], Any],
        distance: float = shaping.DISTANCE,
        touchdown_speed: float = shaping.TOUCHDOWN_SPEED,
        legs: float = shaping.LEGS,
        potential_based: bool = True,
        gamma: float = shaping.GAMMA,
    ) -> None:
        RecordConstructorArgs.__init__(
            self,
            distance=distance,
            touchdown_speed=touchdown_speed,
            legs=legs,
            potential_based=potential_based,
            gamma=gamma,
        )
        gym.Wrapper.__init__(self, env)
        require_state("ShapeReward", env.observation_space)
        self._weights = shaping_weights(distance, touchdown_speed, legs, potential_based, gamma)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start an episode and take the potential of its first state."""
        obs, info = self.env.reset(seed=seed, options=options)
        self._potential = potential(obs, self._weights)
        return obs, info

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Take a step and add the shaping to its reward."""
        obs, reward, terminated, truncated, info = self.env.step(action)
        before, self._potential = self._potential, potential(obs, self._weights)
        extra = shaping_reward(before, self._potential, terminated, self._weights)
        raw_reward = float(reward)
        return (
            obs,
            raw_reward + float(extra),
            terminated,
            truncated,
            {**info, "raw_reward": info.get("raw_reward", raw_reward)},
        )
