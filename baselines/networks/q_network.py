"""Q-networks: values of all actions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import torch
from torch import Tensor, nn

from baselines.networks.build import build_whole_frame_encoder
from baselines.networks.cnn import MixedPrecision, MotionCropCNN
from baselines.networks.frame_stem import difference_matrix
from baselines.networks.mlp import ACTIVATIONS, mlp, normalised_mlp
from baselines.networks.observations import flat_size, in_float32, is_pictures
from baselines.networks.policy_heads import discrete_size
from baselines.runs.config import ConfigError

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
        layer_norm: whether LayerNorm stands before each activation.
    """

    def __init__(
        self,
        encoder: nn.Module,
        n_features: int,
        n_actions: int,
        hidden: Sequence[int],
        activation: str,
        layer_norm: bool = False,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        if layer_norm:
            self.body = normalised_mlp([n_features, *hidden], activation)
        else:
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


class StackStem(nn.Module):
    """Fixed linear map over the observations of a stack: the newest, and amplified differences.

    A linear layer that follows could take the map into its weights, so that this is no feature but
    a parametrisation: it changes only how the layer starts and how gradient steps move it.

    Args:
        history: observations in a stack.
        change_gain: factor of the differences.
    """

    matrix: Tensor

    def __init__(self, history: int, change_gain: float) -> None:
        super().__init__()
        matrix = difference_matrix(history, change_gain)
        self.register_buffer("matrix", matrix, persistent=False)

    def forward(self, stacks: Tensor) -> Tensor:
        """(n, history * n_obs) for stacks of that shape, oldest observation first."""
        stacked = stacks.unflatten(1, (len(self.matrix), -1))
        return torch.einsum("nhd,kh->nkd", stacked, self.matrix).flatten(1)


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


def count_actions(space: gym.Space[Any]) -> int:
    """Number of discrete actions; ConfigError for actions that a Q-network has no values of."""
    if not isinstance(space, gym.spaces.Discrete):
        raise ConfigError(f"env_id: Q-networks need discrete actions, got {space}")
    return discrete_size(space)


def build_stack_encoder(
    space: gym.Space[Any], history: int, change_gain: float
) -> tuple[nn.Module, int]:
    """Encoder of stacked observations, and the number of its features.

    Args:
        space: of one observation: a flat Box, or pictures (channels, height, width).
        history: observations in a stack.
        change_gain: show flat observations as :class:`Changes`, unless this is 0.

    Raises:
        ConfigError: for observations that are neither, and a gain of changes that there are not.
    """
    if change_gain and (is_pictures(space) or history == 1):
        raise ConfigError(
            f"change_gain: only for flat observations with a history of 2 or more, "
            f"got {change_gain}"
        )
    if is_pictures(space):
        return MotionCropCNN(), MotionCropCNN.n_features
    n_features = history * flat_size(space)
    encoder = Changes(history, change_gain) if change_gain else nn.Identity()
    return in_float32(space, encoder), n_features


def build_plain_encoder(
    space: gym.Space[Any],
    history: int,
    encoder: str,
    change_gain: float,
    mixed_precision: bool,
) -> tuple[nn.Module, int]:
    """Encoder of stacked observations as they are, and the number of its features.

    Args:
        space: of one observation: a flat Box, or pictures (channels, height, width).
        history: observations in a stack.
        encoder: of pictures, a name in ``WHOLE_FRAME_ENCODERS``.
        change_gain: of the differences in the first layer's parametrisation, see
            :class:`StackStem` and :class:`~baselines.networks.frame_stem.FrameStem`; 0: none.
        mixed_precision: whether a CNN computes in bfloat16.

    Raises:
        ConfigError: for observations that are neither, and pictures of another size.
    """
    if not is_pictures(space):
        stem = StackStem(history, change_gain) if change_gain and history > 1 else nn.Identity()
        return in_float32(space, stem), history * flat_size(space)
    frames, *size = space.shape
    cnn, n_features = build_whole_frame_encoder(encoder, (history * frames, *size), change_gain)
    return MixedPrecision(cnn) if mixed_precision else cnn, n_features
