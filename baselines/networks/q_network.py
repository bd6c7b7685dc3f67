"""Q-networks: values of all actions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import torch
from torch import Tensor, nn

from baselines.networks.build import flat_size, is_pictures
from baselines.networks.cnn import MotionCropCNN
from baselines.networks.mlp import ACTIVATIONS, mlp

_OUT_GAIN = 0.01  # of the last layers: values start near 0


class QNetwork(nn.Module):
    """Dueling Q-network: values of all actions, from flat observations or from pictures.

    Source: Wang et al., "Dueling network architectures for deep reinforcement learning", 2016,
    equation 9: the state's value, plus each action's advantage over the mean of all.

    Args:
        encoder: features (n, n_features) of stacked observations.
        n_features: number of features.
        n_actions: number of actions.
        hidden: units of the hidden layers.
        activation: between the hidden layers.
    """

    def __init__(
        self,
        encoder: nn.Module,
        n_features: int,
        n_actions: int,
        hidden: Sequence[int],
        activation: str,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        layers = mlp([n_features, *hidden], activation, math.sqrt(2.0))
        self.body = nn.Sequential(layers, ACTIVATIONS[activation]())
        self.advantages = mlp([hidden[-1], n_actions], activation, _OUT_GAIN)
        self.value = mlp([hidden[-1], 1], activation, _OUT_GAIN)

    def forward(self, obs: Tensor) -> Tensor:
        """Values (n, n_actions) of stacked observations (n, ...)."""
        features = self.body(self.encoder(obs))
        advantages = self.advantages(features)
        values: Tensor = self.value(features) + advantages - advantages.mean(dim=1, keepdim=True)
        return values


class Changes(nn.Module):
    """Newest observation of a stack, and its differences from the others.

    Args:
        history: observations in a stack.
        gain: factor of the differences, which tanh squashes.
    """

    def __init__(self, history: int, gain: float) -> None:
        super().__init__()
        self._history, self._gain = history, gain

    def forward(self, stacks: Tensor) -> Tensor:
        """(n, history * n_obs) for stacks of that shape, oldest observation first."""
        stacked = stacks.unflatten(1, (self._history, -1))
        newest = stacked[:, -1:]
        changes = torch.tanh(self._gain * (newest - stacked[:, :-1]))
        return torch.cat((newest, changes), dim=1).flatten(1)


def build_stack_encoder(
    space: gym.Space[Any], history: int, change_gain: float
) -> tuple[nn.Module, int]:
    """Encoder of stacked observations, and the number of its features.

    Args:
        space: of one observation: a flat Box, or pictures (channels, height, width).
        history: observations in a stack.
        change_gain: show flat observations as :class:`Changes`, unless this is 0.

    Raises:
        ConfigError: for observations that are neither.
    """
    if is_pictures(space):
        return MotionCropCNN(), MotionCropCNN.n_features
    n_features = history * flat_size(space)
    return Changes(history, change_gain) if change_gain else nn.Identity(), n_features
