"""Observation wrappers for single environments with LunarLander-v3's state."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray
from typing_extensions import Never

from lander_envs import checks
from lander_envs.copies import IndependentCopies
from lander_envs.spaces import STATE_SHAPE
from lander_envs.transforms.scale import scale_observation, scaled_space, scaling
from lander_envs.transforms.velocity import mask_velocity


def require_state(name: str, space: gym.Space[Any]) -> spaces.Box:
    """Check that an observation space is like LunarLander-v3's, apart from its bounds.

    Raises:
        ValueError: if it is not a Box of shape (8,), float32; the message begins with ``name``.
    """
    if not isinstance(space, spaces.Box) or space.shape != STATE_SHAPE or space.dtype != np.float32:
        raise ValueError(
            f"{name} needs an observation space Box of shape {STATE_SHAPE} and dtype float32, as "
            f"LunarLander-v3 has, got {space}"
        )
    return space


class MaskVelocity(
    IndependentCopies,
    gym.ObservationWrapper[NDArray[np.float32], Any, NDArray[np.float32]],
    RecordConstructorArgs,
):
    """Set the velocities of the observation to 0: ``VX``, ``VY`` and the angular velocity.

    Args:
        env: an environment with observations of shape (8,), float32.
        angular: hide the angular velocity too; False keeps it.

    Raises:
        ValueError: if the observation space has another shape, or ``angular`` is not a bool.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import MaskVelocity
        >>> env = MaskVelocity(gym.make("LunarLander-v3"))
        >>> obs, info = env.reset(seed=0)
        >>> obs[[2, 3, 5]].tolist()  # VX, VY, ANGULAR_VELOCITY
        [0.0, 0.0, 0.0]
    """

    shaping_conflict = "hides the velocities that it reads"

    def __init__(
        self, env: gym.Env[NDArray[np.float32], Any], angular: bool = True, **unknown: Never
    ) -> None:
        checks.no_unknown(type(self), unknown)
        RecordConstructorArgs.__init__(self, angular=angular)
        gym.ObservationWrapper.__init__(self, env)
        require_state("MaskVelocity", env.observation_space)
        self._angular = checks.flag("angular", angular)

    def observation(self, observation: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mask an observation; returns a new array (8,), float32."""
        return mask_velocity(observation, self._angular)


class ScaleObservation(
    IndependentCopies,
    gym.ObservationWrapper[NDArray[np.float32], Any, NDArray[np.float32]],
    RecordConstructorArgs,
):
    """Scale the observation and the bounds of its space by fixed factors.

    Args:
        env: an environment with observations of shape (8,), float32.
        scale: "standard" for zero mean and unit variance over a fixed mixture of policies, "si" for
            world units, seconds and radians, "unit" to map the bounds of
            ``env.observation_space`` to [-1, 1]; see
            :func:`lander_envs.transforms.scale.scaling`.

    Raises:
        ValueError: if the observation space has another shape, ``scale`` has another value, or
            "unit" meets an infinite bound or an entry of one value.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import ScaleObservation
        >>> env = ScaleObservation(gym.make("LunarLander-v3"), scale="unit")
        >>> float(env.observation_space.low.min()), float(env.observation_space.high.max())
        (-1.0, 1.0)
    """

    shaping_conflict = "scales the numbers that it reads"

    def __init__(
        self, env: gym.Env[NDArray[np.float32], Any], scale: str = "standard", **unknown: Never
    ) -> None:
        checks.no_unknown(type(self), unknown)
        RecordConstructorArgs.__init__(self, scale=scale)
        gym.ObservationWrapper.__init__(self, env)
        space = require_state("ScaleObservation", env.observation_space)
        self._scaling = scaling(scale, space)
        self.observation_space: spaces.Space[Any] = scaled_space(space, self._scaling)

    def observation(self, observation: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scale an observation; returns a new array (8,), float32."""
        return scale_observation(observation, self._scaling)
