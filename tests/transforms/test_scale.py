"""Fixed affine scalings."""

import math

import gymnasium as gym
import numpy as np
import pytest

from lander_envs.spaces import observation_space
from lander_envs.transforms.scale import SCALES, scale_observation, scaled_space, scaling

SPACE = observation_space()
OBS = np.array([0.5, 1.0, -2.0, -0.4, 0.1, 0.2, 1.0, 0.0], np.float32)


def test_si_multiplies_by_the_documented_factors() -> None:
    scaled = scale_observation(OBS, scaling("si", SPACE))
    assert scaled == pytest.approx([5.0, 6.666, -10.0, -3.0, 0.1, 0.5, 1.0, 0.0])


def test_unit_maps_the_bounds_to_one() -> None:
    scaled = scale_observation(OBS, scaling("unit", SPACE))
    by_hand = [0.2, 0.4, -0.2, -0.04, 0.1 / (2 * math.pi), 0.02, 1.0, -1.0]
    assert scaled == pytest.approx(by_hand)
    assert scaled_space(SPACE, scaling("unit", SPACE)).low.tolist() == [-1.0] * 8
    assert scaled_space(SPACE, scaling("unit", SPACE)).high.tolist() == [1.0] * 8


def test_standard_leaves_the_legs_and_the_mirror_symmetry_alone() -> None:
    offset, factor = scaling("standard", SPACE)
    assert offset[[0, 2, 4, 5, 6, 7]].tolist() == [0.0] * 6
    assert factor[6:].tolist() == [1.0, 1.0]
    # (1.0 - 0.582) / 0.570 = 0.7333
    assert scale_observation(OBS, (scaling("standard", SPACE)))[1] == pytest.approx(
        0.7333, abs=1e-4
    )


@pytest.mark.parametrize("scale", SCALES)
def test_the_scaled_space_holds_what_the_space_held(scale) -> None:
    space = scaled_space(SPACE, scaling(scale, SPACE))
    SPACE.seed(0)
    for _ in range(200):
        scaled = scale_observation(SPACE.sample(), scaling(scale, SPACE))
        assert scaled.dtype == np.float32
        assert space.contains(scaled)


def test_an_unknown_scale_and_infinite_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^scale must be one of .* 'unit', got 'z'"):
        scaling("z", SPACE)
    with pytest.raises(ValueError, match=r'^scale="unit" needs .* finite bounds'):
        scaling("unit", gym.spaces.Box(-np.inf, np.inf, (8,), np.float32))


@pytest.mark.parametrize("width", [0.0, 1e-39])
def test_unit_over_an_entry_of_one_value_is_refused_by_its_index(width) -> None:
    low, high = np.full(8, -1.0, np.float32), np.ones(8, np.float32)
    low[3], high[3] = 0.0, width
    with pytest.raises(ValueError, match=rf"differ in each entry, got 0 to {width:g} in entry 3$"):
        scaling("unit", gym.spaces.Box(low, high))
    assert scaling("si", gym.spaces.Box(low, high)).factor[3] == 7.5
