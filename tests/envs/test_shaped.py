"""ShapedLander-v0."""

import gymnasium as gym
import numpy as np
import pytest

from lander_envs import snapshot
from lander_envs.wrappers import ShapeReward
from tests.conformance import episodes
from tests.envs.comparing import same_episode

ENV_ID = "lander_envs/ShapedLander-v0"
ARGUMENTS = [{}, {"distance": 3.0, "gamma": 0.9}, {"potential_based": False, "legs": 0.5}]


@pytest.mark.parametrize("kwargs", ARGUMENTS, ids=str)
def test_the_variant_equals_its_wrapper_on_lunar_lander(kwargs) -> None:
    same_episode(gym.make(ENV_ID, **kwargs), ShapeReward(gym.make("LunarLander-v3"), **kwargs))


def test_the_distance_term_pays_the_discounted_change_of_distance() -> None:
    env = gym.make(ENV_ID, distance=10.0, touchdown_speed=0.0, legs=0.0, gamma=0.5)
    before = env.reset(seed=0)[0]
    after, reward, _, _, info = env.step(1)
    # gamma * potential(after) - potential(before), where the potential is -10 |x|.
    expected = 0.5 * -10 * abs(float(after[0])) + 10 * abs(float(before[0]))
    assert reward - info["raw_reward"] == pytest.approx(expected)


def test_the_raw_reward_is_lunar_landers() -> None:
    env, reference = gym.make(ENV_ID), gym.make("LunarLander-v3")
    env.reset(seed=0)
    reference.reset(seed=0)
    for action in (2, 1, 0):
        assert env.step(action)[4]["raw_reward"] == reference.step(action)[1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("distance", -1.0),
        ("touchdown_speed", float("nan")),
        ("legs", "two"),
        ("potential_based", None),
        ("gamma", 1.01),
    ],
)
def test_a_bad_argument_is_named(name, value) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be") as caught:
        gym.make(ENV_ID, **{name: value})
    assert repr(value) in str(caught.value)


def test_restoring_rewinds_the_potential_and_the_generator() -> None:
    env = gym.make(ENV_ID).unwrapped
    env.reset(seed=1)
    generator = env.np_random
    state = env.clone_state()
    first = episodes(env, 100)
    env.restore_state(state)
    assert episodes(env, 100) == first
    assert env.np_random is generator


def test_a_state_of_other_weights_pays_by_the_weights_of_the_env_that_goes_on() -> None:
    light, heavy = (gym.make(ENV_ID, distance=weight).unwrapped for weight in (10.0, 1000.0))
    for env in (light, heavy):
        env.reset(seed=3)
        env.step(1)
    expected = heavy.step(1)[1]
    heavy.reset(seed=4)
    heavy.restore_state(light.clone_state())
    assert heavy.step(1)[1] == expected


@pytest.mark.parametrize("content", [np.float64("nan").tobytes(), b"123"])
def test_a_bad_potential_is_refused_before_anything_changes(content) -> None:
    env, other = (gym.make(ENV_ID).unwrapped for _ in range(2))
    env.reset(seed=2)
    other.reset(seed=2)
    with pytest.raises(ValueError, match=r"^state must hold"):
        env.restore_state(snapshot.pack({**env._state_parts(), "shaping": content}))
    assert episodes(env, 50) == episodes(other, 50)
