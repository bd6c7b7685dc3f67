"""Lander-v0 gives the bytes of Gymnasium's LunarLander-v3, types included."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_match import check_environments_match

import lander_envs

ARGUMENTS = [
    {},
    {"continuous": True},
    {"enable_wind": True},
    {"enable_wind": True, "continuous": True, "wind_power": 5.0, "turbulence_power": 2.0},
    {"gravity": -1.5},
    {"gravity": -11.9, "continuous": True},
]


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("kwargs", ARGUMENTS, ids=str)
def test_streams_of_episodes_are_equal_byte_for_byte(kwargs, backend) -> None:
    reference = gym.make("LunarLander-v3", **kwargs)
    ours = gym.make("lander_envs/Lander-v0", backend=backend, **kwargs)
    ours.action_space.seed(0)
    endings = 0
    outputs = [env.reset(seed=11) for env in (reference, ours)]
    for _ in range(1500):
        assert outputs[0][0].tobytes() == outputs[1][0].tobytes()
        action = ours.action_space.sample()
        outputs = [env.step(action) for env in (reference, ours)]
        rewards = [output[1] for output in outputs]
        assert type(rewards[0]) is type(rewards[1])
        assert np.float64(rewards[0]).tobytes() == np.float64(rewards[1]).tobytes()
        assert outputs[0][2:4] == outputs[1][2:4]
        if outputs[0][2] or outputs[0][3]:
            endings += 1
            outputs = [env.reset() for env in (reference, ours)]
    assert endings >= 2


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("continuous", [False, True])
def test_gymnasiums_own_match_check_passes(continuous, backend) -> None:
    reference = gym.make("LunarLander-v3", continuous=continuous, render_mode="rgb_array")
    ours = gym.make(
        "lander_envs/Lander-v0", continuous=continuous, render_mode="rgb_array", backend=backend
    )
    check_environments_match(
        reference, ours, num_steps=250, seed=3, info_comparison="keys-superset"
    )


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_stepping_a_terminated_env_goes_on(backend) -> None:
    reference = gym.make("LunarLander-v3").unwrapped
    ours = gym.make("lander_envs/Lander-v0", backend=backend).unwrapped
    reference.reset(seed=5)
    ours.reset(seed=5)
    terminated = 0
    for _ in range(200):
        expected, got = reference.step(3), ours.step(3)
        assert expected[0].tobytes() == got[0].tobytes()
        assert expected[1:4] == got[1:4]
        terminated += expected[2]
    assert terminated > 50


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_np_random_can_be_read_and_set(backend) -> None:
    reference = gym.make("LunarLander-v3").unwrapped
    ours = gym.make("lander_envs/Lander-v0", backend=backend).unwrapped
    for env in (reference, ours):
        env.reset(seed=1)
        env.step(2)
        env.np_random.uniform()  # what a user draws, the env does not get
    states = [env.np_random.bit_generator.state for env in (reference, ours)]
    assert states[0] == states[1]
    for env in (reference, ours):
        env.np_random = np.random.default_rng(99)
    assert reference.step(2)[0].tobytes() == ours.step(2)[0].tobytes()
    assert reference.reset()[0].tobytes() == ours.reset()[0].tobytes()
