"""CNNs with spatial attention over whole frames: plain, and residual for single frames."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from baselines.networks.cnn import ResidualBlock
from baselines.networks.frame_stem import FrameStem
from baselines.networks.mlp import initialise

MAPS = 32
"""Feature maps of each convolution."""
SMALLEST = 16
"""Pixels a side of the smallest frame: both convolutions leave one place of it."""
_HEADS = 8
_EDGE = 3.0  # coordinates run from minus this to this, the scale of the other features
_SHARPNESS = (
    10.0  # inverse temperature of the softmax at the start: a lander covers 2 of 400 places
)
CHANGE_GAIN = 4.0


class SpatialAttention(nn.Module):
    """Attention pooling of feature maps (n, filters, rows, columns) by learned queries.

    Each of eight heads spreads a weight of 1 over all places (spatial softmax) and returns the
    weighted mean of the features, and of the coordinates. Sources: Levine et al.,
    "End-to-end training of deep visuomotor policies", 2016; Vaswani et al., "Attention is all you
    need", 2017.
    """

    n_features = _HEADS * (MAPS + 2)

    def __init__(self) -> None:
        super().__init__()
        self.scores = nn.Conv2d(MAPS, _HEADS, 1, bias=False)

    def forward(self, maps: Tensor) -> Tensor:
        """Features (n, 8 * 32 + 8 * 2): means of the maps, then of rows and columns."""
        rows, columns = (
            torch.linspace(-_EDGE, _EDGE, n, device=maps.device) for n in maps.shape[2:]
        )
        places = torch.cartesian_prod(rows, columns)
        weights = self.weights(maps).flatten(2)
        means = weights.to(maps.dtype) @ maps.flatten(2).mT
        return torch.cat((means.flatten(1), (weights @ places).flatten(1)), dim=1)

    def weights(self, maps: Tensor) -> Tensor:
        """Weight of each place for each head, (n, 8, rows, columns); 1 in all for a head."""
        scores = nn.functional.conv2d(maps, _SHARPNESS * self.scores.weight)
        return scores.flatten(2).float().softmax(dim=2).view_as(scores)


class AttentionOverMaps(nn.Module):
    """A convolution, residual blocks, spatial attention and LayerNorm over feature maps.

    Args:
        first: what makes the maps, (n, maps, rows, columns).
        maps: how many there are.
        blocks: number of residual blocks.
    """

    n_features = SpatialAttention.n_features

    def __init__(self, first: nn.Module, maps: int, blocks: int) -> None:
        super().__init__()
        self.first = first
        self.second = nn.Conv2d(maps, MAPS, 3)
        initialise(self.second)
        self.blocks = nn.Sequential(*(ResidualBlock() for _ in range(blocks)))
        self.attention = SpatialAttention()
        self.norm = nn.LayerNorm(self.n_features)

    def forward(self, seen: Tensor) -> Tensor:
        """Features (n, 272) of what ``first`` sees; overwrites what it gives."""
        maps = torch.relu_(self.blocks(self.second(torch.relu_(self.first(seen)))))
        features: Tensor = self.norm(self.attention(maps))
        return features


class AttentionCNN(AttentionOverMaps):
    """Two convolutions, spatial attention and a LayerNorm over stacks of whole frames.

    Args:
        frames: frames of the stack, the newest last; observations are uint8 (n, frames, height,
            width).
        change_gain: see :class:`~baselines.networks.frame_stem.FrameStem`.
    """

    blocks_before_attention = 0

    def __init__(self, frames: int, change_gain: float = CHANGE_GAIN) -> None:
        stem = FrameStem(frames, MAPS, change_gain)
        super().__init__(stem, MAPS, self.blocks_before_attention)

    def over_traces(self) -> AttentionOverMaps:
        """The same network after its first layer, for this layer's maps and a trace of each."""
        return AttentionOverMaps(nn.Identity(), 2 * MAPS, self.blocks_before_attention)


class ResidualAttentionCNN(AttentionCNN):
    """Attention CNN with two residual blocks before the attention."""

    blocks_before_attention = 2
