"""Policy heads: distributions over actions, discrete and continuous."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from gymnasium import spaces
from torch import Tensor, nn
from torch.distributions import Normal

from baselines.networks.mlp import mlp
from baselines.optim.flat_adam import NonFiniteError
from baselines.runs.config import ConfigError

_POLICY_GAIN = 0.01  # of the last layer: the policy starts near uniform


class ActionSample(NamedTuple):
    """Sampled actions and their log-probabilities."""

    action: Tensor  # for the environment: (n,) int64, or (n, dims) in [-1, 1]
    raw_action: Tensor  # argument of log_prob: the same integer, or the action before tanh
    log_prob: Tensor  # (n,)


class GaussianSettings(NamedTuple):
    """Standard deviation and squashing of a Gaussian policy."""

    log_std: float = 0.0  # at the start; one a dimension, the same in all states
    learned: bool = True
    squash_sample: bool = True  # tanh over the sample; otherwise over the mean


class DiscretePolicy(nn.Module):
    """Categorical distribution over actions, with an MLP's logits."""

    def __init__(
        self, n_features: int, hidden: Sequence[int], n_actions: int, activation: str
    ) -> None:
        super().__init__()
        self.logits = mlp([n_features, *hidden, n_actions], activation, _POLICY_GAIN)

    def sample(self, features: Tensor) -> ActionSample:
        """Sample actions (n,) for features (n, n_features).

        Raises:
            NonFiniteError: for logits that are not finite.
        """
        log_probs = self._log_probs(features)
        try:
            drawn = torch.multinomial(log_probs.exp(), 1)
        except RuntimeError as refused:
            raise NonFiniteError(f"no action can be drawn: {refused}") from None
        action = drawn.squeeze(1)
        return ActionSample(action, action, log_probs.gather(1, drawn).squeeze(1))

    def greedy(self, features: Tensor) -> Tensor:
        """Most probable actions (n,)."""
        best: Tensor = self.logits(features).argmax(dim=-1)
        return best

    def probabilities(self, features: Tensor) -> Tensor:
        """Probability of each action, (n, n_actions)."""
        return self._log_probs(features).exp()

    def evaluate(self, features: Tensor, raw_action: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probability of ``raw_action`` and entropy, both (n,)."""
        log_probs = self._log_probs(features)
        entropy = -(log_probs.exp() * log_probs).sum(dim=1)
        return log_probs.gather(1, raw_action[:, None]).squeeze(1), entropy

    def _log_probs(self, features: Tensor) -> Tensor:
        """Log-probabilities (n, n_actions)."""
        return torch.log_softmax(self.logits(features), dim=1)


class GaussianPolicy(nn.Module):
    """Gaussian around tanh of an MLP's output; samples go to the environment as they are.

    Args:
        n_features: numbers in an input.
        hidden: units of the hidden layers.
        n_dims: numbers in an action.
        activation: between the hidden layers.
        settings: standard deviation.
    """

    def __init__(
        self,
        n_features: int,
        hidden: Sequence[int],
        n_dims: int,
        activation: str,
        settings: GaussianSettings,
    ) -> None:
        super().__init__()
        self.mean = mlp([n_features, *hidden, n_dims], activation, _POLICY_GAIN)
        log_std = torch.full((n_dims,), settings.log_std)
        self.log_std = nn.Parameter(log_std, requires_grad=settings.learned)

    def sample(self, features: Tensor) -> ActionSample:
        """Sample actions (n, dims) for features (n, n_features)."""
        gaussian = self._gaussian(features)
        raw_action = gaussian.sample()
        return ActionSample(
            self._action(raw_action), raw_action, self._log_prob(gaussian, raw_action)
        )

    def greedy(self, features: Tensor) -> Tensor:
        """Tanh of the mean (n, dims)."""
        return torch.tanh(self.mean(features))

    def evaluate(self, features: Tensor, raw_action: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probability of ``raw_action`` and entropy, both (n,)."""
        gaussian = self._gaussian(features)
        return self._log_prob(gaussian, raw_action), self._entropy(gaussian)

    def _gaussian(self, features: Tensor) -> Normal:
        mean = self._location(features)
        return Normal(mean, self.log_std.exp().expand_as(mean), validate_args=False)

    def _location(self, features: Tensor) -> Tensor:
        return torch.tanh(self.mean(features))

    def _action(self, raw_action: Tensor) -> Tensor:
        return raw_action

    def _log_prob(self, gaussian: Normal, raw_action: Tensor) -> Tensor:
        log_prob: Tensor = gaussian.log_prob(raw_action).sum(dim=-1)
        return log_prob

    def _entropy(self, gaussian: Normal) -> Tensor:
        entropy: Tensor = gaussian.entropy().sum(dim=-1)
        return entropy


class SquashedGaussianPolicy(GaussianPolicy):
    """Tanh-squashed Gaussian: samples go through tanh, so that actions fill (-1, 1)."""

    def _location(self, features: Tensor) -> Tensor:
        mean: Tensor = self.mean(features)
        return mean

    def _action(self, raw_action: Tensor) -> Tensor:
        return torch.tanh(raw_action)

    def _log_prob(self, gaussian: Normal, raw_action: Tensor) -> Tensor:
        return squashed_log_prob(gaussian, raw_action)

    def _entropy(self, gaussian: Normal) -> Tensor:
        """Entropy, estimated from one fresh sample, since it has no closed form.

        The estimate is minus the sample's log-probability; gradients flow through it.
        """
        return -squashed_log_prob(gaussian, gaussian.rsample())


def squashed_log_prob(gaussian: Normal, raw_action: Tensor) -> Tensor:
    """Log-density (n,) of tanh(``raw_action``), where ``raw_action`` (n, dims) is Gaussian.

    The Gaussian's log-density minus the log-determinant of tanh's Jacobian, log(1 - tanh(u)^2),
    written as 2 (log 2 - u - softplus(-2 u)), which stays exact where tanh saturates. Source:
    Haarnoja et al., "Soft Actor-Critic", 2018, appendix C.
    """
    log_jacobian = 2.0 * (math.log(2.0) - raw_action - nn.functional.softplus(-2.0 * raw_action))
    log_prob: Tensor = (gaussian.log_prob(raw_action) - log_jacobian).sum(dim=-1)
    return log_prob


PolicyHead = DiscretePolicy | GaussianPolicy


def build_policy_head(
    action_space: spaces.Space[object],
    n_features: int,
    hidden: Sequence[int],
    activation: str,
    gaussian: GaussianSettings,
) -> PolicyHead:
    """Policy head for an action space; ``gaussian`` is for continuous actions.

    Raises:
        ConfigError: for an action space that is neither Discrete nor a flat Box, or has other
            actions than a head gives: integers from 0, numbers from -1 to 1.
    """
    if isinstance(action_space, spaces.Discrete):
        return DiscretePolicy(n_features, hidden, discrete_size(action_space), activation)
    if isinstance(action_space, spaces.Box) and len(action_space.shape) == 1:
        if (action_space.low != -1).any() or (action_space.high != 1).any():
            raise ConfigError(
                f"env_id: continuous actions must be from -1 to 1, got {action_space}; wrap the "
                "environment in gymnasium's RescaleAction"
            )
        kind = SquashedGaussianPolicy if gaussian.squash_sample else GaussianPolicy
        return kind(n_features, hidden, action_space.shape[0], activation, gaussian)
    raise ConfigError(f"the action space must be Discrete or a flat Box, got {action_space}")


def discrete_size(space: spaces.Discrete) -> int:
    """Number of discrete actions; ConfigError unless they are counted from 0."""
    if space.start != 0:
        raise ConfigError(f"env_id: discrete actions must start at 0, got {space}")
    return int(space.n)
