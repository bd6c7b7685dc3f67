"""Variants: static settings, equal for equal arguments."""

import gymnasium as gym
import numpy as np
import pytest

from lander_envs.jax import variants


def test_equal_arguments_give_equal_settings_which_share_compiled_calls() -> None:
    assert variants.normalized("si") == variants.normalized("si")
    assert hash(variants.normalized("si")) == hash(variants.normalized("si"))
    assert variants.normalized("si") != variants.normalized("unit")


def test_hidden_entries_are_bits() -> None:
    assert variants.masked_velocity().attributes()["hidden"] == 0b101100
    assert variants.masked_velocity(angular=False).attributes()["hidden"] == 0b1100
    assert variants.lander().attributes()["hidden"] == 0


def test_shaping_is_five_numbers_or_none() -> None:
    shaped = variants.shaped(1.0, 2.0, 3.0, False, 0.5).attributes()["shaping"]
    assert shaped.tolist() == [1.0, 2.0, 3.0, 0.0, 0.5]
    assert variants.lander().attributes()["shaping"].size == 0


def test_pixels_have_a_size_a_depth_and_a_skip() -> None:
    pixel = variants.pixel(obs_size=[30, 40], grayscale=False, frame_stack=2, frame_skip=3)
    assert pixel.picture_bytes == 3 * 30 * 40
    attributes = pixel.attributes()
    given = [attributes[name] for name in ("rows", "columns", "frame_stack", "frame_skip")]
    assert given == [30, 40, 2, 3]
    assert not attributes["grayscale"]
    assert pixel.space.shape == (6, 30, 40)
    assert np.prod(variants.lander().space.shape) == 8


def test_a_layout_changes_the_space_and_not_the_state() -> None:
    default, other = variants.pixel(), variants.pixel(channels_last=True, dtype="float32")
    assert other.space == gym.spaces.Box(0, 1, (84, 84, 4), np.float32)
    assert other.state_shapes == default.state_shapes


@pytest.mark.parametrize(
    ("build", "arguments", "told"),
    [
        (variants.masked_velocity, {"angular": 1}, "angular must be True or False, got 1"),
        (variants.normalized, {"scale": "x"}, "scale must be one of"),
        (variants.shaped, {"gamma": 1.5}, "gamma must be between 0 and 1"),
        (variants.pixel, {"obs_size": 1000}, r"obs_size must be at most \[400, 600\] in JAX"),
        (variants.pixel, {"frame_skip": 0}, "frame_skip must be an integer from 1"),
        (variants.pixel, {"obs": "x"}, "obs must be one of"),
        (variants.pixel, {"dtype": "float16"}, "dtype must be one of 'uint8', 'float32'"),
    ],
)
def test_an_argument_outside_its_range_is_refused(build, arguments, told) -> None:
    with pytest.raises(ValueError, match=f"^{told}"):
        build(**arguments)
