"""Grayscale, resizing, frame stacks, and the states of pixel environments."""

import re
import subprocess
import sys

import numpy as np
import pytest

from lander_envs.transforms.pixels import (
    STACK_PARTS,
    FrameStack,
    PictureSize,
    check_obs,
    grayscale,
    observed,
    observed_space,
    reduce_frame,
    stack_from,
    stack_parts,
)


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


def test_grey_levels_are_luminance_truncated() -> None:
    # 0.2125 * 100 = 21.25, 0.7154 * 100 = 71.54, 0.0721 * 100 = 7.21.
    frame = np.array([[[100, 0, 0], [0, 100, 0], [0, 0, 100]]], np.uint8)
    assert grayscale(frame).tolist() == [[21, 71, 7]]


def test_resizing_averages_areas() -> None:
    frame = np.zeros((2, 4, 3), np.uint8)
    frame[:, :2, 0] = [[10, 20], [30, 40]]
    small = reduce_frame(frame, PictureSize(1, 2, grayscale=False))
    assert small.shape == (3, 1, 2)
    assert small[0].tolist() == [[25, 0]]  # (10 + 20 + 30 + 40) / 4
    assert not small[1:].any()


def test_a_picture_fits_the_screen_up_to_400_by_600() -> None:
    assert PictureSize(400, 600, grayscale=True).fits_the_screen
    assert not PictureSize(401, 600, grayscale=True).fits_the_screen
    assert not PictureSize(400, 601, grayscale=True).fits_the_screen
    assert PictureSize(60, 90, grayscale=False).shape == (3, 60, 90)


@pytest.mark.parametrize("frame_stack", [0, 65, True])
def test_a_stack_has_1_to_64_frames(frame_stack) -> None:
    with pytest.raises(ValueError, match=r"^frame_stack must be an integer from 1 to 64"):
        FrameStack(2, True, frame_stack)


def test_an_observation_of_both_is_a_dict_of_pixels_and_state() -> None:
    pixels, state = np.zeros((4, 2, 2), np.uint8), np.zeros(8, np.float32)
    space = FrameStack(2, True, 4).space
    assert observed(pixels, state, "pixels") is pixels
    assert observed_space(space, "pixels") is space
    both = observed(pixels, state, "both")
    assert list(both) == ["pixels", "state"]
    assert observed_space(space, "both").contains(both)
    with pytest.raises(ValueError, match=r"^obs must be one of 'pixels', 'both', got 'state'"):
        check_obs("state")


def test_a_stack_is_read_from_the_parts_that_it_wrote() -> None:
    frames = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    shape = (2, 1, 2, 2)
    parts = stack_parts(frames, shape, 258)
    numbers = b"\2\0\0\0\1\0\0\0\2\0\0\0\2\0\0\0"
    assert parts == {"frames": bytes(range(8)), "shape": numbers, "steps": b"\x02\x01\0\0"}
    assert tuple(parts) == STACK_PARTS
    again, steps = stack_from(parts, shape)
    assert (again.tolist(), steps) == (frames.tolist(), 258)
    with pytest.raises(ValueError, match=r"^state must hold 8 bytes of frames, got 7"):
        stack_from({**parts, "frames": bytes(7)}, shape)
    with pytest.raises(ValueError, match=r"^state: base steps must be .* got 4294967295"):
        stack_from({**parts, "steps": b"\xff" * 4}, shape)


@pytest.mark.parametrize("shape", [(3, 1, 2, 2), (2, 1, 1, 4), (1, 2, 2, 2), (2, 1, 4, 1)])
def test_a_stack_of_another_shape_is_refused_even_with_as_many_bytes(shape) -> None:
    parts = stack_parts(np.zeros((2, 2, 2), np.uint8), (2, 1, 2, 2), 0)
    told = re.escape(
        f"a stack of shape {shape} (frames, channels, height, width), got (2, 1, 2, 2)"
    )
    with pytest.raises(ValueError, match=told):
        stack_from(parts, shape)


WITHOUT_OPENCV = """
import sys
sys.modules["cv2"] = None  # what an OpenCV without its shared libraries is
import gymnasium as gym
import lander_envs
from lander_envs.wrappers import MaskVelocity, PixelObservation
from lander_envs.wrappers import vector
for env_id in lander_envs.REGISTERED_IDS:
    gym.make(env_id).reset(seed=0)
    gym.make_vec(env_id, num_envs=2).reset(seed=0)
    MaskVelocity(gym.make("lander_envs/Lander-v0", backend="box2d")).reset(seed=0)
try:
    PixelObservation(gym.make("lander_envs/Lander-v0", render_mode="rgb_array")).reset(seed=0)
except gym.error.DependencyNotInstalled as error:
    print(error)
"""


def test_only_reducing_a_frame_needs_opencv() -> None:
    command = [sys.executable, "-c", WITHOUT_OPENCV]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.startswith("reducing a frame needs OpenCV: try `pip install"), done.stderr
