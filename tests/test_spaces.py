"""Spaces and action checks of LunarLander-v3."""

import warnings

import gymnasium as gym
import numpy as np
import pygame
import pytest

from lander_envs import _native, spaces


def test_the_spaces_are_lunar_landers_to_the_sign_of_zero() -> None:
    reference = gym.make("LunarLander-v3")
    space = spaces.observation_space()
    assert space == reference.observation_space
    assert space.low.tobytes() == reference.observation_space.low.tobytes()
    assert space.shape == spaces.STATE_SHAPE
    assert spaces.action_space(continuous=False) == reference.action_space
    continuous = gym.make("LunarLander-v3", continuous=True)
    assert spaces.action_space(continuous=True) == continuous.action_space


def test_the_limits_are_those_of_lunar_landers_spec() -> None:
    spec = gym.spec("LunarLander-v3")
    assert spec.max_episode_steps == spaces.TIME_LIMIT == 1000
    assert spec.reward_threshold == spaces.REWARD_THRESHOLD == 200
    assert gym.make("LunarLander-v3").metadata["render_fps"] == spaces.FPS == 50


def test_the_pad_is_two_of_ten_world_units_wide_on_each_side() -> None:
    env = gym.make("LunarLander-v3").unwrapped
    env.reset(seed=0)
    # x is 0 in the middle of a screen 20 world units wide, whose half is the unit of X.
    assert (env.helipad_x2 - 10) / 10 == pytest.approx(spaces.PAD_HALF_WIDTH)
    assert (env.helipad_x1 - 10) / 10 == pytest.approx(-spaces.PAD_HALF_WIDTH)


@pytest.mark.parametrize("action", [3, np.int8(3), np.uint64(3), np.array(3)], ids=repr)
def test_a_discrete_action_of_any_integer_type_becomes_an_int(action) -> None:
    assert spaces.discrete_action(action) == 3
    assert type(spaces.discrete_action(action)) is int


@pytest.mark.parametrize("action", [-1, 4, 1.0, "1", None, [1]], ids=repr)
def test_a_bad_discrete_action_is_refused(action) -> None:
    with pytest.raises(ValueError, match=r"^action must be an integer from 0 to 3, got"):
        spaces.discrete_action(action)


def test_a_continuous_action_becomes_float64_and_is_not_clipped() -> None:
    values = spaces.continuous_action(np.array([7, 0.1], np.float32))
    assert values.dtype == np.float64
    assert values.tolist() == [7.0, float(np.float32(0.1))]


@pytest.mark.parametrize("action", [0, [0.0], [0.0, np.nan], [[0.0], [0.0, 1.0]], "ab"], ids=repr)
def test_a_bad_continuous_action_is_refused(action) -> None:
    with pytest.raises(ValueError, match=r"^action must be two real numbers"):
        spaces.continuous_action(action)


def test_shared_bounds_take_one_row_and_compare_equal() -> None:
    space = gym.vector.utils.batch_space(spaces.observation_space(), 5)
    whole = gym.vector.utils.batch_space(spaces.observation_space(), 5)
    spaces.share_bounds(space)
    assert space == whole
    assert space.low.strides == (0, 4)
    assert whole.low.strides == (32, 4)
    nested = gym.spaces.Dict({"state": whole})
    spaces.share_bounds(nested)
    assert nested["state"].high.strides == (0, 4)


def test_sizes_are_those_of_the_native_engine() -> None:
    assert (spaces.NUM_ACTIONS, spaces.STATE_SHAPE) == (
        _native.NUM_ACTIONS,
        (_native.OBSERVATION_SIZE,),
    )


def test_actions_are_named_in_their_order() -> None:
    assert spaces.action_meanings(False) == ["NOOP", "LEFT_ENGINE", "MAIN_ENGINE", "RIGHT_ENGINE"]
    assert spaces.action_meanings(True) == ["MAIN_ENGINE", "SIDE_ENGINES"]


@pytest.mark.parametrize("continuous", [False, True])
def test_keys_turn_the_lander_their_way_and_lift_it(continuous) -> None:
    keys = spaces.keys_to_action(continuous)
    assert set(keys) == {
        *((ord(letter),) for letter in "awd"),
        *((code,) for code in (pygame.K_LEFT, pygame.K_UP, pygame.K_RIGHT)),
    }
    reached = {}
    for (code,), action in keys.items():
        env = gym.make("lander_envs/Lander-v0", continuous=continuous)
        assert env.action_space.contains(action)
        env.reset(seed=0)
        reached[code] = [env.step(action)[0] for _ in range(10)][-1]
    for left, up, right in (map(ord, "awd"), (pygame.K_LEFT, pygame.K_UP, pygame.K_RIGHT)):
        angles = [reached[code][spaces.ANGLE] for code in (right, up, left)]
        assert angles == sorted(angles)  # anticlockwise is positive
        assert reached[up][spaces.VY] > max(reached[left][spaces.VY], reached[right][spaces.VY])


@pytest.mark.parametrize(("continuous", "key", "action"), [(False, "w", 2), (True, "w", [1, 0])])
def test_gymnasiums_play_flies_with_these_keys(continuous, key, action) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a plot's window, which it may not get
        from gymnasium.utils.play import PlayableGame
    env = gym.make("lander_envs/Lander-v0", render_mode="rgb_array", continuous=continuous)
    env.reset(seed=0)
    game = PlayableGame(env)
    game.process_event(pygame.event.Event(pygame.KEYDOWN, {"key": ord(key)}))
    pressed = env.unwrapped.get_keys_to_action()[tuple(game.pressed_keys)]
    assert np.array_equal(pressed, action)
    pygame.quit()
