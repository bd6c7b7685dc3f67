"""Features of pictures."""

from __future__ import annotations

import math

from torch import Tensor, nn


class ScalePixels(nn.Module):
    """Grey levels from 0 to 255 as numbers from 0 to 1."""

    def forward(self, pixels: Tensor) -> Tensor:
        """Scale."""
        scaled: Tensor = pixels / 255.0
        return scaled


def convolutions(obs_shape: tuple[int, ...]) -> nn.Sequential:
    """Two layers over pictures (channels, height, width), flattened.

    Filters and strides are those of Mnih et al., "Playing Atari with deep reinforcement learning",
    2013, the smaller of the two networks of that name: cheap enough for a processor.
    """
    layers = [nn.Conv2d(obs_shape[0], 16, 8, stride=4), nn.Conv2d(16, 32, 4, stride=2)]
    for layer in layers:
        nn.init.orthogonal_(layer.weight, math.sqrt(2.0))
        nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # there is a bias
    return nn.Sequential(
        ScalePixels(), layers[0], nn.ReLU(), layers[1], nn.ReLU(), nn.Flatten(start_dim=1)
    )
