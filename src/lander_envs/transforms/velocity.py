"""Hiding the velocities of an observation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lander_envs.spaces import ANGULAR_VELOCITY, VX, VY


def hidden_indices(angular: bool) -> list[int]:
    """The observation indices that are zeroed: 2 and 3, and 5 too if ``angular``."""
    return [VX, VY, ANGULAR_VELOCITY] if angular else [VX, VY]


def mask_velocity(obs: NDArray[np.float32], angular: bool) -> NDArray[np.float32]:
    """Return a copy of ``obs`` of shape (..., 8) with its velocities zeroed.

    The selection is that of rl-baselines3-zoo's ``MaskVelocityWrapper`` for LunarLander.
    """
    masked = np.array(obs)
    masked[..., hidden_indices(angular)] = 0.0
    return masked
