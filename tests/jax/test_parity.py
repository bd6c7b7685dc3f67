"""The JAX form gives the bytes of the vector environment, in all ids and both precisions."""

import jax
import numpy as np
import pytest

import lander_envs
from tests.jax.parity import Fleet, unequal

WIND = {"enable_wind": True, "wind_power": 20.0, "turbulence_power": 2.0, "gravity": -9.5}
CASES = [
    *((env_id, {}) for env_id in lander_envs.REGISTERED_IDS),
    ("lander_envs/Lander-v0", WIND),
    ("lander_envs/LanderContinuous-v0", WIND),
    ("lander_envs/Lander-v0", {"max_episode_steps": 60}),
    ("lander_envs/MaskedVelocityLander-v0", {"angular": False}),
    ("lander_envs/NormalizedLander-v0", {"scale": "unit"}),
    ("lander_envs/NormalizedLander-v0", {"scale": "si", "continuous": True}),
    ("lander_envs/ShapedLander-v0", {"potential_based": False, "legs": 3.0, "gamma": 0.9}),
    ("lander_envs/ShapedLander-v0", {"continuous": True, "distance": 100.0}),
    ("lander_envs/PixelLander-v0", {"obs": "both", "obs_size": [30, 40], **WIND}),
    ("lander_envs/PixelLander-v0", {"grayscale": False, "obs_size": 20, "frame_stack": 2}),
    (
        "lander_envs/PixelLander-v0",
        {"frame_skip": 1, "max_episode_steps": 30, "obs_size": 42, "continuous": True},
    ),
    ("lander_envs/PixelLander-v0", {"channels_last": True, "obs_size": [30, 40]}),
    ("lander_envs/PixelLander-v0", {"dtype": "float32", "obs_size": 20, "grayscale": False}),
    (
        "lander_envs/PixelLander-v0",
        {"channels_last": True, "dtype": "float32", "obs_size": 20, "obs": "both"},
    ),
]


@pytest.mark.parametrize(("env_id", "kwargs"), CASES, ids=str)
@pytest.mark.parametrize("wide", [False, True], ids=["32 bits", "64 bits"])
def test_a_flight_has_the_bytes_of_the_vector_environment(env_id, kwargs, wide) -> None:
    with jax.enable_x64(wide):
        fleet = Fleet(env_id, 16, **kwargs)
        assert fleet.first_differences == 0
        assert fleet.differences(150 if "Pixel" in env_id else 400) == 0
        assert fleet.outcomes.total() > 16


def test_the_flights_end_in_every_way() -> None:
    outcomes = Fleet("lander_envs/Lander-v0", 64, max_episode_steps=400)
    assert outcomes.differences(1000) == 0
    assert {"LANDED", "CRASHED", "OUT_OF_BOUNDS", "TIMEOUT"} == set(outcomes.outcomes)


def test_a_byte_that_differs_is_counted() -> None:
    zero, minus_zero = np.zeros(2, np.float32), np.array([0.0, -0.0], np.float32)
    assert unequal({"obs": zero}, {"obs": zero.copy()}) == 0
    assert unequal({"obs": zero}, {"obs": minus_zero}) == 1
    assert unequal({"obs": zero}, {"obs": zero.astype(np.float64), "more": zero}) == 2
