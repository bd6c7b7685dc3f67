"""The CNN of the DQN paper, over whole frames."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from baselines.networks.frame_stem import FrameStem
from baselines.networks.mlp import initialise

SIZE = 84
"""Pixels a side of a frame."""


class NatureCNN(nn.Module):
    """Three convolutions and a LayerNorm over stacks of whole frames of 84 by 84.

    Source: Mnih et al., "Human-level control through deep reinforcement learning", Nature, 2015;
    the linear layer that follows is the agent's. The LayerNorm is an addition.

    Args:
        frames: frames of the stack, the newest last.
        change_gain: see :class:`~baselines.networks.frame_stem.FrameStem`.
    """

    n_features = 64 * 7 * 7

    def __init__(self, frames: int, change_gain: float = 4.0) -> None:
        super().__init__()
        self.first = FrameStem(frames, 32, change_gain)
        self.second = nn.Conv2d(32, 64, 4, stride=2)
        self.third = nn.Conv2d(64, 64, 3)
        initialise(self.second, self.third)
        self.norm = nn.LayerNorm(self.n_features)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, 3136) of pixels (n, frames, 84, 84), uint8."""
        maps = torch.relu(self.second(torch.relu(self.first(pixels))))
        features: Tensor = self.norm(torch.relu(self.third(maps)).flatten(1))
        return features
