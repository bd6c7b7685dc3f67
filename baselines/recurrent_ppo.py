"""PPO with memory: the rollout keeps hidden states, the update learns from whole sequences.

Everything that PPO does to single transitions is in ``ppo.py``; here is what memory adds. A
sequence is up to ``sequence_length`` steps of one environment within one episode. It starts from
the hidden state of the rollout, and gradients flow back to its first step: truncated
backpropagation through time (Werbos, "Backpropagation through time", 1990). Values and states are
those of the rollout, made before the update.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import gymnasium as gym
import torch
from numpy.typing import NDArray
from torch import Tensor

from baselines import ppo, rollouts
from baselines.config import NonNegative, Positive
from baselines.memory import Memory, RecurrentActorCritic
from baselines.networks import Choice, Evaluation, build_actor, flat_size, mlp
from baselines.policies import Policy
from baselines.ppo import PPOConfig, PPOTrainer, Transitions


class RecurrentPPOConfig(PPOConfig):
    """Settings of a recurrent PPO run; ``hidden`` are the layers between memory and head."""

    algorithm: Literal["recurrent_ppo"] = "recurrent_ppo"  # type: ignore[assignment]  # narrowed
    cell: Literal["lstm", "gru"] = "lstm"
    """Kind of memory, of actor and critic each."""
    memory_size: Positive = 128
    """Units of a recurrent layer."""
    memory_layers: Positive = 1
    """Recurrent layers."""
    change_gain: NonNegative = 0.0
    """The memory also sees tanh of the observation's change in a step times this, unless 0."""
    sequence_length: Positive = 16
    """Steps through which gradients flow back, at most."""
    minibatch_size: Positive = 64
    """Sequences a gradient step."""
    hidden: tuple[Positive, ...] = (64,)
    """Units of the hidden layers between memory and output, of actor and critic each."""
    activation: Literal["tanh", "relu", "elu"] = "elu"
    """Of those layers."""
    share_encoder: Literal[False] = False
    """Actor and critic have a memory each."""


# --- Rollout ---------------------------------------------------------------------------------


@dataclass
class Rollout(rollouts.Rollout):
    """A rollout with the hidden states before its steps, (num_steps, num_envs, width)."""

    hidden_states: Tensor


@dataclass
class Collector(rollouts.Collector):
    """Steps the environments with an agent that remembers."""

    hidden_state: Tensor  # after the last step, (num_envs, width)

    def choose(self, agent: Any, rollout: Any, t: int) -> Choice:
        """Act on the observations of row ``t`` and what was before, and value them."""
        state = rollout.hidden_states[t] = self._remembered()
        choice: Choice
        choice, rollout.values[t], self.hidden_state = agent.step(rollout.obs[t], state)
        return choice

    def value_last(self, agent: Any, rollout: Any) -> Tensor:
        """Value the observations after the last step, (num_envs,)."""
        value: Tensor = agent.step(rollout.obs[-1], self._remembered())[1]
        return value

    def _remembered(self) -> Tensor:
        """The hidden state before the next step: zeros where an episode starts, and only there.

        The step that only resets (NEXT_STEP) still belongs to the old episode, whose last
        observation it values.
        """
        starting = torch.as_tensor(self.episode_start, device=self.hidden_state.device)
        return self.hidden_state.masked_fill(starting[:, None], 0.0)


# --- Update ----------------------------------------------------------------------------------


@dataclass
class Sequences:
    """A batch whose units are sequences of transitions in order of time.

    Shorter sequences are filled up to ``sequence_length``; what fills them never enters the loss.
    """

    transitions: Transitions
    rows: Tensor  # (sequence_length, n): which transitions
    inside: Tensor  # (sequence_length, n): False where filled up
    states: Tensor  # (n, width): hidden states before the first steps

    def __len__(self) -> int:
        """How many sequences there are."""
        return len(self.states)

    def evaluate(
        self, agent: RecurrentActorCritic, index: Tensor
    ) -> tuple[Transitions, Evaluation]:
        """The transitions of some sequences as they were, and what ``agent`` says of them now."""
        rows, inside = self.rows[:, index], self.inside[:, index]
        old = self.transitions[rows[inside]]
        obs = self.transitions.obs[rows]
        return old, agent.evaluate(obs, self.states[index], inside, old.raw_actions)


def make_batch(rollout: Rollout, config: RecurrentPPOConfig) -> Sequences:
    """All steps but those that only reset, in sequences."""
    rows, inside = cut(rollout.is_reset, config.sequence_length)
    states = rollout.hidden_states.flatten(0, 1)[rows[0]]
    return Sequences(ppo.flatten(rollout, config), rows, inside, states)


def cut(is_reset: Tensor, sequence_length: int) -> tuple[Tensor, Tensor]:
    """Cut a rollout into sequences, at the starts of episodes and every ``sequence_length`` steps.

    Args:
        is_reset: the steps that only reset, (num_steps, num_envs); no sequence holds them.
        sequence_length: how long a sequence is at most.

    Returns:
        The flat index t * num_envs + i of each step of each sequence, (sequence_length, n), and
        which of them are inside the sequence; the others are 0.
    """
    num_steps, num_envs = is_reset.shape
    time = torch.arange(num_steps, device=is_reset.device)[:, None].expand_as(is_reset)
    after_reset = torch.zeros_like(is_reset)
    after_reset[1:] = is_reset[:-1]
    begins = ~is_reset & (after_reset | (time % sequence_length == 0))
    position = time - torch.where(begins, time, 0).cummax(dim=0).values
    number = begins.T.flatten().cumsum(0).view(num_envs, num_steps).T - 1  # env after env
    rows = torch.zeros(
        (sequence_length, int(begins.sum())), dtype=torch.int64, device=is_reset.device
    )
    inside = torch.zeros_like(rows, dtype=torch.bool)
    kept = ~is_reset
    flat = torch.arange(is_reset.numel(), device=is_reset.device).view_as(is_reset)
    rows[position[kept], number[kept]] = flat[kept]
    inside[position[kept], number[kept]] = True
    return rows, inside


# --- Training --------------------------------------------------------------------------------


class RecurrentPolicy(Policy):
    """A trained agent that remembers the episodes it is in."""

    def __init__(self, agent: RecurrentActorCritic, device: str, sampled: bool) -> None:
        self._agent = agent
        self._device = device
        self._sampled = sampled
        self._state: Tensor | None = None

    def start(self) -> None:
        """New episodes begin in all environments: forget the old ones."""
        self._state = None

    @torch.no_grad()
    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n, ...) for observations (n, ...) that follow those of the call before."""
        if self._state is None:
            self._state = self._agent.initial_state(len(obs), self._device)
        seen = torch.as_tensor(obs, device=self._device)
        action, self._state = self._agent.act(seen, self._state, self._sampled)
        chosen: NDArray[Any] = action.cpu().numpy()
        return chosen


class RecurrentPPOTrainer(PPOTrainer):
    """One run of recurrent PPO."""

    config_type = RecurrentPPOConfig
    config: RecurrentPPOConfig
    _rollout: Rollout

    @staticmethod
    def build_agent(
        config: Any, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> Any:
        """Actor and critic, freshly initialised."""
        return build_agent(config, observation_space, action_space).to(config.device)

    @staticmethod
    def make_policy(agent: Any, config: Any, sampled: bool = False) -> Policy:
        """The most probable action, or a sampled one, at each step of an episode."""
        return RecurrentPolicy(agent, config.device, sampled)

    def _begin(self, seed: int) -> None:
        super()._begin(seed)
        config = self.config
        state = self.agent.initial_state(config.num_envs, config.device)
        kept = torch.zeros((config.num_steps, *state.shape), device=config.device)
        self._rollout = Rollout(**vars(self._rollout), hidden_states=kept)
        self._collector = Collector(**vars(self._collector), hidden_state=state)

    def _make_batch(self) -> Sequences:
        return make_batch(self._rollout, self.config)


def build_agent(
    config: RecurrentPPOConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
) -> RecurrentActorCritic:
    """The networks that the config describes, freshly initialised."""
    n_obs = flat_size(observation_space)
    size, activation = config.memory_size, config.activation
    memories = [
        Memory(n_obs, size, config.memory_layers, config.cell, config.change_gain) for _ in range(2)
    ]
    actor = build_actor(action_space, size, config.hidden, activation, config.spread)
    hidden = config.hidden if config.critic_hidden is None else config.critic_hidden
    critic = mlp([size, *hidden, 1], activation, out_gain=1.0)
    return RecurrentActorCritic(memories[0], actor, memories[1], critic)
