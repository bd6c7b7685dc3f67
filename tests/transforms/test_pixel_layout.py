"""Layouts of pixel observations."""

import gymnasium as gym
import numpy as np
import pytest

from lander_envs.transforms.pixel_layout import FLOAT_LEVELS, PixelLayout, pixel_layout

# Two channels of one row and three columns.
STACK = np.array([[[0, 51, 255]], [[1, 102, 204]]], np.uint8)


def test_the_default_is_a_copy_of_the_stacks() -> None:
    layout = pixel_layout(channels_last=False, dtype="uint8")
    assert layout.is_stacks
    observation = layout.arranged(STACK)
    assert observation.tolist() == STACK.tolist()
    assert not np.shares_memory(observation, STACK)
    assert layout.space((4, 84, 84)) == gym.spaces.Box(0, 255, (4, 84, 84), np.uint8)


def test_channels_last_puts_the_values_of_a_pixel_side_by_side() -> None:
    layout = PixelLayout(channels_last=True)
    observation = layout.arranged(STACK)
    assert observation.tolist() == [[[0, 1], [51, 102], [255, 204]]]
    assert observation.tobytes() == bytes([0, 1, 51, 102, 255, 204])
    assert layout.arranged(np.stack([STACK] * 5)).shape == (5, 1, 3, 2)
    assert layout.space((4, 60, 90)) == gym.spaces.Box(0, 255, (60, 90, 4), np.uint8)


def test_float32_is_the_level_divided_by_255() -> None:
    layout = PixelLayout(dtype="float32")
    fifth, two, four = np.float32([0.2, 0.4, 0.8])  # 51, 102 and 204 of 255
    expected = np.array([[[0, fifth, 1]], [[np.float32(1 / 255), two, four]]], np.float32)
    observation = layout.arranged(STACK)
    assert observation.dtype == np.float32
    assert observation.tobytes() == expected.tobytes()
    assert layout.space((4, 84, 84)) == gym.spaces.Box(0, 1, (4, 84, 84), np.float32)


def test_every_level_is_the_float32_nearest_to_its_quotient() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(1, 1, 256)
    divided = PixelLayout(dtype="float32").arranged(levels)
    assert divided.tobytes() == FLOAT_LEVELS.tobytes()
    # A quotient of float64 is so close that it rounds to the same float32.
    assert FLOAT_LEVELS.tolist() == [float(np.float32(level / 255)) for level in range(256)]


def test_both_together() -> None:
    layout = pixel_layout(channels_last=True, dtype="float32")
    assert layout.arranged(STACK)[0, 2].tolist() == [1.0, float(np.float32(0.8))]
    assert not layout.is_stacks


def test_observations_are_written_into_a_given_array() -> None:
    for layout in (PixelLayout(), PixelLayout(channels_last=True), PixelLayout(dtype="float32")):
        expected = layout.arranged(STACK)
        given = np.full_like(expected, 7)
        layout.write(STACK, given)
        assert given.tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    ("channels_last", "dtype", "told"),
    [
        (1, "uint8", "channels_last must be True or False, got 1"),
        (True, "float64", "dtype must be one of 'uint8', 'float32', got 'float64'"),
        (True, np.float32, "dtype must be one of 'uint8', 'float32', got <class"),
    ],
)
def test_another_layout_is_refused(channels_last, dtype, told) -> None:
    with pytest.raises(ValueError, match=f"^{told}"):
        pixel_layout(channels_last, dtype)
