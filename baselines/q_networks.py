"""Networks from observations to the values of actions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from gymnasium import spaces
from torch import Tensor, nn

from baselines.networks import ACTIVATIONS, mlp


class QNetwork(nn.Module):
    """Values of all actions, from a flat observation or from pictures.

    Args:
        obs_shape: (n,) for an MLP, (channels, height, width) for convolutions before it.
        n_actions: how many.
        hidden: units of the hidden layers.
        activation: between them.
        dueling: estimate the state's value and each action's advantage over the mean of all.
            Source: Wang et al., "Dueling network architectures for deep reinforcement learning",
            2016, equation 9.

    Raises:
        ValueError: for an observation of another shape.
    """

    def __init__(
        self,
        obs_shape: tuple[int, ...],
        n_actions: int,
        hidden: Sequence[int],
        activation: str,
        dueling: bool,
    ) -> None:
        super().__init__()
        self.pictures: nn.Module = convolutions(obs_shape) if len(obs_shape) == 3 else nn.Identity()
        if len(obs_shape) not in (1, 3):
            raise ValueError(f"observations must be flat or pictures, got shape {obs_shape}")
        n_features = self.pictures(torch.zeros(1, *obs_shape)).shape[1]
        sizes = [n_features, *hidden]
        self.body = normalized_mlp(sizes, activation)
        self.advantages = mlp([hidden[-1], n_actions], activation, out_gain=0.01)
        self.value = mlp([hidden[-1], 1], activation, out_gain=0.01) if dueling else None

    def forward(self, obs: Tensor) -> Tensor:
        """Values (n, n_actions) of observations (n, *obs_shape)."""
        features = self.body(self.pictures(obs.float()))
        advantages: Tensor = self.advantages(features)
        if self.value is None:
            return advantages
        values: Tensor = self.value(features) + advantages - advantages.mean(dim=1, keepdim=True)
        return values


def normalized_mlp(sizes: Sequence[int], activation: str) -> nn.Sequential:
    """Linear layers of those sizes, each normalised over its units and then activated.

    Normalised features keep bootstrapped values from running away. Source: Gallici et al.,
    "Simplifying deep temporal difference learning", 2025.
    """
    layers: list[nn.Module] = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers += [mlp([n_in, n_out], activation, math.sqrt(2.0)), nn.LayerNorm(n_out)]
        layers.append(ACTIVATIONS[activation]())
    return nn.Sequential(*layers)


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


def stacked_shape(space: spaces.Space[object], history: int) -> tuple[int, ...]:
    """The shape of ``history`` observations joined on their first axis.

    Raises:
        ValueError: if the observations are no Box.
    """
    if not isinstance(space, spaces.Box) or not space.shape:
        raise ValueError(f"the observation space must be a Box, got {space}")
    return (history * space.shape[0], *space.shape[1:])
