"""Stable-Baselines3 takes every id and wrapper as it is."""

import warnings

import gymnasium as gym
import pytest
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.env_checker import check_env

import lander_envs
from lander_envs import wrappers


@pytest.mark.parametrize("env_id", lander_envs.ENV_IDS)
@pytest.mark.parametrize("continuous", [False, True])
def test_sb3s_check_passes_without_a_warning(continuous, env_id) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gym.make(env_id, continuous=continuous), warn=True)


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("MaskVelocity", {}),
        ("ScaleObservation", {"scale": "unit"}),
        ("ShapeReward", {}),
        ("RepeatAction", {"times": 3}),
        ("PixelObservation", {}),
    ],
)
def test_sb3s_check_passes_on_a_wrapped_lunar_lander(name, kwargs) -> None:
    env = gym.make("LunarLander-v3", render_mode="rgb_array")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(getattr(wrappers, name)(env, **kwargs), warn=True)


def test_sb3_trains_a_cnn_on_the_pixels_as_channels_first_images() -> None:
    model = PPO("CnnPolicy", "lander_envs/PixelLander-v0", n_steps=16, batch_size=16, n_epochs=1)
    model.learn(16)
    assert model.observation_space.shape == (4, 84, 84)


def test_sb3_trains_dqn_on_the_masked_variant() -> None:
    DQN("MlpPolicy", "lander_envs/MaskedVelocityLander-v0", learning_starts=10).learn(40)
