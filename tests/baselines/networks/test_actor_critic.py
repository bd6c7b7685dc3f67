"""Distributions over actions, against integrals and numbers worked by hand."""

import math

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch.distributions import Normal

from baselines.algorithms.ppo import PPOConfig, build_agent
from baselines.networks.actor_critic import (
    DiscretePolicy,
    GaussianPolicy,
    Spread,
    SquashedGaussianPolicy,
    squashed_logprob,
)
from baselines.runs.config import ConfigError


def test_the_squashed_density_has_the_log_determinant_correction() -> None:
    # At u = 0 tanh has slope 1: the density is the Gaussian's. At u = 1 the slope is 1 - tanh(1)^2.
    gaussian = Normal(torch.zeros(2, 1), torch.ones(2, 1))
    logprob = squashed_logprob(gaussian, torch.tensor([[0.0], [1.0]]))
    at_zero = -0.5 * math.log(2 * math.pi)
    at_one = at_zero - 0.5 - math.log(1 - math.tanh(1.0) ** 2)
    assert logprob.tolist() == pytest.approx([at_zero, at_one], abs=1e-6)


def test_the_squashed_density_integrates_to_one_over_the_actions() -> None:
    actions = torch.linspace(-1 + 1e-6, 1 - 1e-6, 200_001, dtype=torch.float64)
    raw = torch.atanh(actions)[:, None]
    gaussian = Normal(torch.full_like(raw, 0.3), torch.full_like(raw, 0.7))
    density = squashed_logprob(gaussian, raw).exp()
    assert torch.trapezoid(density, actions).item() == pytest.approx(1.0, abs=1e-4)


def test_the_squashed_density_stays_finite_where_tanh_saturates() -> None:
    gaussian = Normal(torch.zeros(1, 1), torch.ones(1, 1))
    assert torch.isfinite(squashed_logprob(gaussian, torch.tensor([[30.0]]))).all()


def test_dimensions_of_an_action_add_their_log_probabilities() -> None:
    gaussian = Normal(torch.zeros(1, 2), torch.ones(1, 2))
    both = squashed_logprob(gaussian, torch.tensor([[0.2, -0.4]]))
    one = Normal(torch.zeros(1, 1), torch.ones(1, 1))
    parts = [squashed_logprob(one, torch.tensor([[u]])) for u in (0.2, -0.4)]
    assert both.item() == pytest.approx(sum(part.item() for part in parts))


def test_a_choice_carries_the_log_probability_that_evaluate_gives() -> None:
    torch.manual_seed(0)
    obs = torch.randn(16, 8)
    for actor in (
        DiscretePolicy(8, [8], 4, "tanh"),
        SquashedGaussianPolicy(8, [8], 2, "relu", Spread()),
    ):
        choice = actor.sample(obs)
        logprob, entropy = actor.evaluate(obs, choice.raw)
        assert torch.allclose(choice.logprob, logprob)
        assert entropy.shape == (16,)
    assert torch.equal(choice.action, torch.tanh(choice.raw))
    assert choice.action.abs().max() <= 1


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
    spread = Spread(log_std=math.log(0.5), learned=False, squashed=False)
    actor = GaussianPolicy(1, [], 2, "tanh", spread)
    with torch.no_grad():
        actor.mean[0].weight.copy_(torch.tensor([[1.0], [-2.0]]))
    obs = torch.ones(1, 1)
    assert actor.greedy(obs)[0].tolist() == pytest.approx([math.tanh(1), -math.tanh(2)])
    choice = actor.sample(obs)
    assert torch.equal(choice.action, choice.raw)
    # Two deviations from the mean in one dimension, none in the other.
    raw = torch.tensor([[math.tanh(1) + 1.0, -math.tanh(2)]])
    logprob, entropy = actor.evaluate(obs, raw)
    peak = -math.log(0.5) - 0.5 * math.log(2 * math.pi)
    assert logprob.item() == pytest.approx(2 * peak - 2.0, abs=1e-5)
    assert entropy.item() == pytest.approx(1 - 2 * peak, abs=1e-5)  # 1/2 a dimension - peak
    assert not actor.log_std.requires_grad


@pytest.mark.parametrize("shape", [(3,), (4, 84, 84)])
@pytest.mark.parametrize("shared", [False, True])
def test_an_agent_says_the_same_whole_and_in_parts(shared, shape) -> None:
    torch.manual_seed(0)
    config = PPOConfig(hidden=(8,), share_encoder=shared)
    agent = build_agent(config, spaces.Box(0, 255, shape, np.uint8), spaces.Discrete(4))
    obs = torch.randint(0, 256, (5, *shape), dtype=torch.uint8)
    if len(shape) == 1:
        obs = obs / 255
    choice, value = agent.step(obs)
    evaluation = agent.evaluate(obs, choice.raw)
    assert torch.allclose(evaluation.logprob, choice.logprob)
    assert torch.allclose(evaluation.value, value)
    assert torch.allclose(agent.value(obs), value)
    assert torch.equal(agent.act(obs, sampled=False), agent.actor.greedy(agent.encoder(obs)))


@pytest.mark.parametrize(
    ("observation", "action"),
    [
        (spaces.Box(0, 255, (84, 84)), spaces.Discrete(4)),
        (spaces.Discrete(3), spaces.Discrete(4)),
        (spaces.Box(-1, 1, (8,)), spaces.MultiBinary(3)),
    ],
)
def test_spaces_that_no_network_here_serves_are_refused(observation, action) -> None:
    with pytest.raises(ConfigError, match="Box"):
        build_agent(PPOConfig(), observation, action)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"share_encoder": True, "critic_hidden": (8,)}, "critic_hidden: not with share_encoder"),
        ({"mixed_precision": True}, "mixed_precision: only with share_encoder"),
    ],
)
def test_settings_that_exclude_each_other_are_refused(settings, message) -> None:
    with pytest.raises(ConfigError, match=message):
        build_agent(PPOConfig(**settings), spaces.Box(-1, 1, (3,)), spaces.Discrete(4))
