"""Layers over pictures, of which the encoders are made."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from baselines.config import ConfigError

WHITE = 255.0  # the largest grey level
_STEM_FILTERS = 16
FILTERS = 32  # of the layers after the first
_FIELD = 36  # pixels: 8 features of the first layer, 4 pixels apart, each 8 wide
_HEADS = 8
_EDGE = 3.0  # places count from minus this to this, about as much as what is found there
_SHARPNESS = 5.0  # of attention at the start: a lander covers few of 100 places
# How much more a change counts than a grey level. What moves is small and often dim.
_CHANGE_GAIN = 4.0


def ends(pixels: Tensor) -> Tensor:
    """The oldest and the newest frame (n, 2, height, width) of stacks, as floats, or the only one.

    Frames between them would double the cost of what looks at them, for little.
    """
    apart = max(1, pixels.shape[1] - 1)
    seen = pixels[:, ::apart].contiguous(memory_format=torch.channels_last)
    return seen if seen.is_floating_point() else seen.float()


class Stem(nn.Conv2d):
    """The first layer over the ends of stacks of grey frames, 8 by 8, 4 apart.

    It sees the newest frame, and how it differs from the oldest one, amplified, since a few dim
    pixels tell a lander's speed and angle.

    Args:
        frames: how many it is shown, 2 or 1.
    """

    def __init__(self, frames: int) -> None:
        super().__init__(frames, _STEM_FILTERS, 8, stride=4)
        self.register_buffer("shown", changes(frames) / WHITE, persistent=False)

    def forward(self, seen: Tensor) -> Tensor:
        """Maps (n, 16, rows, columns) of frames (n, frames, height, width), 0 to 255."""
        # What the network is shown is linear in the pixels: done to the weights, which are fewer.
        weight = torch.einsum("okhw,kc->ochw", self.weight, self.shown)
        return nn.functional.conv2d(seen, weight, self.bias, self.stride)


class Layers(nn.Module):
    """The stem and a layer of 4 by 4, 2 apart: maps (n, 32, 10, 10) of pictures of 84 by 84.

    Args:
        obs_shape: (frames, height, width) of the stacks.

    Raises:
        ConfigError: for pictures smaller than what one feature of the next layer sees.
    """

    def __init__(self, obs_shape: tuple[int, ...]) -> None:
        super().__init__()
        if min(obs_shape[1:]) < _FIELD:
            raise ConfigError(f"pictures must be {_FIELD} by {_FIELD} at least, got {obs_shape}")
        self.stem = Stem(min(obs_shape[0], 2))
        self.second = nn.Conv2d(_STEM_FILTERS, FILTERS, 4, stride=2, padding=1)
        initialise(self.stem, self.second)

    def forward(self, seen: Tensor) -> Tensor:
        """Maps (n, 32, rows, columns) of the ends of stacks."""
        return torch.relu(self.second(torch.relu(self.stem(seen))))


class Attention(nn.Module):
    """Where on maps (n, 32, rows, columns) something is, and what is there.

    Each of eight heads spreads a weight of 1 over the places of the maps, and reports the weighted
    mean of the places, from -3 to 3, and of what a linear layer makes of the maps there. What is
    learned of a lander in one place so holds in all. Sources: Levine et al., "End-to-end training
    of deep visuomotor policies", 2016, for the places; Vaswani et al., "Attention is all you
    need", 2017, for the rest.
    """

    n_features = _HEADS * (FILTERS + 2)

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
