"""Stable-Baselines3 checks and trains on every id, wrapper and batch."""

import warnings

import gymnasium as gym
import pytest
from sb3_contrib import RecurrentPPO
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.vec_env import VecMonitor

import lander_envs
from lander_envs import wrappers
from lander_envs.sb3 import LanderVecEnv


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
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


def test_sb3_and_sb3_contrib_train_on_the_native_batch() -> None:
    envs = VecMonitor(LanderVecEnv("lander_envs/Lander-v0", num_envs=8))
    PPO("MlpPolicy", envs, n_steps=32, batch_size=64, n_epochs=1).learn(512)
    masked = LanderVecEnv("lander_envs/MaskedVelocityLander-v0", num_envs=4)
    RecurrentPPO("MlpLstmPolicy", masked, n_steps=16, batch_size=16, n_epochs=1).learn(64)


def test_a_policy_learns_from_pixels_and_state_together() -> None:
    env_id = "lander_envs/PixelLander-v0"
    model = PPO(
        "MultiInputPolicy", LanderVecEnv(env_id, num_envs=2, obs="both"), n_steps=8, batch_size=16
    )
    model.learn(32)
    assert model.num_timesteps == 32
