"""Networks from observations to the values of actions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from gymnasium import spaces
from torch import Tensor, nn

from baselines.networks.actor_critic import ACTIVATIONS, mlp
from baselines.networks.cnn import Convolutions
from baselines.runs.config import ConfigError


class QNetwork(nn.Module):
    """Values of all actions, from a flat observation or from pictures.

    Args:
        encoder: makes features (n, n_features) of stacked observations.
        n_features: how many.
        n_actions: how many.
        hidden: units of the hidden layers.
        activation: between them.
        dueling: estimate the state's value and each action's advantage over the mean of all.
            Source: Wang et al., "Dueling network architectures for deep reinforcement learning",
            2016, equation 9.
        mixed_precision: compute the features in bfloat16 where PyTorch holds that to be safe.
    """

    def __init__(
        self,
        encoder: nn.Module,
        n_features: int,
        n_actions: int,
        hidden: Sequence[int],
        activation: str,
        dueling: bool,
        mixed_precision: bool = False,
    ) -> None:
        super().__init__()
        self._mixed_precision = mixed_precision
        self.encoder = encoder
        layers = mlp([n_features, *hidden], activation, math.sqrt(2.0))
        self.body = nn.Sequential(layers, ACTIVATIONS[activation]())
        self.advantages = mlp([hidden[-1], n_actions], activation, out_gain=0.01)
        self.value = mlp([hidden[-1], 1], activation, out_gain=0.01) if dueling else None

    def forward(self, obs: Tensor) -> Tensor:
        """Values (n, n_actions) of stacked observations (n, ...)."""
        with torch.autocast(obs.device.type, torch.bfloat16, enabled=self._mixed_precision):
            features = self.body(self.encoder(obs))
        features = features.float()
        advantages: Tensor = self.advantages(features)
        if self.value is None:
            return advantages
        values: Tensor = self.value(features) + advantages - advantages.mean(dim=1, keepdim=True)
        return values


class Changes(nn.Module):
    """The newest observation of a stack, and how it differs from those before it.

    Args:
        history: observations in a stack.
        gain: the differences are multiplied by this and squashed by tanh.
    """

    def __init__(self, history: int, gain: float) -> None:
        super().__init__()
        self._history, self._gain = history, gain

    def forward(self, stacks: Tensor) -> Tensor:
        """(n, history * n_obs) for stacks of that shape, oldest observation first."""
        seen = stacks.unflatten(1, (self._history, -1))
        newest = seen[:, -1:]
        changes = torch.tanh(self._gain * (newest - seen[:, :-1]))
        return torch.cat((newest, changes), dim=1).flatten(1)


def build_encoder(
    space: spaces.Space[object], history: int, change_gain: float
) -> tuple[nn.Module, int]:
    """What makes features of stacked observations, and how many it makes.

    Args:
        space: of one observation: a flat Box, or pictures (channels, height, width).
        history: observations in a stack.
        change_gain: show flat observations as :class:`Changes`, unless this is 0.

    Raises:
        ConfigError: for observations that are neither.
    """
    if not isinstance(space, spaces.Box) or len(space.shape) not in (1, 3):
        raise ConfigError(f"observations must be flat or pictures, got {space}")
    if len(space.shape) == 1:
        n_features = history * space.shape[0]
        return Changes(history, change_gain) if change_gain else nn.Identity(), n_features
    return Convolutions(), Convolutions.n_features
