"""Actor-critics: one step, stored transitions and policies agree."""

import numpy as np
import pytest
import torch
from gymnasium import spaces

from baselines.networks.actor_critic import ActorCriticPolicy, Inputs
from baselines.networks.build import NetworkConfig, build_actor_critic


@pytest.mark.parametrize("shape", [(3,), (4, 84, 84)])
@pytest.mark.parametrize("shared", [False, True])
def test_an_agent_says_the_same_whole_and_in_parts(shared, shape) -> None:
    torch.manual_seed(0)
    config = NetworkConfig(algorithm="ppo", hidden=(8,), share_encoder=shared)
    agent = build_actor_critic(config, spaces.Box(0, 255, shape, np.uint8), spaces.Discrete(4))
    obs = torch.randint(0, 256, (5, *shape), dtype=torch.uint8)
    if len(shape) == 1:
        obs = obs / 255
    state = agent.initial_state(5, "cpu")
    sample, value, _ = agent.step(obs, state)
    assert (value is None) == (not shared)  # a critic apart values whole rollouts later
    evaluation = agent.evaluate(Inputs(obs), sample.raw_action)
    assert torch.allclose(evaluation.log_prob, sample.log_prob)
    assert torch.allclose(agent.value(obs, state), evaluation.value)
    action, _ = agent.act(obs, state, sampled=False)
    assert torch.equal(action, agent.actor.greedy(agent.encoder(obs)))


def test_a_policy_gives_the_greedy_actions_as_an_array() -> None:
    config = NetworkConfig(algorithm="ppo", hidden=(8,))
    agent = build_actor_critic(config, spaces.Box(-1, 1, (3,)), spaces.Discrete(4))
    obs = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    actions = ActorCriticPolicy(agent, "cpu", sampled=False).act(obs)
    assert actions.tolist() == agent.actor.greedy(torch.as_tensor(obs)).tolist()


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("space", [spaces.Discrete(4), spaces.Box(-1, 1, (2,))], ids=type)
def test_a_decision_has_the_greedy_action_its_probabilities_and_the_value(space, shared) -> None:
    config = NetworkConfig(algorithm="ppo", hidden=(8,), share_encoder=shared)
    agent = build_actor_critic(config, spaces.Box(-1, 1, (3,)), space)
    obs = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    policy = ActorCriticPolicy(agent, "cpu", sampled=False)
    decision = policy.decide(obs)
    assert decision.actions.tolist() == policy.act(obs).tolist()
    value = agent.value(torch.as_tensor(obs), agent.initial_state(6, "cpu"))
    assert decision.values.tolist() == value.tolist()
    if isinstance(space, spaces.Box):
        assert decision.probabilities is None
    else:
        assert decision.probabilities.sum(axis=1) == pytest.approx(np.ones(6))
        assert decision.probabilities.argmax(axis=1).tolist() == decision.actions.tolist()


def test_a_policy_that_samples_makes_no_greedy_decision() -> None:
    config = NetworkConfig(algorithm="ppo", hidden=(8,))
    agent = build_actor_critic(config, spaces.Box(-1, 1, (3,)), spaces.Discrete(4))
    with pytest.raises(ValueError, match="sampled: a decision is greedy, got True"):
        ActorCriticPolicy(agent, "cpu", sampled=True).decide(np.zeros((1, 3), np.float32))
