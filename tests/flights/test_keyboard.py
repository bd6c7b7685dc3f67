"""Actions from keys, by Gymnasium's conventions."""

import gymnasium as gym
import pytest

from lander_envs.flights.keyboard import Keyboard

LEFT, UP, RIGHT = ord("a"), ord("w"), ord("d")


def keyboard(continuous: bool, base_steps: int = 1) -> Keyboard:
    env = gym.make("lander_envs/Lander-v0", continuous=continuous)
    return Keyboard(env.unwrapped.get_keys_to_action(), base_steps)


def test_the_key_that_was_pressed_last_gives_the_action() -> None:
    keys = keyboard(continuous=False)
    assert keys.action() == 0
    assert keys.press(LEFT)
    assert keys.action() == 1
    assert keys.press(UP)
    assert keys.action() == 2
    keys.release(UP)
    assert keys.action() == 1
    keys.release(LEFT)
    assert keys.action() == 0


def test_a_key_without_an_action_flies_nothing() -> None:
    keys = keyboard(continuous=False)
    assert not keys.press(ord("x"))
    keys.release(ord("x"))
    assert keys.action() == 0


def test_a_held_key_opens_its_throttle_by_and_by_and_keys_add_up() -> None:
    keys = keyboard(continuous=True)
    keys.press(UP)
    assert keys.action().tolist() == pytest.approx([0.1, 0])
    keys.press(LEFT)
    assert keys.action().tolist() == pytest.approx([0.2, -0.1])
    for _ in range(10):
        keys.action()
    assert keys.action().tolist() == pytest.approx([1, -1])
    keys.release(UP)
    keys.press(RIGHT)  # both sides: none
    assert keys.action().tolist() == pytest.approx([0.9, -0.9])


def test_a_decision_of_four_base_steps_moves_a_throttle_four_times_as_far() -> None:
    keys = keyboard(continuous=True, base_steps=4)
    keys.press(RIGHT)
    assert keys.action().tolist() == pytest.approx([0, 0.4])
