"""Variants on a GPU, each against its form on the CPU."""

import numpy as np
import pytest
import torch

import lander_envs
from lander_envs import Outcome, vector
from lander_envs.scoring.policy import HeuristicPolicy
from lander_envs.transforms import shaping
from lander_envs.vector.device import variants
from tests.vector.device.comparing import Pair

MODES = ["NextStep", "SameStep"]
# Arguments that change the arithmetic of an id; episodes are short, so that many end.
ARGUMENTS = [
    ("Lander", {"enable_wind": True}),
    ("Lander", {"gravity": -3.5, "copy": False}),
    ("LanderContinuous", {"enable_wind": True, "wind_power": 20.0, "turbulence_power": 2.0}),
    ("MaskedVelocityLander", {}),
    ("MaskedVelocityLander", {"angular": False}),
    *(("NormalizedLander", {"scale": scale}) for scale in ("standard", "si", "unit")),
    ("ShapedLander", {"distance": 100.0}),
    ("ShapedLander", {"potential_based": False, "legs": 7.0}),
]
PIXEL_ARGUMENTS = [
    {},
    {"obs": "both", "grayscale": False, "frame_stack": 2, "obs_size": [40, 61]},
    {"continuous": True, "frame_skip": 1, "frame_stack": 1, "copy": False, "obs_size": 28},
    {"channels_last": True, "obs_size": [40, 61]},
    {"dtype": "float32", "obs_size": 28, "copy": False},
    {"channels_last": True, "dtype": "float32", "obs_size": 28, "obs": "both", "grayscale": False},
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("name", "kwargs"), ARGUMENTS)
def test_a_variant_returns_the_bytes_of_its_form_on_the_cpu(machine, name, kwargs, mode) -> None:
    envs = Pair(f"lander_envs/{name}-v0", autoreset_mode=mode, max_episode_steps=70, **kwargs)
    envs.reset(seed=3)
    envs.fly(150)
    assert envs.episodes >= 8


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kwargs", PIXEL_ARGUMENTS)
def test_pixels_are_the_bytes_of_the_form_on_the_cpu(machine, kwargs, mode) -> None:
    envs = Pair(
        "lander_envs/PixelLander-v0", 2, autoreset_mode=mode, max_episode_steps=17, **kwargs
    )
    envs.reset(seed=5)
    envs.fly(30)
    assert envs.episodes >= 2


def test_pictures_of_landings_are_those_of_the_cpu(machine) -> None:
    envs = Pair("lander_envs/PixelLander-v0", 2, obs="both", obs_size=28)
    envs.reset(seed=0)
    pilot, outcomes = HeuristicPolicy(continuous=False), set()
    actions = np.zeros(2, np.int64)
    for _ in range(100):
        obs, *_, infos = envs.step(actions)
        actions = pilot.act(obs["state"])
        outcomes |= set(infos["outcome"].tolist())
    assert Outcome.LANDED in outcomes


@pytest.mark.parametrize("size", [23, 1, [1, 600]])
def test_pictures_whose_cells_are_too_large_for_a_thread_are_refused(machine, size) -> None:
    with pytest.raises(ValueError, match=r"^obs_size must be at least \[24, 24\] on a GPU"):
        variants.DevicePixelLanderVectorEnv(2, obs_size=size)


@pytest.mark.parametrize("name", vector.__all__)
def test_every_native_batch_has_a_form_on_a_gpu(name) -> None:
    on_cpu = getattr(vector, name)
    if isinstance(on_cpu, type):
        assert issubclass(variants.device_form(on_cpu), on_cpu)


def test_potentials_and_shaping_rewards_are_numpys() -> None:
    dice = np.random.default_rng(0)
    states = dice.normal(size=(1000, 8)).astype(np.float32)
    states[:, 6:] = dice.integers(0, 2, (1000, 2))
    weights = shaping.shaping_weights(3.0, 7.0, 5.0, True, 0.97)
    expected = shaping.potential(states, weights)
    got = variants.potential(torch.from_numpy(states), weights)
    assert got.numpy().tobytes() == expected.tobytes()
    terminated = dice.integers(0, 2, 500).astype(bool)
    pair = (expected[:500], expected[500:])
    rewards = variants.shaping_reward(
        *map(torch.from_numpy, pair), torch.from_numpy(terminated), weights
    )
    assert rewards.numpy().tobytes() == shaping.shaping_reward(*pair, terminated, weights).tobytes()


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_every_id_has_a_form_on_a_gpu(machine, env_id) -> None:
    assert Pair(env_id, 2).gpu.device == torch.device("cpu", 0)  # the stand-in's memory
