"""Health of PPO: bands, and a warning each time that a metric leaves its own."""

import math

import numpy as np
import pytest
from gymnasium import spaces

from baselines.algorithms.health import HealthMonitor, bands

DISCRETE = spaces.Discrete(4)
HEALTHY = {"approx_kl": 0.01, "clip_fraction": 0.1, "entropy": 1.0, "explained_variance": 0.9}


def warnings(updates, space=DISCRETE, share_done=0.5):
    """Number of the update and first words of each warning."""
    monitor = HealthMonitor(space)
    found = []
    for number, changed in enumerate(updates):
        told = monitor.check({**HEALTHY, **changed}, share_done)
        found += [(number, sentence.split(" over the last")[0]) for sentence in told]
    return found


def test_the_least_entropy_is_a_twentieth_of_that_of_uniform_actions() -> None:
    (band,) = (band for band in bands(DISCRETE) if band.metric == "entropy")
    assert band.low == pytest.approx(math.log(4) / 20)
    continuous = bands(spaces.Box(-1, 1, (2,), np.float32))
    assert "entropy" not in {band.metric for band in continuous}


def test_a_healthy_run_is_told_nothing() -> None:
    assert warnings([{}] * 30) == []


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("approx_kl", 0.03),
        ("clip_fraction", 0.4),
        ("entropy", 0.05),
        ("explained_variance", -0.5),
    ],
)
def test_each_metric_warns_once_ten_updates_are_outside_on_average(metric, value) -> None:
    assert warnings([{metric: value}] * 30) == [(9, f"warning: {metric} {value:.3g}")]


def test_one_spike_does_not_warn_but_a_mean_over_the_limit_does() -> None:
    # Nine updates of 0.01 and one of 0.1 have a mean of 0.019; of 0.12, of 0.021.
    assert warnings([*[{}] * 9, {"approx_kl": 0.1}]) == []
    assert warnings([*[{}] * 9, {"approx_kl": 0.12}]) == [(9, "warning: approx_kl 0.021")]


def test_a_metric_that_comes_back_and_leaves_again_warns_again() -> None:
    outside, inside = [{"clip_fraction": 0.5}] * 10, [{}] * 10
    numbers = [number for number, _ in warnings([*outside, *inside, *outside])]
    # Mean of five of 0.5 and five of 0.1: 0.3, still inside; the sixth brings it over.
    assert numbers == [9, 25]


def test_a_critic_may_explain_nothing_in_the_first_tenth_of_a_run() -> None:
    poor = [{"explained_variance": -1.0}] * 20
    assert warnings(poor, share_done=0.09) == []
    assert warnings(poor, share_done=0.1) == [(9, "warning: explained_variance -1")]


def test_a_warning_says_limit_and_remedy() -> None:
    monitor = HealthMonitor(DISCRETE)
    told = [monitor.check({**HEALTHY, "approx_kl": 0.05}, 0.5) for _ in range(10)]
    assert told[-1] == [
        "warning: approx_kl 0.05 over the last 10 updates, over 0.02: the policy changes too fast; "
        "lower learning_rate or update_epochs"
    ]
