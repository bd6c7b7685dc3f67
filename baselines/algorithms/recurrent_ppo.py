"""PPO with memory: the rollout keeps hidden states, the update learns from whole sequences.

Everything that PPO does to single transitions is in ``ppo.py``; here is what memory adds. A
sequence is up to ``sequence_length`` steps of one environment within one episode. It starts from
the hidden state of the rollout, and gradients flow back to its first step: truncated
backpropagation through time (Werbos, "Backpropagation through time", 1990). Values and states are
those of the rollout, made before the update; steps before a sequence can be read again
(``burn_in``), which brings its state up to date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import gymnasium as gym
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor, nn

from baselines.algorithms import ppo
from baselines.algorithms import rollout as rollouts
from baselines.algorithms.ppo import PPOConfig, PPOTrainer, Transitions
from baselines.evaluation.policy import Policy
from baselines.networks.actor_critic import Choice, Evaluation, build_actor, mlp
from baselines.networks.cnn import MixedPrecision, take
from baselines.networks.recurrent import FLAT_GAIN, Memory, RecurrentActorCritic
from baselines.networks.transformer import HEADS, Window
from baselines.runs.config import ConfigError, NonNegative, Positive


class RecurrentPPOConfig(PPOConfig):
    """Settings of a recurrent PPO run; ``hidden`` are the layers between memory and head."""

    algorithm: Literal["recurrent_ppo"] = "recurrent_ppo"  # type: ignore[assignment]  # narrowed
    cell: Literal["lstm", "gru", "transformer"] = "lstm"
    """Kind of memory."""
    memory_size: Positive = 128
    """Units of a layer of the memory."""
    memory_layers: Positive = 1
    """Recurrent layers, or blocks of the Transformer."""
    window: int = Field(8, gt=1)
    """Steps that a block of the Transformer sees, the newest among them."""
    change_gain: NonNegative = 0.0
    """The memory also sees tanh of the observation's change in a step times this, unless 0."""
    sequence_length: Positive = 16
    """Steps of a sequence that enter the loss, at most."""
    burn_in: int = Field(0, ge=0)
    """Steps before these, at most, that the memory is shown again in the update."""
    minibatch_size: Positive = 64
    """Sequences a gradient step."""
    hidden: tuple[Positive, ...] = (64,)
    """Units of the hidden layers between memory and output, of actor and critic each."""
    activation: Literal["tanh", "relu", "elu"] = "elu"
    """Of those layers."""
    share_encoder: bool = False
    """Let actor and critic share encoder and memory; pictures need it."""


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

    def value_rest(self, agent: Any, rollout: Any) -> None:
        """Value the observations after the last step."""
        rollout.values[-1] = agent.step(rollout.obs[-1], self._remembered())[1]

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

    All are filled up to ``burn_in + sequence_length`` steps.
    """

    transitions: Transitions
    rows: Tensor  # (steps, n): which transitions
    shown: Tensor  # (steps, n): False where filled up
    inside: Tensor  # (steps, n): True for the steps that enter the loss
    states: Tensor  # (n, width): hidden states before the first steps

    def __len__(self) -> int:
        """How many sequences there are."""
        return len(self.states)

    def evaluate(
        self, agent: RecurrentActorCritic, index: Tensor
    ) -> tuple[Transitions, Evaluation]:
        """The transitions of some sequences as they were, and what ``agent`` says of them now."""
        rows, shown, inside = self.rows[:, index], self.shown[:, index], self.inside[:, index]
        old = self.transitions[rows[inside]]
        obs = take(self.transitions.obs, rows[shown])
        return old, agent.evaluate(obs, self.states[index], shown, inside, old.raw_actions)


def make_batch(rollout: Rollout, config: RecurrentPPOConfig) -> Sequences:
    """All steps but those that only reset, in sequences."""
    rows, shown, inside = cut(rollout.is_reset, config.sequence_length, config.burn_in)
    states = rollout.hidden_states.flatten(0, 1)[rows[0]]
    return Sequences(ppo.flatten(rollout, config), rows, shown, inside, states)


def cut(is_reset: Tensor, length: int, burn_in: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Cut a rollout into sequences, at the starts of episodes and every ``length`` steps.

    Args:
        is_reset: the steps that only reset, (num_steps, num_envs); no sequence holds them.
        length: how many steps of a sequence enter the loss, at most.
        burn_in: how many steps of the same episode come before these, as far as the rollout
            holds them.

    Returns:
        Three tensors (burn_in + length, n): the flat index t * num_envs + i of each step of each
        sequence; which of the steps there are, the others being 0; which of them enter the loss.
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
    shown = step < end
    return torch.where(shown, step * num_envs + env, 0), shown, shown & (step >= begin)


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
    """The networks that the config describes, freshly initialised.

    Raises:
        ConfigError: for settings that exclude each other, and spaces that no network here serves.
    """
    encoder, n_features = ppo.build_encoder(config, observation_space)
    pictures = not isinstance(encoder, nn.Identity)
    _check_memory(config, pictures)
    size, activation = config.memory_size, config.activation
    input_gain = 1.0 if pictures else FLAT_GAIN
    actor_memory = build_memory(config, n_features, input_gain)
    critic_memory = None
    if not config.share_encoder:
        critic_memory = build_memory(config, n_features, input_gain)
    actor = build_actor(action_space, size, config.hidden, activation, config.spread)
    hidden = config.hidden if config.critic_hidden is None else config.critic_hidden
    critic = mlp([size, *hidden, 1], activation, out_gain=1.0)
    encoder = MixedPrecision(encoder) if config.mixed_precision else encoder
    state_critic = ppo.build_state_critic(config)
    return RecurrentActorCritic(encoder, actor_memory, actor, critic_memory, critic, state_critic)


def _check_memory(config: RecurrentPPOConfig, pictures: bool) -> None:
    """ConfigError for settings that exclude each other."""
    attends = config.cell == "transformer"
    if pictures and not config.share_encoder:
        raise ConfigError("share_encoder: must be true for pictures, got False")
    if config.mixed_precision and not pictures:
        raise ConfigError("mixed_precision: with a memory only for pictures, got True")
    if config.compile_update:
        raise ConfigError("compile_update: not with a memory, got True")
    if config.change_gain and (pictures or attends):
        raise ConfigError(
            f"change_gain: only for flat observations and cells lstm and gru, "
            f"got {config.change_gain}"
        )
    if attends and config.memory_size % HEADS:
        raise ConfigError(
            f"memory_size: must be a multiple of {HEADS} for a transformer, "
            f"got {config.memory_size}"
        )


def build_memory(config: RecurrentPPOConfig, n_features: int, input_gain: float) -> Memory | Window:
    """The memory that the config describes, of so many features."""
    size, layers = config.memory_size, config.memory_layers
    if config.cell == "transformer":
        return Window(n_features, size, layers, config.window)
    return Memory(n_features, size, layers, config.cell, config.change_gain, input_gain)
