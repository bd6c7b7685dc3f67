"""MaskedVelocityLander-v0."""

import gymnasium as gym
import pytest

from lander_envs.wrappers import MaskVelocity
from tests.envs.comparing import same_episode

ENV_ID = "lander_envs/MaskedVelocityLander-v0"


@pytest.mark.parametrize("angular", [True, False])
def test_the_variant_equals_its_wrapper_on_lunar_lander(angular) -> None:
    same_episode(
        gym.make(ENV_ID, angular=angular), MaskVelocity(gym.make("LunarLander-v3"), angular=angular)
    )


@pytest.mark.parametrize(("angular", "hidden"), [(True, [2, 3, 5]), (False, [2, 3])])
def test_only_velocities_differ_from_lunar_lander(angular, hidden) -> None:
    env, reference = gym.make(ENV_ID, angular=angular), gym.make("LunarLander-v3")
    env.reset(seed=0)
    reference.reset(seed=0)
    obs, expected = env.step(1)[0], reference.step(1)[0]  # the left engine turns the lander
    assert (obs != expected).nonzero()[0].tolist() == hidden
    assert obs[hidden].tolist() == [0.0] * len(hidden)


def test_a_bad_angular_is_named() -> None:
    with pytest.raises(ValueError, match="angular must be True or False, got 1"):
        gym.make(ENV_ID, angular=1)
