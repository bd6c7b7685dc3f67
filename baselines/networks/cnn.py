"""Features of pictures."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from baselines.networks.motion_crop import SIZE, look

FILTERS = 32
_UNITS = 128  # what the last layer makes of a look


def take(tensor: Tensor, rows: Tensor) -> Tensor:
    """``tensor[rows]``; PyTorch moves an element at a time, this moves eight bytes of pictures."""
    if tensor.dtype != torch.uint8 or tensor[0].numel() % 8:
        return tensor[rows]
    words = tensor.flatten(1).view(torch.int64)[rows]
    return words.view(torch.uint8).view(len(rows), *tensor.shape[1:])


class Convolutions(nn.Module):
    """Two convolutions and a linear layer over closer looks at what moves in stacks of frames.

    They look at where it is and at where it was with the same weights. Features are normalised as
    in Ba et al., "Layer normalization", 2016.

    Args:
        blocks: layers between, that keep the shape (n, 32, 4, 4) of maps and end without an
            activation.
    """

    n_features = 2 * _UNITS + 4

    def __init__(self, *blocks: nn.Module) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, FILTERS, 5, stride=2, padding=2)
        self.second = nn.Conv2d(FILTERS, FILTERS, 3, stride=2, padding=1)
        self.blocks = nn.Sequential(*blocks)
        self.last = nn.Linear(FILTERS * (SIZE // 4) ** 2, _UNITS)
        initialise(self.first, self.second, self.last)
        self.norm = nn.LayerNorm(self.n_features)
        # Faster on processors. PyTorch's stubs lack the argument.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, 260) of pixels (n, frames, height, width), uint8, the newest frame last."""
        squares, places = look(pixels)
        maps = torch.relu(self.blocks(self.second(torch.relu(self.first(squares)))))
        now, then = self.last(maps.flatten(1)).chunk(2)
        features: Tensor = self.norm(torch.cat((now, then, places), dim=1))
        return features


class MixedPrecision(nn.Module):
    """Runs a module in bfloat16 where PyTorch holds that to be safe; weights stay float32."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, obs: Tensor) -> Tensor:
        """The module's output, as float32."""
        with torch.autocast(obs.device.type, torch.bfloat16):
            features: Tensor = self.module(obs)
        return features.float()


def initialise(*layers: nn.Conv2d | nn.Linear) -> None:
    """Orthogonal weights that keep the size of what passes an activation, and biases of 0."""
    for layer in layers:
        nn.init.orthogonal_(layer.weight, math.sqrt(2.0))
        nn.init.zeros_(layer.get_parameter("bias"))
