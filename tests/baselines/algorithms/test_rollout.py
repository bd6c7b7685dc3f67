"""Rollouts and advantages against numbers worked by hand."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

from baselines.algorithms import rollout as rollouts
from baselines.algorithms.ppo import PPOConfig, build_agent
from baselines.algorithms.rollout import Collector, Rollout, advantages


def rollout_of(rewards, terminated, truncated, is_reset=None) -> Rollout:
    """One environment's steps; observation t is t, its value t + 1."""
    steps = len(rewards)
    flags = [torch.tensor(f, dtype=torch.bool)[:, None] for f in (terminated, truncated)]
    return Rollout(
        obs=torch.arange(steps + 1.0)[:, None, None],
        states=torch.zeros(steps + 1, 1, 0),
        values=torch.arange(1.0, steps + 2.0)[:, None],
        raw_actions=torch.zeros(steps, 1, dtype=torch.int64),
        logprobs=torch.zeros(steps, 1),
        rewards=torch.tensor(rewards, dtype=torch.float32)[:, None],
        terminated=flags[0],
        truncated=flags[1],
        is_reset=torch.tensor(is_reset or [False] * steps)[:, None],
    )


def test_advantages_discount_later_errors_by_gamma_lambda() -> None:
    rollout = rollout_of([1.0, 1.0, 1.0], [False] * 3, [False] * 3)
    # With gamma 0.5: deltas 1 + 1 - 1 = 1, 1 + 1.5 - 2 = 0.5, 1 + 2 - 3 = 0; gamma lambda 0.25.
    result = advantages(rollout, gamma=0.5, gae_lambda=0.5)
    assert result[:, 0].tolist() == [1.0 + 0.25 * 0.5, 0.5, 0.0]


def test_a_terminated_step_bootstraps_from_zero() -> None:
    rollout = rollout_of([1.0, 1.0, 1.0], [False, True, False], [False] * 3)
    result = advantages(rollout, gamma=0.5, gae_lambda=0.5)
    # Step 1: 1 + 0 - 2 = -1, with no trace from step 2; step 0: 1 + 0.25 * -1.
    assert result[:, 0].tolist() == [0.75, -1.0, 0.0]


def test_a_truncated_step_bootstraps_from_its_last_observations_value() -> None:
    rollout = rollout_of([1.0, 1.0, 1.0], [False] * 3, [False, True, False])
    result = advantages(rollout, gamma=0.5, gae_lambda=0.5)
    # Step 1: 1 + 0.5 * 3 - 2 = 0.5, and still no trace from step 2.
    assert result[:, 0].tolist() == [1.0 + 0.25 * 0.5, 0.5, 0.0]


def test_the_collector_marks_the_steps_that_only_reset() -> None:
    envs = gym.vector.SyncVectorEnv([Steps, Steps])
    agent = build_agent(
        PPOConfig(hidden=(4,)), envs.single_observation_space, envs.single_action_space
    )
    rollout = Rollout.empty(6, envs, "cpu")
    collector = Collector.start(envs, seed=0)
    collector.collect(agent, rollout, reward_scale=0.5)
    # Two-step episodes: step, step (terminated), reset, step, step (terminated), reset.
    assert rollout.is_reset[:, 0].tolist() == [False, False, True, False, False, True]
    assert rollout.terminated[:, 0].tolist() == [False, True, False, False, True, False]
    assert rollout.obs[:, 0, 0].tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert rollout.rewards[:, 0].tolist() == [0.5, 1.0, 0.0, 0.5, 1.0, 0.0]
    assert collector.episode_start.tolist() == [True, True]
    assert collector.returns.take_finished() == [3.0] * 4
    assert collector.returns.take_finished() == []


@pytest.mark.parametrize("share_encoder", [False, True])
def test_the_collector_values_every_observation_as_the_critic_does(
    monkeypatch, share_encoder
) -> None:
    # Three rows of two environments at once: the seven rows make two full parts and a rest.
    monkeypatch.setattr(rollouts, "_VALUED_AT_ONCE", 6)
    envs = gym.vector.SyncVectorEnv([Steps, Steps])
    agent = build_agent(
        PPOConfig(hidden=(4,), share_encoder=share_encoder),
        envs.single_observation_space,
        envs.single_action_space,
    )
    rollout = Rollout.empty(6, envs, "cpu")
    Collector.start(envs, seed=0).collect(agent, rollout)
    assert torch.allclose(rollout.values, agent.value(rollout.obs), atol=1e-6)
    assert len(set(rollout.values[:3, 0].tolist())) == 3


class Steps(gym.Env):
    """Two-step episodes that reward the step's number; the observation is that number."""

    observation_space = spaces.Box(0, 2, (1,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.number = 0
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.number += 1
        return np.full(1, self.number, np.float32), float(self.number), self.number == 2, False, {}


def test_the_reward_is_floored_before_it_is_scaled_and_logged_raw() -> None:
    envs = gym.vector.SyncVectorEnv([Steps])
    agent = build_agent(
        PPOConfig(hidden=(4,)), envs.single_observation_space, envs.single_action_space
    )
    rollout, collector = Rollout.empty(2, envs, "cpu"), Collector.start(envs, seed=0)
    collector.collect(agent, rollout, reward_scale=0.5, reward_floor=1.5)
    assert rollout.rewards[:, 0].tolist() == [0.75, 1.0]  # of 1 and 2
    assert collector.returns.take_finished() == [3.0]
