"""NormalizedLander-v0."""

import gymnasium as gym
import pytest

from lander_envs.wrappers import ScaleObservation
from tests.envs.comparing import same_episode

ENV_ID = "lander_envs/NormalizedLander-v0"


@pytest.mark.parametrize("scale", ["standard", "si", "unit"])
def test_the_variant_equals_its_wrapper_on_lunar_lander(scale) -> None:
    same_episode(
        gym.make(ENV_ID, scale=scale), ScaleObservation(gym.make("LunarLander-v3"), scale=scale)
    )


def test_si_gives_world_units() -> None:
    env, reference = gym.make(ENV_ID, scale="si"), gym.make("LunarLander-v3")
    obs, expected = env.reset(seed=0)[0], reference.reset(seed=0)[0]
    # One unit of x is 10 world units, one of y 6.666.
    assert obs[:2] == pytest.approx([10 * expected[0], 6.666 * expected[1]])


def test_the_bounds_are_scaled_too() -> None:
    # (2.5 - 0.582) / 0.570 is the largest height on the standard scale.
    space = gym.make(ENV_ID).observation_space
    assert space.high[1] == pytest.approx(3.3649, abs=1e-4)
    assert gym.make(ENV_ID, scale="unit").observation_space.high.tolist() == [1.0] * 8


def test_a_bad_scale_is_named() -> None:
    with pytest.raises(ValueError, match=r"scale must be one of .*, got 'learned'"):
        gym.make(ENV_ID, scale="learned")
