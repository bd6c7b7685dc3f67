"""PixelLander-v0 and PixelObservation give the bytes of Gymnasium's own chain of wrappers."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers import (
    AddRenderObservation,
    FrameStackObservation,
    GrayscaleObservation,
    ResizeObservation,
)

from lander_envs.transforms.pixels import grayscale
from lander_envs.wrappers import PixelObservation

# Engines that burn for a while and rest for a while: particles are born, age and vanish.
ACTIONS = ([2] * 7 + [0] * 3 + [1] * 4 + [3] * 4 + [2, 0, 2]) * 4


def gymnasiums_pipeline(size: tuple[int, int]) -> gym.Env:
    env = gym.make("LunarLander-v3", render_mode="rgb_array")
    env = GrayscaleObservation(AddRenderObservation(env, render_only=True))
    return FrameStackObservation(ResizeObservation(env, size), 4)


@pytest.mark.parametrize("size", [(84, 84), (7, 13), (400, 600)])
def test_without_frame_skip_every_observation_is_gymnasiums(size) -> None:
    reference = gymnasiums_pipeline(size)
    ours = gym.make(
        "lander_envs/PixelLander-v0", obs_size=list(size), frame_skip=1, backend="box2d"
    )
    assert reference.reset(seed=2)[0].tobytes() == ours.reset(seed=2)[0].tobytes()
    for action in ACTIONS:
        expected, got = reference.step(action), ours.step(action)
        assert expected[0].tobytes() == got[0].tobytes()
        assert expected[1:4] == got[1:4]
        if expected[2]:
            break


def test_with_frame_skip_the_newest_frame_is_gymnasiums_fourth() -> None:
    reference = gymnasiums_pipeline((84, 84))
    ours = gym.make("lander_envs/PixelLander-v0", backend="box2d")
    first = reference.reset(seed=2)[0][-1]
    expected = [first] * 4
    assert ours.reset(seed=2)[0].tobytes() == np.stack(expected).tobytes()
    for action in ACTIONS[::4]:
        total = 0.0  # added one by one: sum() compensates its rounding from Python 3.12 on
        for _ in range(4):
            obs, reward, terminated, _, _ = reference.step(action)
            total += float(reward)
            if terminated:
                break
        expected = [*expected[1:], obs[-1]]
        got = ours.step(action)
        assert got[0].tobytes() == np.stack(expected).tobytes()
        assert got[1] == total
        if terminated:
            break


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_the_native_picture_without_flames_is_gymnasiums(seed) -> None:
    reference = gym.make("LunarLander-v3", render_mode="rgb_array")
    ours = gym.make("lander_envs/Lander-v0", render_mode="rgb_array")
    reference.reset(seed=seed)
    ours.reset(seed=seed)
    for _ in range(60):
        reference.step(0)
        ours.step(0)
        assert np.array_equal(reference.render(), ours.render())


@pytest.mark.parametrize("color", [False, True])
def test_the_wrapper_on_lunar_lander_is_gymnasiums_pipeline(color) -> None:
    rendered = AddRenderObservation(
        gym.make("LunarLander-v3", render_mode="rgb_array"), render_only=True
    )
    picture = rendered if color else GrayscaleObservation(rendered)
    reference = FrameStackObservation(ResizeObservation(picture, (84, 84)), 3)
    ours = PixelObservation(
        gym.make("LunarLander-v3", render_mode="rgb_array"), grayscale=not color, frame_stack=3
    )
    assert ours.observation_space.shape == ((9, 84, 84) if color else (3, 84, 84))
    expected, got = reference.reset(seed=4)[0], ours.reset(seed=4)[0]
    for action in ACTIONS[:40]:
        channels_first = np.moveaxis(expected, -1, 1).reshape(9, 84, 84) if color else expected
        assert got.tobytes() == channels_first.tobytes()
        expected, got = reference.step(action)[0], ours.step(action)[0]


def test_grayscale_equals_gymnasiums_for_every_colour() -> None:
    levels = np.arange(256, dtype=np.uint8)
    weights = np.array([0.2125, 0.7154, 0.0721])
    for red in range(256):
        frame = np.stack(np.broadcast_arrays(np.uint8(red), levels[:, None], levels), axis=-1)
        expected = np.sum(np.multiply(frame, weights), axis=-1).astype(np.uint8)
        assert np.array_equal(grayscale(frame), expected)
