"""Vector forms of the variants that change the observation or reward of the native batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from lander_envs import checks, spaces
from lander_envs.floating_point import default_floating_point
from lander_envs.transforms import shaping
from lander_envs.transforms.scale import scale_observation, scaled_space, scaling
from lander_envs.transforms.velocity import mask_velocity
from lander_envs.vector.exclusive import exclusive
from lander_envs.vector.infos import Columns
from lander_envs.vector.lander import LanderVectorEnv, Steps


class MaskedVelocityLanderVectorEnv(LanderVectorEnv, VectorEnv[Any, Any, Any]):
    """Vector form of :class:`lander_envs.envs.MaskedVelocityLanderEnv`.

    Args:
        num_envs: number of environments, at least 1.
        angular: hide the angular velocity too.
        **lander: arguments of :class:`LanderVectorEnv`.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> import gymnasium as gym
        >>> import lander_envs
        >>> envs = gym.make_vec("lander_envs/MaskedVelocityLander-v0", num_envs=3, angular=False)
        >>> obs, infos = envs.reset(seed=0)
        >>> (obs != 0).any(axis=0).tolist()  # entries 2 and 3, the velocities, are hidden
        [True, True, False, False, True, True, False, False]
    """

    shaping_conflict = "hides the velocities that it reads"

    def __init__(self, num_envs: int = 1, *, angular: bool = True, **lander: Any) -> None:
        self._angular = checks.flag("angular", angular)
        super().__init__(num_envs, **lander)

    def _observe(self, states: NDArray[np.float32]) -> NDArray[Any]:
        return mask_velocity(states, self._angular)


class NormalizedLanderVectorEnv(LanderVectorEnv, VectorEnv[Any, Any, Any]):
    """Vector form of :class:`lander_envs.envs.NormalizedLanderEnv`.

    Args:
        num_envs: number of environments, at least 1.
        scale: "standard", "si" or "unit"; see :func:`lander_envs.transforms.scale.scaling`.
        **lander: arguments of :class:`LanderVectorEnv`.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> import gymnasium as gym
        >>> import lander_envs
        >>> envs = gym.make_vec("lander_envs/NormalizedLander-v0", num_envs=3, scale="unit")
        >>> obs, infos = envs.reset(seed=0)
        >>> bool((abs(obs) <= 1).all())
        True
    """

    shaping_conflict = "scales the numbers that it reads"

    def __init__(self, num_envs: int = 1, *, scale: str = "standard", **lander: Any) -> None:
        self._scaling = scaling(scale, spaces.observation_space())
        super().__init__(num_envs, **lander)
        self._set_spaces(scaled_space(spaces.observation_space(), self._scaling))

    def _observe(self, states: NDArray[np.float32]) -> NDArray[Any]:
        return scale_observation(states, self._scaling)


class ShapedLanderVectorEnv(LanderVectorEnv, VectorEnv[Any, Any, Any]):
    """Vector form of :class:`lander_envs.envs.ShapedLanderEnv`.

    ``infos["raw_reward"]`` has the original rewards of each step, (num_envs,) float64; 0.0 at a
    reset.

    Args:
        num_envs: number of environments, at least 1.
        distance: weight of the horizontal distance from the pad's centre.
        touchdown_speed: weight of the falling speed near the ground.
        legs: weight of ground contact of both legs.
        potential_based: pay discounted differences of the potential instead of the potential.
        gamma: the agent's discount per step.
        **lander: arguments of :class:`LanderVectorEnv`.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> import gymnasium as gym
        >>> import lander_envs
        >>> envs = gym.make_vec("lander_envs/ShapedLander-v0", num_envs=2, distance=100.0)
        >>> obs, infos = envs.reset(seed=0)
        >>> obs, rewards, terminations, truncations, infos = envs.step([1, 1])
        >>> rewards.round(2).tolist(), infos["raw_reward"].round(2).tolist()
        ([-0.76, -0.3], [-0.21, -0.03])
    """

    _part_names = ("physics", "shaping")

    shaping_conflict = "shapes the reward already"

    def __init__(
        self,
        num_envs: int = 1,
        *,
        distance: float = shaping.DISTANCE,
        touchdown_speed: float = shaping.TOUCHDOWN_SPEED,
        legs: float = shaping.LEGS,
        potential_based: bool = True,
        gamma: float = shaping.GAMMA,
        **lander: Any,
    ) -> None:
        weights = shaping.shaping_weights(distance, touchdown_speed, legs, potential_based, gamma)
        super().__init__(num_envs, **lander)
        self._weights = weights

    @property
    def _shaping(self) -> shaping.BatchShaping:
        return shaping.BatchShaping(self._weights, self._states)

    @exclusive
    def step(self, actions: Any) -> Steps:
        """Step all envs and add the shaping to their rewards."""
        resetting, before = self._resetting(), self._shaping.potentials
        obs, rewards, terminations, truncations, infos = super().step(actions)
        reached = self._states
        if "final_info" in infos:
            reached = np.where(self._ended[:, None], self._final_states, self._states)
        extra = self._shaping.rewards(before, reached, terminations, resetting)
        with default_floating_point:
            shaped = rewards + extra
        return obs, shaped, terminations, truncations, infos

    def _info_columns(self) -> Columns:
        return {**super()._info_columns(), "raw_reward": self._rewards.copy()}

    def _state_parts(self, index: int) -> dict[str, bytes]:
        return super()._state_parts(index) | {"shaping": self._shaping.potentials[index].tobytes()}

    def _restore_parts(self, parts: dict[str, bytes], index: int, steps: int, ended: bool) -> None:
        shaping.potential_from(parts["shaping"])  # always that of the physics
        super()._restore_parts(parts, index, steps, ended)
