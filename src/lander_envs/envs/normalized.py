"""NormalizedLander-v0: LunarLander-v3 with a fixed scaling of the observation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Unpack

from lander_envs import spaces
from lander_envs.envs.lander import LanderEnv, LanderOptions
from lander_envs.transforms.scale import scale_observation, scaled_space, scaling


class NormalizedLanderEnv(LanderEnv):
    """LunarLander-v3 with a fixed affine scaling of its observation.

    Args:
        scale: "standard", "si" or "unit"; see :func:`lander_envs.transforms.scale.scaling`.
        **lander: arguments of :class:`LanderEnv`.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        The lander starts 1.4 half screen heights above the pad:

        >>> import gymnasium as gym
        >>> import lander_envs
        >>> for scale in ("standard", "si", "unit"):
        ...     env = gym.make("lander_envs/NormalizedLander-v0", scale=scale)
        ...     obs, info = env.reset(seed=0)
        ...     print(f"{scale}: y = {obs[1]:.2f}")
        standard: y = 1.43
        si: y = 9.33
        unit: y = 0.56
    """

    shaping_conflict = "scales the numbers that it reads"

    def __init__(self, scale: str = "standard", **lander: Unpack[LanderOptions]) -> None:
        base_space = spaces.observation_space()
        self._scaling = scaling(scale, base_space)
        super().__init__(**lander)
        self.observation_space = scaled_space(base_space, self._scaling)

    def _observe(self, state: NDArray[np.float32]) -> NDArray[Any]:
        return scale_observation(state, self._scaling)
