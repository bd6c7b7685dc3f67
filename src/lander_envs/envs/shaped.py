"""ShapedLander-v0: LunarLander-v3 with potential-based reward shaping."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Unpack

from lander_envs.envs.lander import LanderEnv, LanderOptions
from lander_envs.floating_point import default_floating_point
from lander_envs.interruption import interruptible
from lander_envs.transforms import shaping
from lander_envs.transforms.shaping import potential, shaping_reward, shaping_weights


class ShapedLanderEnv(LanderEnv):
    """LunarLander-v3 with a shaped reward; ``info["raw_reward"]`` has the original of each step.

    It is 0.0 at a reset. See :func:`lander_envs.transforms.shaping.potential` for the formula.

    Args:
        distance: weight of the horizontal distance from the pad's centre.
        touchdown_speed: weight of the falling speed near the ground.
        legs: weight of ground contact of both legs.
        potential_based: pay the discounted difference of the potential, which leaves the optimal
            policy unchanged. If False, pay the potential itself at each step; weights should then
            be about a hundred times smaller.
        gamma: the agent's discount per step.
        **lander: arguments of :class:`LanderEnv`.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> import gymnasium as gym
        >>> import lander_envs
        >>> env = gym.make("lander_envs/ShapedLander-v0", distance=100.0)
        >>> obs, info = env.reset(seed=0)
        >>> obs, reward, terminated, truncated, info = env.step(1)
        >>> print(f"shaped {reward:.2f}, original {info['raw_reward']:.2f}")
        shaped -0.76, original -0.21
    """

    _part_names = ("physics", "shaping")

    shaping_conflict = "shapes the reward already"

    def __init__(
        self,
        distance: float = shaping.DISTANCE,
        touchdown_speed: float = shaping.TOUCHDOWN_SPEED,
        legs: float = shaping.LEGS,
        potential_based: bool = True,
        gamma: float = shaping.GAMMA,
        **lander: Unpack[LanderOptions],
    ) -> None:
        self._weights = shaping_weights(distance, touchdown_speed, legs, potential_based, gamma)
        super().__init__(**lander)

    @interruptible
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode; stores the potential of its first state."""
        obs, info = super().reset(seed=seed, options=options)
        self._potential = potential(obs, self._weights)
        return obs, {**info, "raw_reward": np.float64(0.0)}

    @interruptible
    def step(self, action: Any) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
        """Advance by one base step and add the shaping to the reward."""
        obs, reward, terminated, truncated, info = super().step(action)
        before, self._potential = self._potential, potential(obs, self._weights)
        info["raw_reward"] = np.float64(reward)
        extra = shaping_reward(before, self._potential, terminated, self._weights)
        with default_floating_point:
            shaped = float(reward) + float(extra)
        return obs, shaped, terminated, truncated, info

    def _state_parts(self) -> dict[str, bytes]:
        return super()._state_parts() | {"shaping": self._potential.tobytes()}

    def _restore_parts(self, parts: dict[str, bytes]) -> NDArray[np.float32]:
        shaping.potential_from(parts["shaping"])
        state = super()._restore_parts(parts)
        # The part holds that of the weights of its env, which may be others.
        self._potential = potential(state, self._weights)
        return state
