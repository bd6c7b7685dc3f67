"""Observation scale: the mixture of policies, and that the package's constants come of it."""

import numpy as np
from gymnasium.spaces import Discrete

from baselines.studies.observation_scale import _NoisyHeuristic, measure
from lander_envs.scoring.policy import HeuristicPolicy, RandomPolicy
from lander_envs.spaces import X
from lander_envs.transforms import scale


def test_a_short_measurement_is_near_the_constants_of_the_package() -> None:
    mean, std = measure(steps=32_000, seed=1)
    numbers = slice(6)  # the flags of the legs are not scaled
    assert np.abs(mean - scale.STANDARD_MEAN)[numbers].max() < 0.05
    assert np.abs(std / scale.STANDARD_STD - 1)[numbers].max() < 0.05
    assert abs(mean[X]) < 0.1  # left and right are alike


def test_a_quarter_of_the_noisy_heuristics_actions_differ_from_the_heuristics() -> None:
    # One of 3 is random, of which one of 4 is the heuristic's: 1/3 * 3/4.
    noisy = _NoisyHeuristic(RandomPolicy(Discrete(4), seed=1), seed=1)
    obs = np.random.default_rng(0).normal(size=(10_000, 8)).astype(np.float32)
    differ = noisy.act(obs) != HeuristicPolicy(continuous=False).act(obs)
    assert abs(differ.mean() - 1 / 4) < 0.02  # more than four standard errors


def test_a_measurement_repeats_with_its_seed() -> None:
    first, again = (measure(steps=320, seed=2) for _ in range(2))
    assert np.array_equal(first, again)
