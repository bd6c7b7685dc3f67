"""Policies: random actions repeat with their seed, the heuristic is Gymnasium's."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.box2d.lunar_lander import heuristic

from lander_envs.scoring.policy import HeuristicPolicy, RandomPolicy

OBS = np.zeros((1000, 8), np.float32)


def test_random_actions_repeat_with_the_seed_and_cover_a_discrete_space() -> None:
    first, same, other = (RandomPolicy(gym.spaces.Discrete(4), seed).act(OBS) for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)
    assert set(first) == {0, 1, 2, 3}


def test_a_reseeded_policy_draws_the_seeds_actions_and_other_numbers_than_its_environment() -> None:
    space = gym.spaces.Box(0, 1, (1,), np.float64)
    policy = RandomPolicy(space, 0)
    policy.reseed(7)
    actions = policy.act(OBS)
    policy.reseed(7)
    assert np.array_equal(policy.act(OBS), actions)
    assert not np.array_equal(actions, RandomPolicy(space, 0).act(OBS))
    assert not np.isin(actions, gym.utils.seeding.np_random(7)[0].random(1000)).any()


def test_random_actions_of_a_box_are_uniform_between_its_bounds() -> None:
    actions = RandomPolicy(gym.spaces.Box(-1, 3, (2,), np.float32), 0).act(OBS)
    assert actions.shape == (1000, 2)
    assert -1 <= actions.min() < -0.9
    assert 2.9 < actions.max() <= 3
    assert abs(actions.mean() - 1) < 0.1


@pytest.mark.parametrize("continuous", [False, True])
def test_the_heuristic_is_gymnasiums(continuous) -> None:
    env = gym.make("LunarLander-v3", continuous=continuous)
    policy = HeuristicPolicy(continuous)
    obs, _ = env.reset(seed=0)
    for _ in range(400):
        expected = heuristic(env, obs)
        got = policy.act(obs[None])[0]
        assert np.allclose(got, expected, atol=1e-6)
        obs, _, terminated, _, _ = env.step(expected)
        if terminated:
            return
    pytest.fail("the heuristic lands within 400 steps")


def test_a_policy_without_a_network_decides_without_outputs() -> None:
    obs = np.zeros((3, 8), np.float32)
    policy = HeuristicPolicy(continuous=False)
    actions, *outputs = policy.decide(obs)
    assert actions.tolist() == policy.act(obs).tolist()
    assert outputs == [None, None, None]
