"""Stable-Baselines3 adapters."""

import copy
import csv

import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import DummyVecEnv, VecMonitor

import lander_envs
from lander_envs import Outcome
from lander_envs.sb3 import LanderVecEnv, native_batch
from tests import test_copies as copies
from tests.comparing import same


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
            same(mine, theirs)
        same(ours.reset_infos, reference.reset_infos)
        ends += int(got[2].sum())
    assert ends >= 3


def test_a_time_limit_is_told_as_truncation_and_outcome() -> None:
    envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=2, max_episode_steps=3)
    envs.reset()
    dones, infos = zip(*(envs.step(np.zeros(2, int))[2:] for _ in range(3)), strict=True)
    assert np.array(dones).tolist() == [[False, False], [False, False], [True, True]]
    assert infos[0] == [{"outcome": 0, "on_pad": True, "TimeLimit.truncated": False}] * 2
    assert [info["TimeLimit.truncated"] for info in infos[2]] == [True, True]
    assert [info["outcome"] for info in infos[2]] == [Outcome.TIMEOUT] * 2


def test_seeds_hold_for_one_reset() -> None:
    envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=2)
    assert envs.seed(4) == [4, 5]
    first, second = envs.reset(), envs.reset()
    assert (first != second).any()
    envs.seed(4)
    assert envs.reset().tobytes() == first.tobytes()


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


@pytest.mark.parametrize("env_id", lander_envs.ENV_IDS)
def test_monitor_files_tell_the_outcomes_to_the_end_of_training(env_id, tmp_path) -> None:
    kwargs = {"monitor_dir": str(tmp_path), "monitor_kwargs": {"info_keywords": ("outcome",)}}
    envs = make_vec_env(env_id, n_envs=2, env_kwargs={"max_episode_steps": 10}, **kwargs)
    envs.reset()
    for _ in range(21):
        envs.step(np.zeros(2, int))
    envs.close()
    for path in tmp_path.iterdir():
        header, *rows = csv.reader(path.read_text().splitlines()[1:])  # after a line of JSON
        told = [row[header.index("outcome")] for row in rows]
        assert told == [str(int(Outcome.TIMEOUT))] * 2


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, copies.through_pickle(4)])
def test_a_copied_adapter_shares_nothing_and_goes_on_as_the_original(duplicate) -> None:
    envs = LanderVecEnv("lander_envs/ShapedLander-v0", num_envs=2, max_episode_steps=10)
    envs.seed(0)
    envs.reset()
    envs.step(np.full(2, 2))
    again = duplicate(envs)
    assert not copies.share_memory(envs, again)
    for _ in range(15):
        expected, got = envs.step(np.full(2, 2)), again.step(np.full(2, 2))
        assert [a.tobytes() for a in got[:3]] == [a.tobytes() for a in expected[:3]]
