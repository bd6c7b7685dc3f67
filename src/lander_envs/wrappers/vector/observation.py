"""Observation wrappers for vector environments with LunarLander-v3's state."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray
from typing_extensions import Never

from lander_envs import checks
from lander_envs.copies import IndependentCopies
from lander_envs.transforms.scale import scale_observation, scaled_space, scaling
from lander_envs.transforms.velocity import mask_velocity
from lander_envs.wrappers.observation import require_state
from lander_envs.wrappers.vector.masks import restarted

Obs = NDArray[np.float32]


class _StateObservation(IndependentCopies, VectorWrapper, RecordConstructorArgs):
    """Apply ``_transform`` to observations (num_envs, 8) and to each of ``final_obs``.

    Unlike Gymnasium's VectorObservationWrapper, it supports SAME_STEP.
    """

    def _transform(self, obs: Obs) -> Obs:
        raise NotImplementedError

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Obs, dict[str, Any]]:
        """Reset the environments and transform their observations."""
        obs, infos = self.env.reset(seed=seed, options=options)
        return self._transform(obs), infos

    def step(
        self, actions: Any
    ) -> tuple[Obs, NDArray[Any], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Step the environments and transform their observations, final ones included."""
        obs, rewards, terminations, truncations, infos = self.env.step(actions)
        mask = restarted(infos, terminations | truncations)
        if mask.any():
            final = np.array(infos["final_obs"])
            for i in np.flatnonzero(mask):
                final[i] = self._transform(final[i])
            infos = {**infos, "final_obs": final}
        return self._transform(obs), rewards, terminations, truncations, infos


class MaskVelocity(_StateObservation):
    """Vector form of :class:`lander_envs.wrappers.MaskVelocity`.

    Args:
        env: a vector environment with single observations of shape (8,), float32.
        angular: hide the angular velocity too; False keeps it.

    Raises:
        ValueError: if the observation space has another shape, or ``angular`` is not a bool.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers.vector import MaskVelocity
        >>> envs = MaskVelocity(gym.make_vec("LunarLander-v3", num_envs=2))
        >>> obs, infos = envs.reset(seed=0)
        >>> obs[:, [2, 3, 5]].tolist()  # VX, VY, ANGULAR_VELOCITY
        [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """

    shaping_conflict = "hides the velocities that it reads"

    def __init__(
        self, env: VectorEnv[Any, Any, Any], angular: bool = True, **unknown: Never
    ) -> None:
        checks.no_unknown(type(self), unknown)
        RecordConstructorArgs.__init__(self, angular=angular)
        VectorWrapper.__init__(self, env)
        require_state("MaskVelocity", env.single_observation_space)
        self._angular = checks.flag("angular", angular)

    def _transform(self, obs: Obs) -> Obs:
        return mask_velocity(obs, self._angular)


class ScaleObservation(_StateObservation):
    """Vector form of :class:`lander_envs.wrappers.ScaleObservation`.

    Args:
        env: a vector environment with single observations of shape (8,), float32.
        scale: "standard", "si" or "unit"; see :func:`lander_envs.transforms.scale.scaling`.

    Raises:
        ValueError: if the observation space has another shape, ``scale`` has another value, or
            "unit" meets an infinite bound or an entry of one value.

    Example:
        Heights in world units instead of half screen heights:

        >>> import gymnasium as gym
        >>> from lander_envs.wrappers.vector import ScaleObservation
        >>> envs = ScaleObservation(gym.make_vec("LunarLander-v3", num_envs=2), scale="si")
        >>> obs, infos = envs.reset(seed=0)
        >>> [f"{y:.2f}" for y in obs[:, 1]]
        ['9.33', '9.45']
    """

    shaping_conflict = "scales the numbers that it reads"

    def __init__(
        self, env: VectorEnv[Any, Any, Any], scale: str = "standard", **unknown: Never
    ) -> None:
        checks.no_unknown(type(self), unknown)
        RecordConstructorArgs.__init__(self, scale=scale)
        VectorWrapper.__init__(self, env)
        space = require_state("ScaleObservation", env.single_observation_space)
        self._scaling = scaling(scale, space)
        self.single_observation_space = scaled_space(space, self._scaling)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)

    def _transform(self, obs: Obs) -> Obs:
        return scale_observation(obs, self._scaling)
