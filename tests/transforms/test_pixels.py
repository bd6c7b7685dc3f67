"""The stack of frames."""

import numpy as np

from lander_envs.transforms.pixels import FrameStack


def level(value: int) -> np.ndarray:
    return np.full((400, 600, 3), value, np.uint8)


def test_the_stack_is_padded_with_the_first_frame_and_the_oldest_comes_first() -> None:
    stack = FrameStack(2, True, 3)
    # Grey levels that float64 rounding leaves whole: 0.2125 v + 0.7154 v + 0.0721 v.
    assert stack.start(level(0))[:, 0, 0].tolist() == [0, 0, 0]
    first = stack.push(level(200))[:, 0, 0].tolist()
    second = stack.push(level(100))[:, 0, 0].tolist()
    assert first[:2] == [0, 0]
    assert second[0] == 0
    assert second[1] == first[2] == int(200 * 0.2125 + 200 * 0.7154 + 200 * 0.0721)


def test_a_new_episode_forgets_the_old_frames() -> None:
    stack = FrameStack(2, True, 3)
    stack.start(level(0))
    stack.push(level(255))
    assert not stack.start(level(0)).any()


def test_colours_are_three_channels_a_frame() -> None:
    stack = FrameStack([1, 2], False, 2)
    red = level(0)
    red[..., 0] = 90
    stack.start(level(0))
    assert stack.push(red)[:, 0, 0].tolist() == [0, 0, 0, 90, 0, 0]


def test_an_observation_is_the_callers_own() -> None:
    stack = FrameStack(2, True, 2)
    obs = stack.start(level(0))
    obs[:] = 7
    assert not stack.push(level(0)).any()
