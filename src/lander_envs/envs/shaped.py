"""ShapedLander-v0: a potential-based reward on top of LunarLander-v3's own."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from typing_extensions import Unpack

from lander_envs.envs.lander import LanderEnv, LanderOptions
from lander_envs.transforms import shaping
from lander_envs.transforms.shaping import potential, shaping_reward, shaping_weights


class ShapedLanderEnv(LanderEnv):
    """LunarLander-v3 with a shaped reward; ``info["raw_reward"]`` keeps the original each step.

    Args:
        distance: weight of the horizontal distance from the pad's centre.
        touchdown_speed: weight of the falling speed near the pad's height.
        legs: weight of standing on both legs.
        potential_based: pay the discounted difference of the potential, which keeps the optimal
            policy; if False, pay the terms themselves every step (then take far smaller weights).
        gamma: the agent's discount.
        **lander: the arguments of :class:`LanderEnv`.
    """

    _part_names = ("physics", "shaping")

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

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode and take the potential of its first state."""
        obs, info = super().reset(seed=seed, options=options)
        self._potential = potential(obs, self._weights)
        return obs, info

    def step(self, action: Any) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
        """Advance by 1/50 s and add the shaping to the reward."""
        obs, reward, terminated, truncated, info = super().step(action)
        before, self._potential = self._potential, potential(obs, self._weights)
        info["raw_reward"] = float(reward)
        extra = shaping_reward(before, self._potential, terminated, self._weights)
        return obs, float(reward) + float(extra), terminated, truncated, info

    def _state_parts(self) -> dict[str, bytes]:
        return super()._state_parts() | {"shaping": self._potential.tobytes()}

    def _restore_parts(self, parts: dict[str, bytes]) -> None:
        before = shaping.potential_from(parts["shaping"])
        super()._restore_parts(parts)
        self._potential = before
