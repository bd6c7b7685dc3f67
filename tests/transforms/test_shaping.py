"""Reward shaping, against numbers worked by hand."""

import numpy as np
import pytest

from lander_envs.transforms.shaping import (
    BatchShaping,
    potential,
    potential_from,
    shaping_reward,
    shaping_weights,
)

WEIGHTS = shaping_weights(10.0, 20.0, 5.0, True, 0.9)
#                  x     y     vx   vy   angle spin legs
FALLING = np.array([0.3, 0.125, 0.0, -0.4, 0.0, 0.0, 0, 0], np.float32)
STANDING = np.array([-0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 1, 1], np.float32)


def test_the_potential_sums_three_terms() -> None:
    # Halfway into the ground's nearness of 0.25: -10 * 0.3 - 20 * 0.5 * 0.4 = -7.
    assert potential(FALLING, WEIGHTS) == pytest.approx(-7.0)
    # Both legs stand: -10 * 0.1 + 5 = 4.
    assert potential(STANDING, WEIGHTS) == pytest.approx(4.0)


def test_one_leg_earns_nothing_and_rising_costs_nothing() -> None:
    one_leg, rising = STANDING.copy(), FALLING.copy()
    one_leg[7] = 0
    rising[3] = 0.4
    assert potential(one_leg, WEIGHTS) == pytest.approx(-1.0)
    assert potential(rising, WEIGHTS) == pytest.approx(-3.0)


def test_speed_counts_only_near_the_ground() -> None:
    high = FALLING.copy()
    high[1] = 0.25
    assert potential(high, WEIGHTS) == pytest.approx(-3.0)


def test_the_potential_based_reward_is_the_discounted_difference() -> None:
    before, after = potential(FALLING, WEIGHTS), potential(STANDING, WEIGHTS)
    assert shaping_reward(before, after, False, WEIGHTS) == pytest.approx(0.9 * 4.0 + 7.0)
    # A terminal state's potential is 0, whatever the observation.
    assert shaping_reward(before, after, True, WEIGHTS) == pytest.approx(7.0)


def test_plain_terms_are_paid_as_they_are() -> None:
    plain = shaping_weights(10.0, 20.0, 5.0, False, 0.9)
    assert shaping_reward(np.float64(-7.0), np.float64(4.0), True, plain) == pytest.approx(4.0)


def test_an_episodes_discounted_shaping_is_minus_the_first_potential() -> None:
    # This is Ng, Harada and Russell's theorem: the policy cannot change the sum.
    rng = np.random.default_rng(0)
    states = rng.normal(size=(30, 8)).astype(np.float32)
    values = potential(states, WEIGHTS)
    total = sum(
        0.9**t * shaping_reward(values[t], values[t + 1], t == 28, WEIGHTS) for t in range(29)
    )
    assert total == pytest.approx(-values[0])


@pytest.mark.parametrize(
    ("name", "value"),
    [("distance", -1), ("touchdown_speed", 1001), ("legs", "5"), ("gamma", 1.01)],
)
def test_a_bad_weight_is_named(name, value) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be"):
        shaping_weights(**{**WEIGHTS._asdict(), name: value})


def test_the_potentials_of_a_batch_are_those_of_its_present_states() -> None:
    states = np.stack([FALLING, STANDING, STANDING])
    shaping = BatchShaping(WEIGHTS, states)
    before = shaping.potentials
    assert before == pytest.approx([-7.0, 4.0, 4.0])
    # Env 0 comes to stand, env 1 terminates and starts anew in the air, env 2 was only reset.
    states[:] = np.stack([STANDING, FALLING, FALLING])
    reached = np.stack([STANDING, STANDING, FALLING])
    terminated, resetting = np.array([False, True, False]), np.array([False, False, True])
    extra = shaping.rewards(before, reached, terminated, resetting)
    assert extra == pytest.approx([0.9 * 4.0 + 7.0, -4.0, 0.0])
    assert shaping.potentials == pytest.approx([4.0, -7.0, -7.0])


def test_a_potential_of_a_state_is_a_finite_float64() -> None:
    assert potential_from(np.float64(-7.0).tobytes()) == -7.0
    for bad in (b"1234", np.float32(1.0).tobytes(), np.float64("inf").tobytes()):
        with pytest.raises(ValueError, match=r"^state must hold"):
            potential_from(bad)
