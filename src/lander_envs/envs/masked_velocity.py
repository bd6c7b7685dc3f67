"""MaskedVelocityLander-v0: LunarLander-v3 without velocities, so that a policy needs memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Unpack

from lander_envs import checks
from lander_envs.envs.lander import LanderEnv, LanderOptions
from lander_envs.transforms.velocity import mask_velocity


class MaskedVelocityLanderEnv(LanderEnv):
    """LunarLander-v3 with ``VX``, ``VY`` and, if ``angular``, ``ANGULAR_VELOCITY`` set to 0.

    Args:
        angular: hide the angular velocity too.
        **lander: arguments of :class:`LanderEnv`.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> import gymnasium as gym
        >>> import lander_envs
        >>> env = gym.make("lander_envs/MaskedVelocityLander-v0")
        >>> obs, info = env.reset(seed=0)
        >>> obs[[2, 3, 5]].tolist()  # VX, VY, ANGULAR_VELOCITY
        [0.0, 0.0, 0.0]
    """

    shaping_conflict = "hides the velocities that it reads"

    def __init__(self, angular: bool = True, **lander: Unpack[LanderOptions]) -> None:
        self._angular = checks.flag("angular", angular)
        super().__init__(**lander)

    def _observe(self, state: NDArray[np.float32]) -> NDArray[Any]:
        return mask_velocity(state, self._angular)
