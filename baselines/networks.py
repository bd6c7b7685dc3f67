"""Networks and the distributions over actions that they parametrise."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from gymnasium import spaces
from torch import Tensor, nn
from torch.distributions import Categorical, Normal

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "elu": nn.ELU}


class Choice(NamedTuple):
    """An action that a policy chose, and what PPO must remember of it."""

    action: Tensor  # what the environment gets: (n,) int64, or (n, dims) in [-1, 1]
    raw: Tensor  # what logprob is taken of: the same integer, or the action before tanh
    logprob: Tensor  # (n,)


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
        distribution = Categorical(logits=self.logits(obs))
        action = distribution.sample()
        return Choice(action, action, distribution.log_prob(action))

    def greedy(self, obs: Tensor) -> Tensor:
        """The most probable action (n,)."""
        best: Tensor = self.logits(obs).argmax(dim=-1)
        return best

    def evaluate(self, obs: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probability of ``raw`` and entropy, both (n,)."""
        distribution = Categorical(logits=self.logits(obs))
        return distribution.log_prob(raw), distribution.entropy()


class SquashedGaussianPolicy(nn.Module):
    """A Gaussian whose samples go through tanh, so that actions fill (-1, 1).

    The standard deviation is learned, one for each dimension, the same in every state.
    """

    def __init__(self, n_obs: int, hidden: Sequence[int], n_dims: int, activation: str) -> None:
        super().__init__()
        self.mean = mlp([n_obs, *hidden, n_dims], activation, out_gain=0.01)
        self.log_std = nn.Parameter(torch.zeros(n_dims))

    def sample(self, obs: Tensor) -> Choice:
        """Draw an action (n, dims) for observations (n, n_obs)."""
        gaussian = self._gaussian(obs)
        raw = gaussian.sample()
        return Choice(torch.tanh(raw), raw, squashed_logprob(gaussian, raw))

    def greedy(self, obs: Tensor) -> Tensor:
        """The squashed mean (n, dims)."""
        return torch.tanh(self.mean(obs))

    def evaluate(self, obs: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probability of the action tanh(``raw``) and an estimate of the entropy, both (n,).

        A squashed Gaussian's entropy has no closed form: it is estimated by minus the
        log-probability of one fresh sample, through which gradients flow.
        """
        gaussian = self._gaussian(obs)
        fresh = gaussian.rsample()
        return squashed_logprob(gaussian, raw), -squashed_logprob(gaussian, fresh)

    def _gaussian(self, obs: Tensor) -> Normal:
        mean = self.mean(obs)
        return Normal(mean, self.log_std.exp().expand_as(mean))


def squashed_logprob(gaussian: Normal, raw: Tensor) -> Tensor:
    """Log-density (n,) of tanh(``raw``) when ``raw`` (n, dims) comes from ``gaussian``.

    The Gaussian's log-density minus the log-determinant of tanh's Jacobian, log(1 - tanh(u)^2),
    written as 2 (log 2 - u - softplus(-2 u)), which stays exact where tanh saturates. Source:
    Haarnoja et al., "Soft Actor-Critic", 2018, appendix C.
    """
    log_jacobian = 2.0 * (math.log(2.0) - raw - nn.functional.softplus(-2.0 * raw))
    logprob: Tensor = (gaussian.log_prob(raw) - log_jacobian).sum(dim=-1)
    return logprob


class ActorCritic(nn.Module):
    """Separate actor and critic MLPs over flat observations.

    Raises:
        ValueError: for spaces that an MLP cannot serve.
    """

    def __init__(
        self,
        observation_space: spaces.Space[object],
        action_space: spaces.Space[object],
        hidden: Sequence[int],
        activation: str,
    ) -> None:
        super().__init__()
        if not isinstance(observation_space, spaces.Box) or len(observation_space.shape) != 1:
            raise ValueError(f"an MLP needs a flat Box observation, got {observation_space}")
        n_obs = observation_space.shape[0]
        self.actor: DiscretePolicy | SquashedGaussianPolicy
        if isinstance(action_space, spaces.Discrete):
            self.actor = DiscretePolicy(n_obs, hidden, int(action_space.n), activation)
        elif isinstance(action_space, spaces.Box) and len(action_space.shape) == 1:
            n_dims = action_space.shape[0]
            self.actor = SquashedGaussianPolicy(n_obs, hidden, n_dims, activation)
        else:
            raise ValueError(f"the action space must be Discrete or a flat Box, got {action_space}")
        self.critic = mlp([n_obs, *hidden, 1], activation, out_gain=1.0)

    def value(self, obs: Tensor) -> Tensor:
        """The critic's estimate of the return, (...) for observations (..., n_obs)."""
        value: Tensor = self.critic(obs).squeeze(-1)
        return value
