"""Velocity masking: a partially observable LunarLander-v3."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lander_envs.spaces import ANGULAR_VELOCITY, VX, VY


def hidden_indices(angular: bool) -> list[int]:
    """Indices that are masked: ``VX``, ``VY`` and, if ``angular``, ``ANGULAR_VELOCITY``."""
    return [VX, VY, ANGULAR_VELOCITY] if angular else [VX, VY]


def mask_velocity(obs: NDArray[np.float32], angular: bool) -> NDArray[np.float32]:
    """Set the velocities of observations (..., 8) to 0; returns a new array.

    With ``angular`` the indices are those of rl-baselines3-zoo's ``MaskVelocityWrapper``.
    """
    masked = np.array(obs)
    masked[..., hidden_indices(angular)] = 0.0
    return masked
