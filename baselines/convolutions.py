"""Features of pictures."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from baselines.config import ConfigError

_WHITE = 255.0  # the largest grey level
_PICTURE_AXES = 4  # a batch of (channels, height, width)
_STEM_FILTERS = 16
FILTERS = 32  # of the layers after the first
_FIELD = 36  # pixels: 8 features of the first layer, 4 pixels apart, each 8 wide
_HEADS = 8
_EDGE = 3.0  # places count from minus this to this, about as much as what is found there
_SHARPNESS = 5.0  # of attention at the start: a lander covers few of 100 places
# How much more a change counts than a grey level. What moves is small and often dim.
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


class Stem(nn.Conv2d):
    """The first layer over stacks of grey frames (n, frames, height, width), 8 by 8, 4 apart.

    It sees the newest frame, and how it differs from the oldest one, amplified, since a few dim
    pixels tell a lander's speed and angle. Frames between them would double the cost.

    Args:
        obs_shape: (frames, height, width), the newest frame last.

    Raises:
        ConfigError: for pictures smaller than what one feature of the third layer sees.
    """

    def __init__(self, obs_shape: tuple[int, ...]) -> None:
        frames = obs_shape[0]
        if min(obs_shape[1:]) < _FIELD:
            raise ConfigError(f"pictures must be {_FIELD} by {_FIELD} at least, got {obs_shape}")
        super().__init__(min(frames, 2), _STEM_FILTERS, 8, stride=4)
        self._apart = max(1, frames - 1)
        self.register_buffer("shown", changes(frames) / _WHITE, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Maps (n, 16, rows, columns) of pixels as integers or floats from 0 to 255."""
        x = pixels[:, :: self._apart].contiguous(memory_format=torch.channels_last)
        x = x if x.is_floating_point() else x.float()
        # What the network is shown is linear in the pixels: done to the weights, which are fewer.
        weight = torch.einsum("okhw,kc->ochw", self.weight, self.shown)
        return nn.functional.conv2d(x, weight, self.bias, self.stride)


class Layers(nn.Module):
    """The stem and a layer of 4 by 4, 2 apart: maps (n, 32, 10, 10) of pictures of 84 by 84."""

    def __init__(self, obs_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = Stem(obs_shape)
        self.second = nn.Conv2d(_STEM_FILTERS, FILTERS, 4, stride=2, padding=1)
        initialise(self.stem, self.second)

    def forward(self, pixels: Tensor) -> Tensor:
        """Maps (n, 32, rows, columns) of pixels as integers or floats from 0 to 255."""
        return torch.relu(self.second(torch.relu(self.stem(pixels))))


class Attention(nn.Module):
    """Where on maps (n, 32, rows, columns) something is, and what is there.

    Each of eight heads spreads a weight of 1 over the places of the maps, and reports the weighted
    mean of the places, from -3 to 3, and of what a linear layer makes of the maps there. What is
    learned of a lander in one place so holds in all. Sources: Levine et al., "End-to-end training
    of deep visuomotor policies", 2016, for the places; Vaswani et al., "Attention is all you
    need", 2017, for the rest.
    """

    def __init__(self) -> None:
        super().__init__()
        self.match = nn.Conv2d(FILTERS, _HEADS, 1)
        self.told = nn.Conv2d(FILTERS, FILTERS, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Features (n, 8 * 32 + 8 * 2): what, then where as rows and columns."""
        rows, columns = (
            torch.linspace(-_EDGE, _EDGE, n, device=maps.device) for n in maps.shape[2:]
        )
        places = torch.cartesian_prod(rows, columns)
        weights = (_SHARPNESS * self.match(maps).float()).flatten(2).softmax(dim=2)
        what = weights @ self.told(maps).float().flatten(2).mT
        return torch.cat((what.flatten(1), (weights @ places).flatten(1)), dim=1)


class Convolutions(nn.Module):
    """Two layers over stacks of grey frames (n, frames, height, width), and what stands out there.

    The features of :class:`Attention` are normalised as in Ba et al., "Layer normalization", 2016.

    Args:
        obs_shape: (frames, height, width), the newest frame last.

    Raises:
        ConfigError: for pictures smaller than what one feature sees.
    """

    def __init__(self, obs_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = Layers(obs_shape)
        self.attention = Attention()
        # Faster on processors. PyTorch's stubs lack the argument.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
        self.norm = nn.LayerNorm(self._attend(torch.zeros(1, *obs_shape)).shape[1])

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, n_features) of pixels as integers or floats from 0 to 255."""
        features: Tensor = self.norm(self._attend(pixels))
        return features

    def _attend(self, pixels: Tensor) -> Tensor:
        features: Tensor = self.attention(self.layers(pixels))
        return features


def initialise(*layers: nn.Conv2d | nn.Linear) -> None:
    """Orthogonal weights that keep the size of what passes an activation, and biases of 0."""
    for layer in layers:
        nn.init.orthogonal_(layer.weight, math.sqrt(2.0))
        nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # there is a bias


def changes(frames: int) -> Tensor:
    """The matrix that shows the oldest and the newest frame as the amplified change and the newest.

    Of a single frame there is but itself.
    """
    if frames == 1:
        return torch.eye(1)
    return torch.tensor([[_CHANGE_GAIN, -_CHANGE_GAIN], [0.0, 1.0]])


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
