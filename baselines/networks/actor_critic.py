"""Actor-critic networks."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from baselines.networks.policy_heads import ActionSample, DiscretePolicy, PolicyHead
from lander_envs.scoring.policy import Decision, Policy


class Step(NamedTuple):
    """Output of an actor-critic at one environment step."""

    sample: ActionSample
    value: Tensor | None  # (n,); None if the critic's encoder is its own, and values are due later
    hidden_state: Tensor  # after the step, (n, width)


class GreedyStep(NamedTuple):
    """Greedy actions of an actor-critic at one environment step, with their probabilities."""

    action: Tensor  # (n,) int64, or (n, dims) in [-1, 1]
    probabilities: Tensor | None  # of all discrete actions, (n, n_actions)
    value: Tensor  # (n,)
    hidden_state: Tensor  # after the step, (n, width)


class Evaluation(NamedTuple):
    """Log-probability, entropy and value of stored transitions, each (n,)."""

    log_prob: Tensor
    entropy: Tensor
    value: Tensor


class Sequences(NamedTuple):
    """Sequences of steps in order of time, padded to equal length."""

    hidden_state: Tensor  # before the first steps, (n, width)
    is_shown: Tensor  # (steps, n) bool: False for padding
    in_loss: Tensor  # (steps, n) bool: True for the transitions that are evaluated
    raw_actions: Tensor  # taken at the steps, (steps, n, ...)


class Inputs(NamedTuple):
    """Inputs of stored transitions: observations, and for memories their sequences."""

    obs: Tensor  # (n, ...); of sequences those of shown steps, (is_shown.sum(), ...)
    sequences: Sequences | None = None  # None: every transition stands alone


class ActorCritic(nn.Module):
    """Actor and critic on encoders of their own, or on a shared one.

    An actor-critic has a hidden state (n, width), all zeros at an episode's start; without memory
    its width is 0.

    Args:
        encoder: features (n, n_features) of observations, for the actor.
        actor: policy head on those features.
        critic: (n, n_features) to (n, 1).
        critic_encoder: the critic's own, or None if it reads the actor's features.
    """

    width = 0  # of the hidden state
    encoder_width = 0  # of its last part, if the encoder is recurrent

    def __init__(
        self,
        encoder: nn.Module,
        actor: PolicyHead,
        critic: nn.Module,
        critic_encoder: nn.Module | None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.actor = actor
        self.critic = critic
        self.critic_encoder = critic_encoder

    def initial_state(self, n: int, device: str) -> Tensor:
        """Hidden state (n, width) at the start of episodes."""
        return torch.zeros(n, self.width, device=device)

    def step(self, obs: Tensor, hidden_state: Tensor) -> Step:
        """Sample actions for observations (n, ...), and value these if features are shared."""
        features = self.encoder(obs)
        value = self._value(features) if self.critic_encoder is None else None
        return Step(self.actor.sample(features), value, hidden_state)

    def act(self, obs: Tensor, hidden_state: Tensor, sampled: bool) -> tuple[Tensor, Tensor]:
        """Greedy actions, or sampled ones, and the hidden state after."""
        features = self.encoder(obs)
        return self._choose(features, sampled), hidden_state

    def greedy_step(self, obs: Tensor, hidden_state: Tensor) -> GreedyStep:
        """Greedy actions with probabilities and values, and the hidden state after."""
        features = self.encoder(obs)
        shares = self.critic_encoder is None
        value = self._value(features) if shares else self.value(obs, hidden_state)
        return GreedyStep(*self._greedy(features), value, hidden_state)

    def value(self, obs: Tensor, hidden_state: Tensor) -> Tensor:
        """Value (n,) of observations (n, ...)."""
        encoder = self.encoder if self.critic_encoder is None else self.critic_encoder
        return self._value(encoder(obs))

    def evaluate(self, inputs: Inputs, raw_action: Tensor) -> Evaluation:
        """Log-probability, entropy and value of stored transitions, each (n,)."""
        features = self.encoder(inputs.obs)
        log_prob, entropy = self.actor.evaluate(features, raw_action)
        if self.critic_encoder is not None:
            features = self.critic_encoder(inputs.obs)
        return Evaluation(log_prob, entropy, self._value(features))

    def _choose(self, features: Tensor, sampled: bool) -> Tensor:
        return self.actor.sample(features).action if sampled else self.actor.greedy(features)

    def _greedy(self, features: Tensor) -> tuple[Tensor, Tensor | None]:
        """Greedy actions, and the probabilities of all discrete actions."""
        if isinstance(self.actor, DiscretePolicy):
            return self.actor.greedy(features), self.actor.probabilities(features)
        return self.actor.greedy(features), None

    def _value(self, features: Tensor) -> Tensor:
        value: Tensor = self.critic(features).squeeze(-1)
        return value


class ActorCriticPolicy(Policy):
    """Policy of a trained actor-critic; hidden states last for an episode."""

    def __init__(self, agent: ActorCritic, device: str, sampled: bool) -> None:
        self._agent, self._device, self._sampled = agent, device, sampled
        self.start()

    def start(self) -> None:
        """Reset the hidden states: new episodes begin in all environments."""
        self._hidden_state: Tensor | None = None

    @property
    def hidden_state(self) -> NDArray[np.float32]:
        """Hidden states of memories after the last call of ``act``, (n, width).

        What a recurrent encoder keeps of feature maps is not among them.

        Raises:
            ValueError: before the first call.
        """
        if self._hidden_state is None:
            raise ValueError("there is no hidden state before the first action")
        of_memories = self._agent.width - self._agent.encoder_width
        return self._hidden_state[:, :of_memories].cpu().numpy()

    @torch.no_grad()
    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n, ...) for observations (n, ...) that follow those of the call before."""
        if self._hidden_state is None:
            self._hidden_state = self._agent.initial_state(len(obs), self._device)
        seen = torch.as_tensor(obs, device=self._device)
        action, self._hidden_state = self._agent.act(seen, self._hidden_state, self._sampled)
        chosen: NDArray[Any] = action.cpu().numpy()
        return chosen

    @torch.no_grad()
    def decide(self, obs: NDArray[Any]) -> Decision:
        """Greedy actions (n, ...), their probabilities if discrete, and values (n,).

        Raises:
            ValueError: if the policy samples its actions.
        """
        if self._sampled:
            raise ValueError("sampled: a decision is greedy, got True")
        if self._hidden_state is None:
            self._hidden_state = self._agent.initial_state(len(obs), self._device)
        seen = torch.as_tensor(obs, device=self._device)
        step = self._agent.greedy_step(seen, self._hidden_state)
        self._hidden_state = step.hidden_state
        probabilities = None if step.probabilities is None else step.probabilities.cpu().numpy()
        return Decision(
            step.action.cpu().numpy(),
            probabilities=probabilities,
            values=step.value.cpu().numpy(),
        )
