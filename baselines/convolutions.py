"""Features of pictures."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from baselines.config import ConfigError

_WHITE = 255.0  # the largest grey level
_PICTURE_AXES = 4  # a batch of (channels, height, width)
FILTERS = 32  # of each layer
_FIELD = 36  # pixels: 8 features of the first layer, 4 pixels apart, each 8 wide
# How much more a frame's change counts than its grey level. What moves is small and often dim.
_CHANGE_GAIN = 4.0


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


class Stem(nn.Module):
    """The first two layers over stacks of grey frames (n, frames, height, width).

    Of all frames but the newest the network sees how they differ from the newest, amplified, since
    a few dim pixels tell a lander's speed and angle. Filters and strides are those of Mnih et al.,
    "Human-level control through deep reinforcement learning", 2015, with 32 filters each.

    Args:
        obs_shape: (frames, height, width), the newest frame last.

    Raises:
        ConfigError: for pictures smaller than what a third layer's feature would see.
    """

    def __init__(self, obs_shape: tuple[int, ...]) -> None:
        super().__init__()
        if min(obs_shape[1:]) < _FIELD:
            raise ConfigError(f"pictures must be {_FIELD} by {_FIELD} at least, got {obs_shape}")
        self.first = convolution(obs_shape[0], 8, stride=4)
        self.second = convolution(FILTERS, 4, stride=2)
        self.register_buffer("shown", changes(obs_shape[0]) / _WHITE, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Maps (n, 32, rows, columns) of pixels as integers or floats from 0 to 255."""
        x = pixels.contiguous(memory_format=torch.channels_last)
        x = x if x.is_floating_point() else x.float()
        # What the network is shown is linear in the pixels: done to the weights, which are fewer.
        weight = torch.einsum("okhw,kc->ochw", self.first.weight, self.shown)
        x = nn.functional.conv2d(x, weight, self.first.bias, self.first.stride)
        return torch.relu(self.second(torch.relu(x)))


class Convolutions(nn.Module):
    """Three layers over stacks of grey frames (n, frames, height, width), flattened and normalised.

    A :class:`Stem` and the third layer of the same network, whose features are normalised as in Ba
    et al., "Layer normalization", 2016.

    Args:
        obs_shape: (frames, height, width), the newest frame last.

    Raises:
        ConfigError: for pictures smaller than what one feature sees.
    """

    def __init__(self, obs_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = Stem(obs_shape)
        self.third = convolution(FILTERS, 3)
        with torch.no_grad():
            n_features = self._convolve(torch.zeros(1, *obs_shape)).shape[1]
        self.norm = nn.LayerNorm(n_features)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, n_features) of pixels as integers or floats from 0 to 255."""
        features: Tensor = self.norm(self._convolve(pixels))
        return features

    def _convolve(self, pixels: Tensor) -> Tensor:
        return torch.relu(self.third(self.stem(pixels))).flatten(start_dim=1)


def convolution(channels: int, size: int, stride: int = 1, padding: int = 0) -> nn.Conv2d:
    """A layer of 32 filters, orthogonally initialised, in the order that is fastest."""
    layer = nn.Conv2d(channels, FILTERS, size, stride, padding)
    nn.init.orthogonal_(layer.weight, math.sqrt(2.0))
    nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # there is a bias
    return layer.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]  # torch's stubs lack it


def changes(frames: int) -> Tensor:
    """The matrix (frames, frames) that shows a stack as its newest frame and amplified changes."""
    matrix = _CHANGE_GAIN * torch.eye(frames)
    matrix[:, -1] = -_CHANGE_GAIN
    matrix[-1, -1] = 1.0
    return matrix


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
