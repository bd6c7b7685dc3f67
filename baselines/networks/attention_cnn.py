"""CNNs with spatial attention over whole frames: plain, and residual for single frames."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from baselines.networks.cnn import ResidualBlock
from baselines.networks.frame_stem import FrameStem
from baselines.networks.mlp import initialise

_FILTERS = 32
_HEADS = 8
_EDGE = 3.0  # coordinates run from minus this to this, the scale of the other features
_SHARPNESS = (
    10.0  # inverse temperature of the softmax at the start: a lander covers 2 of 400 places
)
CHANGE_GAIN = 4.0
_RESIDUAL_BLOCKS = 2


class SpatialAttention(nn.Module):
    """Attention pooling of feature maps (n, filters, rows, columns) by learned queries.

    Each of eight heads spreads a weight of 1 over all places (spatial softmax) and returns the
    weighted mean of the features, and of the coordinates. Sources: Levine et al.,
    "End-to-end training of deep visuomotor policies", 2016; Vaswani et al., "Attention is all you
    need", 2017.
    """

    n_features = _HEADS * (_FILTERS + 2)

    def __init__(self) -> None:
        super().__init__()
        self.scores = nn.Conv2d(_FILTERS, _HEADS, 1, bias=False)

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


class AttentionCNN(nn.Module):
    """Two convolutions, spatial attention and a LayerNorm over stacks of whole frames.

    Args:
        frames: frames of the stack, the newest last.
        change_gain: see :class:`~baselines.networks.frame_stem.FrameStem`.
        blocks: layers after the convolutions that keep the shape of the maps and end without an
            activation.
    """

    n_features = SpatialAttention.n_features

    def __init__(self, frames: int, change_gain: float = CHANGE_GAIN, *blocks: nn.Module) -> None:
        super().__init__()
        self.first = FrameStem(frames, _FILTERS, change_gain)
        self.second = nn.Conv2d(_FILTERS, _FILTERS, 3)
        initialise(self.second)
        self.blocks = nn.Sequential(*blocks)
        self.attention = SpatialAttention()
        self.norm = nn.LayerNorm(self.n_features)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, 272) of pixels (n, frames, height, width), uint8."""
        maps = torch.relu_(self.blocks(self.second(torch.relu_(self.first(pixels)))))
        features: Tensor = self.norm(self.attention(maps))
        return features


class ResidualAttentionCNN(AttentionCNN):
    """Attention CNN with two residual blocks before the attention."""

    def __init__(self, frames: int, change_gain: float = CHANGE_GAIN) -> None:
        super().__init__(frames, change_gain, *(ResidualBlock() for _ in range(_RESIDUAL_BLOCKS)))
