"""MaskVelocity and ScaleObservation."""

import gymnasium as gym
import numpy as np
import pytest

from lander_envs.wrappers import MaskVelocity, ScaleObservation
from lander_envs.wrappers.observation import require_state

OBS = np.array([0.5, 1.0, -2.0, -0.4, 0.1, 0.2, 1.0, 0.0], np.float32)


def test_masked_observations_lack_indices_2_3_and_5_or_2_and_3() -> None:
    env = gym.make("LunarLander-v3")
    by_hand = np.array([0.5, 1.0, 0.0, 0.0, 0.1, 0.0, 1.0, 0.0], np.float32)
    assert MaskVelocity(env).observation(OBS).tobytes() == by_hand.tobytes()
    by_hand[5] = np.float32(0.2)
    assert MaskVelocity(env, angular=False).observation(OBS).tobytes() == by_hand.tobytes()


def test_a_mask_leaves_the_space_as_it_is() -> None:
    env = gym.make("LunarLander-v3")
    assert MaskVelocity(env).observation_space == env.observation_space


def test_scaled_observations_and_their_bounds_follow_the_factors() -> None:
    env = ScaleObservation(gym.make("LunarLander-v3"), scale="si")
    by_hand = [5.0, 6.666, -10.0, -3.0, 0.1, 0.5, 1.0, 0.0]
    assert env.observation(OBS) == pytest.approx(by_hand)
    # The bound of 2.5 half screen widths is 25 world units, that of 10 is 75 a second down.
    assert env.observation_space.high[[0, 3]].tolist() == [25.0, 75.0]


def test_unit_scale_refuses_infinite_bounds() -> None:
    env = gym.wrappers.TransformObservation(
        gym.make("LunarLander-v3"),
        lambda obs: obs,
        gym.spaces.Box(-np.inf, np.inf, (8,), np.float32),
    )
    with pytest.raises(ValueError, match="finite bounds"):
        ScaleObservation(env, scale="unit")


@pytest.mark.parametrize(
    "space",
    [
        gym.spaces.Box(-1, 1, (8,), np.float64),
        gym.spaces.Box(-1, 1, (1, 8), np.float32),
        gym.spaces.Discrete(8),
    ],
    ids=str,
)
def test_a_state_is_eight_float32_numbers(space) -> None:
    assert require_state("Wrapper", gym.spaces.Box(0, 9, (8,), np.float32)).shape == (8,)
    with pytest.raises(ValueError, match=r"^Wrapper needs .* dtype float32"):
        require_state("Wrapper", space)
