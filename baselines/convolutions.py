"""Features of pictures."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from baselines.config import ConfigError

_WHITE = 255.0  # the largest grey level
_PICTURE_AXES = 4  # a batch of (channels, height, width)
_FIELD = 20  # pixels: 4 features of the first layer, 4 pixels apart, each 8 wide


def zeros(shape: tuple[int, ...], dtype: torch.dtype, device: str) -> Tensor:
    """Zeros (..., channels, height, width), held channels last where they are pictures.

    Convolutions are fastest on that order, and putting pictures into it once, as they come, is
    cheaper than in each forward pass.
    """
    if len(shape) < _PICTURE_AXES:
        return torch.zeros(shape, dtype=dtype, device=device)
    *batch, channels, height, width = shape
    held = torch.zeros((*batch, height, width, channels), dtype=dtype, device=device)
    return held.movedim(-1, -3)


def take(tensor: Tensor, rows: Tensor) -> Tensor:
    """``tensor[rows]``, in the same memory order.

    PyTorch's indexing moves an element at a time; bytes of pictures go eight at a time.
    """
    if tensor.dtype != torch.uint8 or tensor.ndim != _PICTURE_AXES or tensor[0].numel() % 8:
        return tensor[rows]
    held = tensor.movedim(1, -1).contiguous()
    words = held.flatten(1).view(torch.int64)[rows]
    return words.view(torch.uint8).view(len(words), *held.shape[1:]).movedim(-1, 1)


class Convolutions(nn.Module):
    """Two layers over pictures (n, channels, height, width) of grey levels, flattened.

    Filters and strides are those of Mnih et al., "Playing Atari with deep reinforcement learning",
    2013, the smaller of the two networks of that name: cheap enough for a processor.

    Args:
        obs_shape: (channels, height, width).

    Raises:
        ConfigError: for pictures smaller than what one feature sees.
    """

    def __init__(self, obs_shape: tuple[int, ...]) -> None:
        super().__init__()
        if min(obs_shape[1:]) < _FIELD:
            raise ConfigError(f"pictures must be {_FIELD} by {_FIELD} at least, got {obs_shape}")
        self.first = nn.Conv2d(obs_shape[0], 16, 8, stride=4)
        self.second = nn.Conv2d(16, 32, 4, stride=2)
        for layer in (self.first, self.second):
            nn.init.orthogonal_(layer.weight, math.sqrt(2.0))
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # there is a bias
        # Faster on processors. PyTorch's stubs lack the argument.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, n_features) of pixels as integers or floats from 0 to 255."""
        x = pixels.contiguous(memory_format=torch.channels_last)
        x = x if x.is_floating_point() else x.float()
        # Pixels become numbers from 0 to 1: in the weights, which are fewer.
        weight = self.first.weight / _WHITE
        x = nn.functional.conv2d(x, weight, self.first.bias, self.first.stride)
        return torch.relu(self.second(torch.relu(x))).flatten(start_dim=1)


class MixedPrecision(nn.Module):
    """Runs a module in bfloat16 where PyTorch holds that to be safe; weights stay float32.

    bfloat16 holds the grey levels 0 to 255 exactly.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, obs: Tensor) -> Tensor:
        """The module's output, as float32."""
        with torch.autocast(obs.device.type, torch.bfloat16):
            features: Tensor = self.module(obs.to(torch.bfloat16))
        return features.float()
