"""Recurrent PPO: hidden states in the rollout, gradients through sequences.

PPO of ``ppo.py`` with a recurrent actor-critic. A sequence is up to ``sequence_length`` steps of
one environment within one episode. It starts from the rollout's hidden state, and gradients flow
back to its first step: truncated backpropagation through time (Werbos, "Backpropagation through
time", 1990). Steps before a sequence can be shown to the memory again (``burn_in``), which brings
its hidden state up to date (Kapturowski et al., "Recurrent experience replay", 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import gymnasium as gym
import torch
from pydantic import Field
from torch import Tensor, nn

from baselines.algorithms.ppo import PPO, PPOConfig, flatten
from baselines.algorithms.rollout import Rollout, Transitions, gather_rows
from baselines.fused.gru import FusedGRU
from baselines.networks.actor_critic import ActorCritic, Inputs, Sequences
from baselines.networks.build import RecurrentNetworkConfig, build_recurrent_actor_critic
from baselines.networks.recurrent import Memory, RecurrentActorCritic
from baselines.runs.config import ConfigError, Positive, TrainConfig


class RecurrentPPOConfig(RecurrentNetworkConfig, PPOConfig):
    """Settings of a recurrent PPO run."""

    algorithm: Literal["recurrent_ppo"] = "recurrent_ppo"  # type: ignore[assignment]  # narrowed
    sequence_length: int = Field(16, gt=0, le=65_536)
    """Maximum number of steps of a sequence that enter the loss."""
    burn_in: int = Field(0, ge=0, le=65_536)
    """Maximum number of steps before these that the memory is shown again in the update."""
    minibatch_size: Positive = 64
    """Sequences a gradient step."""


@dataclass
class SequenceBatch:
    """Batch whose units are sequences, padded to ``burn_in + sequence_length`` steps."""

    transitions: Transitions
    rows: Tensor  # flat indices of the steps, (steps, n); 0 for padding
    is_shown: Tensor  # (steps, n) bool: False for padding
    in_loss: Tensor  # (steps, n) bool: True for steps that enter the loss
    hidden_states: Tensor  # before the first steps, (n, width)

    def __len__(self) -> int:
        """Number of sequences."""
        return len(self.hidden_states)

    def minibatch(self, index: Tensor) -> tuple[Transitions, Inputs]:
        """Stored transitions of the sequences ``index``, and their inputs."""
        rows, is_shown, in_loss = (
            part[:, index] for part in (self.rows, self.is_shown, self.in_loss)
        )
        obs = gather_rows(self.transitions.obs, rows[is_shown])
        raw_actions = self.transitions.raw_actions[rows]
        sequences = Sequences(self.hidden_states[index], is_shown, in_loss, raw_actions)
        return self.transitions[rows[in_loss]], Inputs(obs, sequences)


def cut_sequences(is_reset: Tensor, length: int, burn_in: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Cut a rollout into sequences, at the starts of episodes and every ``length`` steps.

    Args:
        is_reset: the steps that only reset, (num_steps, num_envs); no sequence holds them.
        length: maximum number of steps of a sequence that enter the loss.
        burn_in: number of steps of the same episode before these, as far as the rollout holds
            them.

    Returns:
        ``rows``, ``is_shown`` and ``in_loss`` of :class:`SequenceBatch`, each
        (burn_in + length, n).
    """
    num_steps, num_envs = is_reset.shape
    time = torch.arange(num_steps, device=is_reset.device)[:, None].expand_as(is_reset)
    after_reset = torch.zeros_like(is_reset)
    after_reset[1:] = is_reset[:-1]
    begins = ~is_reset & (after_reset | (time % length == 0))
    env, begin = begins.T.nonzero(as_tuple=True)  # env after env
    number = begins.T.flatten().cumsum(0).view(num_envs, num_steps).T - 1
    end = begin + number[~is_reset].bincount()
    episode = torch.where(after_reset, time, 0).cummax(dim=0).values
    start = torch.maximum(begin - burn_in, episode[begin, env])
    step = start + torch.arange(burn_in + length, device=is_reset.device)[:, None]
    is_shown = step < end
    rows = torch.where(is_shown, step * num_envs + env, 0)
    return rows, is_shown, is_shown & (step >= begin)


class RecurrentPPO(PPO):
    """One run of recurrent PPO."""

    config_type: ClassVar[type[TrainConfig]] = RecurrentPPOConfig
    config: RecurrentPPOConfig

    @staticmethod
    def build_agent(
        config: Any, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> ActorCritic:
        """Actor and critic with memory, freshly initialised."""
        if config.compile_update:
            raise ConfigError("compile_update: not with a memory, got True")
        agent = build_recurrent_actor_critic(config, observation_space, action_space)
        return agent.to(config.device)

    def _make_fused(self) -> None:
        """Unroll the memories in C++; the rest of a gradient step stays PyTorch's."""
        agent = self.agent
        assert isinstance(agent, RecurrentActorCritic)
        for memory in (agent.actor_memory, agent.critic_memory):
            if memory is None:
                continue
            if not isinstance(memory, Memory) or not isinstance(memory.cell, nn.GRU):
                raise ConfigError(f"fused: with a memory only cell: gru, got {self.config.cell}")
            memory.unroll = FusedGRU(memory.cell)

    def make_batch(self, rollout: Rollout) -> SequenceBatch:
        """Sequences of a rollout for minibatches."""
        config = self.config
        cut = cut_sequences(rollout.is_reset, config.sequence_length, config.burn_in)
        hidden_states = rollout.hidden_states.flatten(0, 1)[cut[0][0]]
        return SequenceBatch(flatten(rollout, config), *cut, hidden_states)
