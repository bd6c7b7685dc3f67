"""Vector wrappers that change a state observation."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from lander_envs import checks
from lander_envs.transforms.scale import scale_observation, scaled_space, scaling
from lander_envs.transforms.velocity import mask_velocity
from lander_envs.wrappers.observation import require_state

Obs = NDArray[np.float32]


class _StateObservation(VectorWrapper, RecordConstructorArgs):
    """Apply ``_transform`` to observations (num_envs, 8) and to each of ``final_obs``.

    Gymnasium's own VectorObservationWrapper refuses SAME_STEP; this one does not.
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
        if "final_obs" in infos:
            final = infos["final_obs"]
            for i in np.flatnonzero(infos["_final_obs"]):
                final[i] = self._transform(final[i])
        return self._transform(obs), rewards, terminations, truncations, infos


class MaskVelocity(_StateObservation):
    """Vector form of :class:`lander_envs.wrappers.MaskVelocity`.

    Args:
        env: a vector environment with single observations of shape (8,), float32.
        angular: whether the angular velocity is hidden too.

    Raises:
        ValueError: as the single form does.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any], angular: bool = True) -> None:
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
        scale: "standard", "si" or "unit".

    Raises:
        ValueError: as the single form does.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any], scale: str = "standard") -> None:
        RecordConstructorArgs.__init__(self, scale=scale)
        VectorWrapper.__init__(self, env)
        space = require_state("ScaleObservation", env.single_observation_space)
        self._scaling = scaling(scale, space)
        self.single_observation_space = scaled_space(space, self._scaling)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)

    def _transform(self, obs: Obs) -> Obs:
        return scale_observation(obs, self._scaling)
