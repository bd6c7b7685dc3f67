"""Networks and the distributions over actions that they parametrise."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from gymnasium import spaces
from torch import Tensor, nn
from torch.distributions import Normal

from baselines.runs.config import ConfigError

_STATE = 8  # numbers in a lander's state
_OF_STATE_CRITIC = (128, 128)  # units of its hidden layers

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "elu": nn.ELU}


class Choice(NamedTuple):
    """An action that a policy chose, and what PPO must remember of it."""

    action: Tensor  # what the environment gets: (n,) int64, or (n, dims) in [-1, 1]
    raw: Tensor  # what logprob is taken of: the same integer, or the action before tanh
    logprob: Tensor  # (n,)


class Evaluation(NamedTuple):
    """What an agent says of transitions of old; every part (n,)."""

    logprob: Tensor
    entropy: Tensor
    value: Tensor


class Spread(NamedTuple):
    """How a Gaussian policy spreads: one standard deviation a dimension, equal in all states."""

    log_std: float = 0.0  # at the start
    learned: bool = True
    squashed: bool = True  # tanh over the sample; otherwise over the mean


def mlp(sizes: Sequence[int], activation: str, out_gain: float) -> nn.Sequential:
    """Linear layers of those sizes with the activation between them, orthogonally initialised.

    Hidden layers have gain sqrt(2), the last one ``out_gain``; biases start at 0. Source of the
    initialisation: Andrychowicz et al., "What matters in on-policy reinforcement learning?", 2021.
    """
    layers: list[nn.Module] = []
    for i, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        last = i == len(sizes) - 2
        layer = nn.Linear(n_in, n_out)
        nn.init.orthogonal_(layer.weight, out_gain if last else math.sqrt(2.0))
        nn.init.zeros_(layer.bias)
        layers += [layer] if last else [layer, ACTIVATIONS[activation]()]
    return nn.Sequential(*layers)


class DiscretePolicy(nn.Module):
    """A categorical distribution over actions, from an MLP's logits."""

    def __init__(self, n_obs: int, hidden: Sequence[int], n_actions: int, activation: str) -> None:
        super().__init__()
        # A small last layer starts the policy near uniform.
        self.logits = mlp([n_obs, *hidden, n_actions], activation, out_gain=0.01)

    def sample(self, obs: Tensor) -> Choice:
        """Draw an action (n,) for observations (n, n_obs)."""
        logprobs = self._logprobs(obs)
        drawn = torch.multinomial(logprobs.exp(), 1)
        action = drawn.squeeze(1)
        return Choice(action, action, logprobs.gather(1, drawn).squeeze(1))

    def greedy(self, obs: Tensor) -> Tensor:
        """The most probable action (n,)."""
        best: Tensor = self.logits(obs).argmax(dim=-1)
        return best

    def evaluate(self, obs: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probability of ``raw`` and entropy, both (n,)."""
        logprobs = self._logprobs(obs)
        entropy = -(logprobs.exp() * logprobs).sum(dim=1)
        return logprobs.gather(1, raw[:, None]).squeeze(1), entropy

    def _logprobs(self, obs: Tensor) -> Tensor:
        """Of each action, (n, n_actions)."""
        return torch.log_softmax(self.logits(obs), dim=1)


class GaussianPolicy(nn.Module):
    """A Gaussian around tanh of an MLP's output; its samples go to the environment as they are.

    Args:
        n_obs: numbers in an observation.
        hidden: units of the hidden layers.
        n_dims: numbers in an action.
        activation: between the hidden layers.
        spread: how wide it is.
    """

    def __init__(
        self, n_obs: int, hidden: Sequence[int], n_dims: int, activation: str, spread: Spread
    ) -> None:
        super().__init__()
        self.mean = mlp([n_obs, *hidden, n_dims], activation, out_gain=0.01)
        log_std = torch.full((n_dims,), spread.log_std)
        self.log_std = nn.Parameter(log_std, requires_grad=spread.learned)

    def sample(self, obs: Tensor) -> Choice:
        """Draw an action (n, dims) for observations (n, n_obs)."""
        gaussian = self._gaussian(obs)
        raw = gaussian.sample()
        return Choice(self._action(raw), raw, self._logprob(gaussian, raw))

    def greedy(self, obs: Tensor) -> Tensor:
        """The most probable action (n, dims), or tanh of the mean where tanh comes last."""
        return torch.tanh(self.mean(obs))

    def evaluate(self, obs: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probability of the action that ``raw`` led to, and the entropy, both (n,)."""
        gaussian = self._gaussian(obs)
        return self._logprob(gaussian, raw), self._entropy(gaussian)

    def _gaussian(self, obs: Tensor) -> Normal:
        mean = self._location(obs)
        return Normal(mean, self.log_std.exp().expand_as(mean), validate_args=False)

    def _location(self, obs: Tensor) -> Tensor:
        return torch.tanh(self.mean(obs))

    def _action(self, raw: Tensor) -> Tensor:
        return raw

    def _logprob(self, gaussian: Normal, raw: Tensor) -> Tensor:
        logprob: Tensor = gaussian.log_prob(raw).sum(dim=-1)
        return logprob

    def _entropy(self, gaussian: Normal) -> Tensor:
        entropy: Tensor = gaussian.entropy().sum(dim=-1)
        return entropy


class SquashedGaussianPolicy(GaussianPolicy):
    """A Gaussian whose samples go through tanh, so that actions fill (-1, 1)."""

    def _location(self, obs: Tensor) -> Tensor:
        mean: Tensor = self.mean(obs)
        return mean

    def _action(self, raw: Tensor) -> Tensor:
        return torch.tanh(raw)

    def _logprob(self, gaussian: Normal, raw: Tensor) -> Tensor:
        return squashed_logprob(gaussian, raw)

    def _entropy(self, gaussian: Normal) -> Tensor:
        """A squashed Gaussian's entropy has no closed form: estimated from one fresh sample.

        The estimate is minus the sample's log-probability; gradients flow through it.
        """
        return -squashed_logprob(gaussian, gaussian.rsample())


def squashed_logprob(gaussian: Normal, raw: Tensor) -> Tensor:
    """Log-density (n,) of tanh(``raw``) when ``raw`` (n, dims) comes from ``gaussian``.

    The Gaussian's log-density minus the log-determinant of tanh's Jacobian, log(1 - tanh(u)^2),
    written as 2 (log 2 - u - softplus(-2 u)), which stays exact where tanh saturates. Source:
    Haarnoja et al., "Soft Actor-Critic", 2018, appendix C.
    """
    log_jacobian = 2.0 * (math.log(2.0) - raw - nn.functional.softplus(-2.0 * raw))
    logprob: Tensor = (gaussian.log_prob(raw) - log_jacobian).sum(dim=-1)
    return logprob


Actor = DiscretePolicy | GaussianPolicy


def build_actor(
    action_space: spaces.Space[object],
    n_obs: int,
    hidden: Sequence[int],
    activation: str,
    spread: Spread,
) -> Actor:
    """The policy head that the action space needs; ``spread`` is for continuous actions.

    Raises:
        ConfigError: for an action space that is neither Discrete nor a flat Box.
    """
    if isinstance(action_space, spaces.Discrete):
        return DiscretePolicy(n_obs, hidden, int(action_space.n), activation)
    if isinstance(action_space, spaces.Box) and len(action_space.shape) == 1:
        kind = SquashedGaussianPolicy if spread.squashed else GaussianPolicy
        return kind(n_obs, hidden, action_space.shape[0], activation, spread)
    raise ConfigError(f"the action space must be Discrete or a flat Box, got {action_space}")


def flat_size(observation_space: spaces.Space[object]) -> int:
    """Numbers in an observation; ConfigError if it is not a flat Box."""
    if not isinstance(observation_space, spaces.Box) or len(observation_space.shape) != 1:
        raise ConfigError(f"observations must be a flat Box here, got {observation_space}")
    return int(observation_space.shape[0])


class StateCritic(nn.Module):
    """A critic that judges pictures by the state that they show: (n, 8) to (n,).

    It serves training alone: the policy sees no state. Source: Pinto et al., "Asymmetric actor
    critic for image-based robot learning", 2018.
    """

    def __init__(self) -> None:
        super().__init__()
        self.layers = mlp([_STATE, *_OF_STATE_CRITIC, 1], "relu", out_gain=1.0)

    def forward(self, states: Tensor) -> Tensor:
        """The estimated return (...,) of states (..., 8)."""
        value: Tensor = self.layers(states).squeeze(-1)
        return value


class ActorCritic(nn.Module):
    """An actor and a critic, each an encoder and a head, or both on one encoder.

    Args:
        encoder: makes features (n, n_features) of observations, for the actor.
        actor: acts on those features.
        critic: (n, n_features) to (n, 1).
        critic_encoder: the critic's own, or None if it reads the actor's features.
        state_critic: judges in the critic's place while training, if there is one; the critic
            still learns returns, so that the encoder learns what tells them.
    """

    def __init__(
        self,
        encoder: nn.Module,
        actor: Actor,
        critic: nn.Module,
        critic_encoder: nn.Module | None,
        state_critic: StateCritic | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.actor = actor
        self.critic = critic
        self.critic_encoder = critic_encoder
        self.state_critic = state_critic

    def step(self, obs: Tensor) -> tuple[Choice, Tensor]:
        """Draw actions for observations (n, ...), and value these: (n,)."""
        features = self.encoder(obs)
        return self.actor.sample(features), self._value(features, obs)

    def act(self, obs: Tensor, sampled: bool) -> Tensor:
        """Greedy actions, or sampled ones."""
        features = self.encoder(obs)
        return self.actor.sample(features).action if sampled else self.actor.greedy(features)

    def value(self, obs: Tensor) -> Tensor:
        """The critic's estimate of the return, (n,) for observations (n, ...)."""
        features = self.encoder(obs) if self.critic_encoder is None else obs
        return self._value(features, obs)

    def evaluate(self, obs: Tensor, raw: Tensor) -> Evaluation:
        """What the loss needs of actions ``raw`` at observations (n, ...)."""
        features = self.encoder(obs)
        return Evaluation(*self.actor.evaluate(features, raw), self._value(features, obs))

    def _value(self, features: Tensor, obs: Tensor) -> Tensor:
        if self.critic_encoder is not None:
            features = self.critic_encoder(obs)
        value: Tensor = self.critic(features).squeeze(-1)
        return value
