"""Observation scale: the mixture of policies, and that the package's constants come of it."""

import numpy as np

from baselines.studies.observation_scale import measure
from lander_envs.spaces import X
from lander_envs.transforms import scale


def test_a_short_measurement_is_near_the_constants_of_the_package() -> None:
    mean, std = measure(steps=8_000, seed=1)
    numbers = slice(6)  # the flags of the legs are not scaled
    assert np.abs(mean - scale.STANDARD_MEAN)[numbers].max() < 0.15
    assert np.abs(std / scale.STANDARD_STD - 1)[numbers].max() < 0.3
    assert abs(mean[X]) < 0.1  # left and right are alike


def test_a_measurement_repeats_with_its_seed() -> None:
    first, again = (measure(steps=320, seed=2) for _ in range(2))
    assert np.array_equal(first, again)
