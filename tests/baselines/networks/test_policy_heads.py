"""Policy heads, against integrals and numbers worked by hand."""

import math

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch.distributions import Normal

from baselines.networks.policy_heads import (
    DiscretePolicy,
    GaussianPolicy,
    GaussianSettings,
    SquashedGaussianPolicy,
    build_policy_head,
    squashed_log_prob,
)
from baselines.optim.flat_adam import NonFiniteError
from baselines.runs.config import ConfigError


def test_the_squashed_density_has_the_log_determinant_correction() -> None:
    # At u = 0 tanh has slope 1: the density is the Gaussian's. At u = 1 the slope is 1 - tanh(1)^2.
    gaussian = Normal(torch.zeros(2, 1), torch.ones(2, 1))
    log_prob = squashed_log_prob(gaussian, torch.tensor([[0.0], [1.0]]))
    at_zero = -0.5 * math.log(2 * math.pi)
    at_one = at_zero - 0.5 - math.log(1 - math.tanh(1.0) ** 2)
    assert log_prob.tolist() == pytest.approx([at_zero, at_one], abs=1e-6)


def test_the_squashed_density_integrates_to_one_over_the_actions() -> None:
    actions = torch.linspace(-1 + 1e-6, 1 - 1e-6, 200_001, dtype=torch.float64)
    raw = torch.atanh(actions)[:, None]
    gaussian = Normal(torch.full_like(raw, 0.3), torch.full_like(raw, 0.7))
    density = squashed_log_prob(gaussian, raw).exp()
    assert torch.trapezoid(density, actions).item() == pytest.approx(1.0, abs=1e-4)


def test_the_squashed_density_stays_finite_where_tanh_saturates() -> None:
    gaussian = Normal(torch.zeros(1, 1), torch.ones(1, 1))
    assert torch.isfinite(squashed_log_prob(gaussian, torch.tensor([[30.0]]))).all()


def test_dimensions_of_an_action_add_their_log_probabilities() -> None:
    gaussian = Normal(torch.zeros(1, 2), torch.ones(1, 2))
    both = squashed_log_prob(gaussian, torch.tensor([[0.2, -0.4]]))
    one = Normal(torch.zeros(1, 1), torch.ones(1, 1))
    parts = [squashed_log_prob(one, torch.tensor([[u]])) for u in (0.2, -0.4)]
    assert both.item() == pytest.approx(sum(part.item() for part in parts))


def test_a_sample_carries_the_log_probability_that_evaluate_gives() -> None:
    torch.manual_seed(0)
    obs = torch.randn(16, 8)
    for actor in (
        DiscretePolicy(8, [8], 4, "tanh"),
        SquashedGaussianPolicy(8, [8], 2, "relu", GaussianSettings()),
    ):
        sample = actor.sample(obs)
        log_prob, entropy = actor.evaluate(obs, sample.raw_action)
        assert torch.allclose(sample.log_prob, log_prob)
        assert entropy.shape == (16,)
    assert torch.equal(sample.action, torch.tanh(sample.raw_action))
    assert sample.action.abs().max() <= 1


def test_the_greedy_action_is_the_most_probable_one() -> None:
    actor = DiscretePolicy(2, [], 3, "tanh")
    with torch.no_grad():
        actor.logits[0].weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]))
    obs = torch.tensor([[2.0, 1.0], [0.0, 3.0], [-1.0, -2.0]])
    assert actor.greedy(obs).tolist() == [0, 1, 2]


def test_a_fresh_policy_is_nearly_uniform() -> None:
    torch.manual_seed(0)
    actor = DiscretePolicy(8, [64, 64], 4, "tanh")
    _, entropy = actor.evaluate(torch.randn(100, 8), torch.zeros(100, dtype=torch.int64))
    assert entropy.min().item() > 0.999 * math.log(4)


def test_a_gaussian_with_a_squashed_mean_sends_its_samples_as_they_are() -> None:
    settings = GaussianSettings(log_std=math.log(0.5), learned=False, squash_sample=False)
    actor = GaussianPolicy(1, [], 2, "tanh", settings)
    with torch.no_grad():
        actor.mean[0].weight.copy_(torch.tensor([[1.0], [-2.0]]))
    obs = torch.ones(1, 1)
    assert actor.greedy(obs)[0].tolist() == pytest.approx([math.tanh(1), -math.tanh(2)])
    sample = actor.sample(obs)
    assert torch.equal(sample.action, sample.raw_action)
    # Two deviations from the mean in one dimension, none in the other.
    raw = torch.tensor([[math.tanh(1) + 1.0, -math.tanh(2)]])
    log_prob, entropy = actor.evaluate(obs, raw)
    peak = -math.log(0.5) - 0.5 * math.log(2 * math.pi)
    assert log_prob.item() == pytest.approx(2 * peak - 2.0, abs=1e-5)
    assert entropy.item() == pytest.approx(1 - 2 * peak, abs=1e-5)  # 1/2 a dimension - peak
    assert not actor.log_std.requires_grad


def test_logits_that_are_not_finite_are_no_distribution() -> None:
    actor = DiscretePolicy(1, [], 3, "tanh")
    with torch.no_grad():
        actor.logits[0].weight.fill_(3.4e38)
    with pytest.raises(NonFiniteError, match="no action can be drawn"):
        actor.sample(torch.full((2, 1), 2.0))


def test_an_action_space_that_no_head_serves_is_refused() -> None:
    with pytest.raises(ConfigError, match="Discrete or a flat Box, got MultiBinary"):
        build_policy_head(spaces.MultiBinary(3), 8, (4,), "tanh", GaussianSettings())


@pytest.mark.parametrize(
    ("space", "message"),
    [
        (spaces.Box(-2, 2, (1,)), r"must be from -1 to 1, got Box\(-2.0, 2.0"),
        (spaces.Box(np.float32([-1, 0]), np.float32([1, 1])), "must be from -1 to 1, got Box"),
        (spaces.Discrete(3, start=1), r"must start at 0, got Discrete\(3, start=1\)"),
    ],
)
def test_actions_that_a_head_does_not_give_are_refused(space, message) -> None:
    """They would be out of the environment's range, or never reach its ends."""
    with pytest.raises(ConfigError, match=message):
        build_policy_head(space, 8, (4,), "tanh", GaussianSettings())
