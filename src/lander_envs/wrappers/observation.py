"""Wrappers that change a state observation."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray

from lander_envs import checks
from lander_envs.transforms.scale import scale_observation, scaled_space, scaling
from lander_envs.transforms.velocity import mask_velocity


def require_state(name: str, space: gym.Space[Any]) -> spaces.Box:
    """Return ``space`` if it is LunarLander-v3's, Box(8,) float32 whatever the bounds."""
    if not isinstance(space, spaces.Box) or space.shape != (8,) or space.dtype != np.float32:
        raise ValueError(
            f"{name} needs an observation space Box of shape (8,) and dtype float32, as "
            f"LunarLander-v3 has, got {space}"
        )
    return space


class MaskVelocity(
    gym.ObservationWrapper[NDArray[np.float32], Any, NDArray[np.float32]], RecordConstructorArgs
):
    """Set the velocities of the observation to 0: indices 2, 3 and, if ``angular``, 5.

    Args:
        env: an environment with observations of shape (8,), float32.
        angular: whether the angular velocity is hidden too.

    Raises:
        ValueError: if the observation space has another shape, or ``angular`` is not a bool.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import MaskVelocity
        >>> env = MaskVelocity(gym.make("LunarLander-v3"))
        >>> obs, info = env.reset(seed=0)
        >>> [float(obs[i]) for i in (2, 3, 5)]
        [0.0, 0.0, 0.0]
    """

    def __init__(self, env: gym.Env[NDArray[np.float32], Any], angular: bool = True) -> None:
        RecordConstructorArgs.__init__(self, angular=angular)
        gym.ObservationWrapper.__init__(self, env)
        require_state("MaskVelocity", env.observation_space)
        self._angular = checks.flag("angular", angular)

    def observation(self, observation: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a masked copy, shape (8,), float32."""
        return mask_velocity(observation, self._angular)


class ScaleObservation(
    gym.ObservationWrapper[NDArray[np.float32], Any, NDArray[np.float32]], RecordConstructorArgs
):
    """Scale the observation by fixed factors; the space's bounds follow.

    Args:
        env: an environment with observations of shape (8,), float32.
        scale: "standard" is (obs - mean) / std with constants measured once over a stated mixture
            of policies, "si" the factors of LunarLander-v3's documentation that give world units,
            "unit" maps the bounds of ``env.observation_space`` to [-1, 1].

    Raises:
        ValueError: if the observation space has another shape, ``scale`` is another word, or
            "unit" meets an infinite bound.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import ScaleObservation
        >>> env = ScaleObservation(gym.make("LunarLander-v3"), scale="unit")
        >>> float(env.observation_space.low.min()), float(env.observation_space.high.max())
        (-1.0, 1.0)
    """

    def __init__(self, env: gym.Env[NDArray[np.float32], Any], scale: str = "standard") -> None:
        RecordConstructorArgs.__init__(self, scale=scale)
        gym.ObservationWrapper.__init__(self, env)
        space = require_state("ScaleObservation", env.observation_space)
        self._scaling = scaling(scale, space)
        self.observation_space: spaces.Space[Any] = scaled_space(space, self._scaling)

    def observation(self, observation: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a scaled copy, shape (8,), float32."""
        return scale_observation(observation, self._scaling)
