"""Stable-Baselines3 takes every id and wrapper as it is."""

import warnings

import gymnasium as gym
import numpy as np
import pytest
from sb3_contrib import RecurrentPPO
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import DummyVecEnv, VecMonitor

import lander_envs
from lander_envs import wrappers
from lander_envs.sb3 import LanderVecEnv, native_batch


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


@pytest.mark.parametrize("env_id", lander_envs.ENV_IDS)
def test_the_adapter_gives_what_sb3s_own_vec_env_gives(env_id) -> None:
    ours = LanderVecEnv(env_id, num_envs=3, max_episode_steps=60)
    reference = DummyVecEnv([lambda: gym.make(env_id, max_episode_steps=60)] * 3)
    ours.seed(5)
    reference.seed(5)
    assert ours.reset().tobytes() == reference.reset().tobytes()
    rng = np.random.default_rng(0)
    ends = 0
    for _ in range(150):
        actions = rng.integers(4, size=3)
        got, expected = ours.step(actions), reference.step(actions)
        for mine, theirs in zip(got[:3], expected[:3], strict=True):
            assert mine.dtype == theirs.dtype
            assert mine.tobytes() == theirs.tobytes()
        for mine, theirs in zip(got[3], expected[3], strict=True):
            assert mine["TimeLimit.truncated"] == theirs["TimeLimit.truncated"]
            assert ("terminal_observation" in mine) == ("terminal_observation" in theirs)
            if "terminal_observation" in mine:
                ends += 1
                last = mine["terminal_observation"]
                assert last.tobytes() == theirs["terminal_observation"].tobytes()
                assert theirs.get("outcome", mine["outcome"]) == mine["outcome"]
            assert mine.get("raw_reward") == theirs.get("raw_reward")
    assert ends >= 3


def test_sb3_and_sb3_contrib_train_on_the_native_batch() -> None:
    envs = VecMonitor(LanderVecEnv("lander_envs/Lander-v0", num_envs=8))
    PPO("MlpPolicy", envs, n_steps=32, batch_size=64, n_epochs=1).learn(512)
    masked = LanderVecEnv("lander_envs/MaskedVelocityLander-v0", num_envs=4)
    RecurrentPPO("MlpLstmPolicy", masked, n_steps=16, batch_size=16, n_epochs=1).learn(64)


def test_the_adapter_answers_sb3s_other_questions() -> None:
    envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=2, render_mode="rgb_array")
    envs.seed(0)
    envs.reset()
    assert envs.get_attr("num_envs") == [2, 2]
    states = envs.env_method("clone_state", indices=[0, 1])
    assert states[0] != states[1]
    assert [frame.shape for frame in envs.get_images()] == [(400, 600, 3)] * 2
    assert envs.env_is_wrapped(VecMonitor) == [False, False]
    with pytest.raises(AttributeError, match="share one batch"):
        envs.set_attr("gravity", -1.0)
    envs.close()


def test_native_batch_replaces_what_make_vec_env_built() -> None:
    single = make_vec_env("lander_envs/ShapedLander-v0", n_envs=3, seed=7, env_kwargs={"legs": 1.0})
    reference = make_vec_env(
        "lander_envs/ShapedLander-v0", n_envs=3, seed=7, env_kwargs={"legs": 1.0}
    )
    batch = native_batch(single)
    assert isinstance(batch.unwrapped, LanderVecEnv)
    assert batch.reset().tobytes() == reference.reset().tobytes()
    for _ in range(20):
        got, expected = batch.step(np.full(3, 2)), reference.step(np.full(3, 2))
        assert got[0].tobytes() == expected[0].tobytes()
        assert got[1].tobytes() == expected[1].tobytes()
    with pytest.raises(ValueError, match="CartPole"):
        native_batch(make_vec_env("CartPole-v1"))


def test_a_policy_learns_from_pixels_and_state_together() -> None:
    env_id = "lander_envs/PixelLander-v0"
    model = PPO(
        "MultiInputPolicy", LanderVecEnv(env_id, num_envs=2, obs="both"), n_steps=8, batch_size=16
    )
    model.learn(32)
    assert model.num_timesteps == 32
