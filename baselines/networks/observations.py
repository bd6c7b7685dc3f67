"""Observations that networks take: pictures, and flat ones of several types."""

from __future__ import annotations

from typing import Any, TypeGuard

import gymnasium as gym
import numpy as np
from torch import Tensor, nn

from baselines.runs.config import ConfigError

_PICTURE_AXES = 3  # channels, height, width
# Types of flat observations with which PyTorch's tensors do all that rollouts and buffers need.
_FLAT_DTYPES = (
    *("float16", "float32", "float64"),
    *("uint8", "int8", "int16", "int32", "int64"),
)


def is_pictures(space: gym.Space[Any]) -> TypeGuard[gym.spaces.Box]:
    """Whether observations are pictures (channels, height, width), uint8."""
    if not isinstance(space, gym.spaces.Box):
        return False
    return len(space.shape) == _PICTURE_AXES and space.dtype == np.uint8


def flat_size(observation_space: gym.Space[Any]) -> int:
    """Numbers in an observation; ConfigError if it is not a flat Box of a type that we take."""
    if not isinstance(observation_space, gym.spaces.Box) or len(observation_space.shape) != 1:
        raise ConfigError(
            f"observations must be a flat Box or pictures here, got {observation_space}"
        )
    if observation_space.dtype not in _FLAT_DTYPES:
        names = ", ".join(_FLAT_DTYPES)
        raise ConfigError(
            f"env_id: flat observations must be of one of {names}, got {observation_space}"
        )
    return int(observation_space.shape[0])


class Float32(nn.Identity):
    """Cast of flat observations to float32, without a scale."""

    def forward(self, obs: Tensor) -> Tensor:
        """Observations (n, ...) of another type, as float32."""
        return obs.float()


def in_float32(space: gym.Space[Any], encoder: nn.Module) -> nn.Module:
    """Encoder that takes the flat observations of a space, whatever their type."""
    if space.dtype == np.float32:
        return encoder
    return Float32() if isinstance(encoder, nn.Identity) else nn.Sequential(Float32(), encoder)
