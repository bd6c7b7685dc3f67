"""On-policy rollouts and minibatches of their transitions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from gymnasium import spaces
from gymnasium.vector import VectorEnv
from torch import Tensor

from baselines.networks.actor_critic import Inputs
from baselines.runs.resources import require_memory


@dataclass
class Rollout:
    """``num_steps`` transitions of ``num_envs`` environments, preallocated.

    ``obs`` and ``values`` have one row more: what follows the last step. With NEXT_STEP autoreset
    the row after an episode's end is its true last observation, and the step from there, which
    only resets, is marked in ``is_reset`` and never enters the loss.
    """

    obs: Tensor  # (num_steps + 1, num_envs, ...)
    values: Tensor  # (num_steps + 1, num_envs)
    hidden_states: Tensor  # before each step, (num_steps, num_envs, width)
    raw_actions: Tensor  # (num_steps, num_envs, ...), and so all below
    log_probs: Tensor
    rewards: Tensor
    terminated: Tensor
    truncated: Tensor
    is_reset: Tensor

    @classmethod
    def empty(
        cls, num_steps: int, envs: VectorEnv[Any, Any, Any], width: int, device: str
    ) -> Rollout:
        """Storage for a rollout of ``envs``, with hidden states of ``width`` numbers.

        Raises:
            ConfigError: if it needs more than the machine's memory.
        """
        steps, more = (num_steps, envs.num_envs), (num_steps + 1, envs.num_envs)
        obs = torch.as_tensor(envs.single_observation_space.sample())
        # Observation and hidden state; value, action, log-probability and reward, at least.
        size = obs.nbytes + 4 * width + 16
        require_memory("num_steps, num_envs", math.prod(more) * size)
        discrete = isinstance(envs.single_action_space, spaces.Discrete)
        return cls(
            obs=torch.zeros((*more, *obs.shape), dtype=obs.dtype, device=device),
            values=torch.zeros(more, device=device),
            hidden_states=torch.zeros((*steps, width), device=device),
            raw_actions=torch.zeros(
                (*steps, *(envs.single_action_space.shape or ())),
                dtype=torch.int64 if discrete else torch.float32,
                device=device,
            ),
            log_probs=torch.zeros(steps, device=device),
            rewards=torch.zeros(steps, device=device),
            terminated=torch.zeros(steps, dtype=torch.bool, device=device),
            truncated=torch.zeros(steps, dtype=torch.bool, device=device),
            is_reset=torch.zeros(steps, dtype=torch.bool, device=device),
        )

    @property
    def valid_indices(self) -> Tensor:
        """Flat indices t * num_envs + i of the steps that enter the loss: all but resets."""
        return (~self.is_reset).flatten().nonzero().squeeze(-1)


@dataclass
class Transitions:
    """Flat transitions: row t * num_envs + i is step t of environment i."""

    obs: Tensor
    raw_actions: Tensor
    log_probs: Tensor
    advantages: Tensor
    returns: Tensor
    values: Tensor

    def __getitem__(self, rows: Tensor) -> Transitions:
        """Select rows."""
        return Transitions(*(gather_rows(tensor, rows) for tensor in vars(self).values()))


class Batch(Protocol):
    """Transitions of a rollout, in the units that minibatches are drawn from."""

    transitions: Transitions

    def __len__(self) -> int:
        """Number of units."""

    def minibatch(self, index: Tensor) -> tuple[Transitions, Inputs]:
        """Stored transitions of the units ``index``, and the inputs of a network there."""


@dataclass
class TransitionBatch:
    """Batch whose units are single transitions."""

    transitions: Transitions
    valid_indices: Tensor

    def __len__(self) -> int:
        """Number of transitions."""
        return len(self.valid_indices)

    def minibatch(self, index: Tensor) -> tuple[Transitions, Inputs]:
        """Stored transitions, and their observations."""
        old = self.transitions[self.valid_indices[index]]
        return old, Inputs(old.obs)


def shuffled_minibatches(size: int, minibatch_size: int, device: str) -> Iterator[Tensor]:
    """Random minibatches of ``range(size)``, of ``minibatch_size`` or a little more."""
    shuffled = torch.randperm(size, device=device)
    return iter(shuffled.tensor_split(max(1, size // minibatch_size)))


def gather_rows(tensor: Tensor, rows: Tensor) -> Tensor:
    """``tensor[rows]``; eight bytes of pictures at a time, where PyTorch moves single elements."""
    if tensor.dtype != torch.uint8 or tensor[0].numel() % 8:
        return tensor[rows]
    words = tensor.flatten(1).view(torch.int64)[rows]
    return words.view(torch.uint8).view(len(rows), *tensor.shape[1:])
