"""Reward wrappers for single environments with LunarLander-v3's state."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import VectorWrapper
from numpy.typing import NDArray
from typing_extensions import Never

from lander_envs import checks
from lander_envs.copies import IndependentCopies
from lander_envs.floating_point import default_floating_point
from lander_envs.interruption import Interruptible, interruptible
from lander_envs.transforms import shaping
from lander_envs.transforms.shaping import potential, shaping_reward, shaping_weights
from lander_envs.wrappers.observation import require_state


def warn_of_order(env: Any) -> None:
    """Warn if a part of ``env`` changes what ShapeReward reads, or shapes the reward already.

    Such classes say so in ``shaping_conflict``.
    """
    while env is not None:
        conflict = getattr(type(env), "shaping_conflict", None)
        if conflict is not None:
            gym.logger.warn(f"ShapeReward is applied to {type(env).__name__}, which {conflict}")
        inner = getattr(env, "envs", None)  # of a SyncVectorEnv
        layered = isinstance(env, (gym.Wrapper, VectorWrapper))
        env = env.env if layered else inner[0] if inner else None


class ShapeReward(
    IndependentCopies,
    Interruptible,
    gym.Wrapper[NDArray[np.float32], Any, NDArray[np.float32], Any],
    RecordConstructorArgs,
):
    """Add a shaping reward; ``info["raw_reward"]`` has the original reward of each step.

    It is 0.0 at a reset. If several are stacked, it is the reward of the innermost.

    The shaping is computed from the wrapped env's observation by
    :func:`lander_envs.transforms.shaping.potential`. Apply MaskVelocity and ScaleObservation
    outside this wrapper, so that it sees velocities in LunarLander-v3's units.

    Args:
        env: an environment with observations of shape (8,), float32.
        distance: weight of the horizontal distance from the pad's centre, 0 to ``MAX_WEIGHT``.
        touchdown_speed: weight of the falling speed near the ground, 0 to ``MAX_WEIGHT``.
        legs: weight of ground contact of both legs, 0 to ``MAX_WEIGHT``.
        potential_based: add ``gamma * potential(next) - potential(now)``, where a terminal state
            has potential 0. With the agent's discount as ``gamma`` this leaves the optimal policy
            unchanged (Ng, Harada and Russell 1999).
            If False, add the potential itself at each step; weights should then be about a hundred
            times smaller, because an agent exploits a term that dominates.
        gamma: the agent's discount per step, 0 to 1.

    Raises:
        ValueError: if the observation space has another shape, or an argument is outside its range.

    Example:
        Drifting away from the pad's centre costs more:

        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import ShapeReward
        >>> env = ShapeReward(gym.make("LunarLander-v3"), distance=100.0)
        >>> obs, info = env.reset(seed=0)
        >>> obs, reward, terminated, truncated, info = env.step(1)
        >>> print(f"shaped {reward:.2f}, original {info['raw_reward']:.2f}")
        shaped -0.76, original -0.21
    """

    shaping_conflict = "shapes the reward already"

    def __init__(
        self,
        env: gym.Env[NDArray[np.float32], Any],
        distance: float = shaping.DISTANCE,
        touchdown_speed: float = shaping.TOUCHDOWN_SPEED,
        legs: float = shaping.LEGS,
        potential_based: bool = True,
        gamma: float = shaping.GAMMA,
        **unknown: Never,
    ) -> None:
        checks.no_unknown(type(self), unknown)
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
        warn_of_order(env)
        self._weights = shaping_weights(distance, touchdown_speed, legs, potential_based, gamma)

    @interruptible
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start an episode; stores the potential of its first state."""
        obs, info = self.env.reset(seed=seed, options=options)
        self._potential = potential(obs, self._weights)
        self._reset_done()
        return obs, {"raw_reward": np.float64(0.0), **info}

    @interruptible
    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Step the env and add the shaping to its reward."""
        self._require_reset("step")
        obs, reward, terminated, truncated, info = self.env.step(action)
        before, self._potential = self._potential, potential(obs, self._weights)
        extra = shaping_reward(before, self._potential, terminated, self._weights)
        raw_reward = np.float64(reward)
        with default_floating_point:
            shaped = raw_reward + float(extra)
        return obs, shaped, terminated, truncated, {"raw_reward": raw_reward, **info}
