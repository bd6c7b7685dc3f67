"""MaskedVelocityLander-v0: positions without velocities, so that a policy needs memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Unpack

from lander_envs import checks
from lander_envs.envs.lander import LanderEnv, LanderOptions
from lander_envs.transforms.velocity import mask_velocity


class MaskedVelocityLanderEnv(LanderEnv):
    """LunarLander-v3 with observation indices 2, 3 and, if ``angular``, 5 set to 0.

    Args:
        angular: whether the angular velocity is hidden too.
        **lander: the arguments of :class:`LanderEnv`.
    """

    def __init__(self, angular: bool = True, **lander: Unpack[LanderOptions]) -> None:
        self._angular = checks.flag("angular", angular)
        super().__init__(**lander)

    def _observe(self, state: NDArray[np.float32]) -> NDArray[Any]:
        return mask_velocity(state, self._angular)
