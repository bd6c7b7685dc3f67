"""What the base env adds to LunarLander-v3: endings in the info, pickling, windows."""

import copy
import pickle

import gymnasium as gym
import pygame
import pytest
from gymnasium.envs.box2d.lunar_lander import heuristic

# Seed, policy, and how the episode ends; found by playing, then written down.
ENDINGS = [
    (0, lambda env, obs: heuristic(env, obs), 100, {"outcome": "landed", "on_pad": True}),
    (0, lambda env, obs: 0, -100, {"outcome": "crashed", "on_pad": False}),
    (
        0,
        lambda env, obs: 2,
        -100,
        {"outcome": "out_of_bounds", "on_pad": False},
    ),
]


@pytest.mark.parametrize(("seed", "policy", "reward", "info"), ENDINGS)
def test_only_the_terminating_step_tells_how_the_episode_ended(seed, policy, reward, info) -> None:
    env = gym.make("lander_envs/Lander-v0")
    obs, reset_info = env.reset(seed=seed)
    assert reset_info == {}
    terminated = False
    while not terminated:
        obs, got_reward, terminated, _, got_info = env.step(policy(env, obs))
        assert terminated or got_info == {}
    assert (got_reward, got_info) == (reward, info)


def test_a_time_limit_is_no_outcome_of_a_single_env() -> None:
    env = gym.make("lander_envs/Lander-v0", max_episode_steps=5)
    env.reset(seed=0)
    steps = [env.step(0) for _ in range(5)]
    assert [step[3] for step in steps] == [False] * 4 + [True]
    assert steps[-1][4] == {}


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_copying_a_running_box2d_env_warns_that_its_episode_is_lost(duplicate) -> None:
    env = gym.make("lander_envs/PixelLander-v0", gravity=-5.0, backend="box2d").unwrapped
    env.reset(seed=1)
    with pytest.warns(UserWarning, match="Box2D world cannot be copied"):
        again = duplicate(env)
    with pytest.raises(gym.error.ResetNeeded):
        again.step(0)
    assert again.reset(seed=2)[0].tobytes() == env.reset(seed=2)[0].tobytes()


def test_render_without_a_mode_warns_and_returns_nothing() -> None:
    env = gym.make("lander_envs/Lander-v0").unwrapped
    env.reset(seed=0)
    with pytest.warns(UserWarning, match="render_mode"):
        assert env.render() is None


def test_a_window_shows_what_rgb_array_returns() -> None:
    shown = gym.make("lander_envs/Lander-v0", render_mode="human")
    drawn = gym.make("lander_envs/Lander-v0", render_mode="rgb_array")
    shown.reset(seed=3)
    drawn.reset(seed=3)
    for _ in range(3):
        shown.step(2)
        drawn.step(2)
        window = pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)
        assert (window == drawn.render()).all()
    shown.close()
    assert not pygame.display.get_init()
