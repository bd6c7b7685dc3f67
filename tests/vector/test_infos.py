"""Infos of vector environments: those of SyncVectorEnv, key for key and byte for byte."""

import copy

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import lander_envs
from lander_envs import Outcome
from lander_envs.vector import infos
from tests.comparing import same
from tests.conformance import DISCRETE_IDS

MODES = list(AutoresetMode)
LIMIT = {"lander_envs/PixelLander-v0": 23}  # decisions of 4 base steps
LIMIT_OF_STATES = 92  # some crash before it, some are cut


def envs_of(env_id: str, backend: str, mode: AutoresetMode, count: int) -> gym.vector.VectorEnv:
    limit = LIMIT.get(env_id, LIMIT_OF_STATES)
    return gym.make_vec(
        env_id, num_envs=count, autoreset_mode=mode, backend=backend, max_episode_steps=limit
    )


def sync_of(env_id: str, mode: AutoresetMode, count: int) -> SyncVectorEnv:
    limit = LIMIT.get(env_id, LIMIT_OF_STATES)
    return SyncVectorEnv(
        [lambda: gym.make(env_id, max_episode_steps=limit)] * count, autoreset_mode=mode
    )


@pytest.mark.parametrize("env_id", DISCRETE_IDS)
@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("mode", MODES)
def test_infos_are_those_of_a_sync_vector_env_of_single_envs(mode, backend, env_id) -> None:
    ours, reference = envs_of(env_id, backend, mode, 4), sync_of(env_id, mode, 4)
    same(ours.reset(seed=3)[1], reference.reset(seed=3)[1])
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(65 if env_id in LIMIT else 260):
        actions = np.append([0, 0], rng.integers(4, size=2))  # the first two fall
        got, expected = ours.step(actions), reference.step(actions)
        same(got[4], expected[4])
        last = got[4].get("final_info", got[4])
        seen |= set(last["outcome"].tolist())
        over = got[2] | got[3]
        if mode == AutoresetMode.DISABLED and over.any():
            masks = [{"reset_mask": over.copy()} for _ in range(2)]
            same(ours.reset(options=masks[0])[1], reference.reset(options=masks[1])[1])
    assert {Outcome.CRASHED, Outcome.TIMEOUT} <= seen


@pytest.mark.parametrize("env_id", DISCRETE_IDS)
def test_an_async_vector_env_gives_the_same_infos(env_id) -> None:
    kwargs = {"num_envs": 2, "max_episode_steps": 3}
    ours = gym.make_vec(env_id, **kwargs)
    reference = gym.make_vec(env_id, vectorization_mode="async", **kwargs)
    same(ours.reset(seed=3)[1], reference.reset(seed=3)[1])
    for _ in range(5):
        same(ours.step(np.zeros(2, int))[4], reference.step(np.zeros(2, int))[4])
    reference.close()


@pytest.mark.parametrize("env_id", DISCRETE_IDS)
@pytest.mark.parametrize("mode", MODES)
def test_keys_and_dtypes_are_the_same_at_reset_and_at_every_step(mode, env_id) -> None:
    envs = envs_of(env_id, "native", mode, 3)
    told = [envs.reset(seed=0)[1]]
    for _ in range(100):
        if mode == AutoresetMode.DISABLED and (told[-1]["outcome"] != Outcome.RUNNING).any():
            over = told[-1]["outcome"] != Outcome.RUNNING
            told.append(envs.reset(options={"reset_mask": over})[1])
        told.append(envs.step(np.zeros(3, int))[4])
    wanted = {"outcome": np.int64, "on_pad": np.bool_}
    if env_id == "lander_envs/ShapedLander-v0":
        wanted["raw_reward"] = np.float64
    for one in told:
        assert {key for key in one if not key.startswith(("_", "final"))} == set(wanted)
        for key, dtype in wanted.items():
            assert one[key].dtype == dtype
            assert one[f"_{key}"].dtype == np.bool_


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_infos_belong_to_the_caller(mode) -> None:
    envs = envs_of("lander_envs/ShapedLander-v0", "native", mode, 2)
    told = [envs.reset(seed=0)[1]]
    kept = [copy.deepcopy(told[0])]
    for _ in range(200):
        told.append(envs.step(np.zeros(2, int))[4])
        kept.append(copy.deepcopy(told[-1]))
    for got, expected in zip(told, kept, strict=True):
        same(got, expected)


def test_masked_columns_are_zero_outside_the_mask() -> None:
    columns = {"outcome": np.array([1, 2, 4]), "raw_reward": np.array([0.5, -1.0, 2.0])}
    told = infos.masked(columns, np.array([True, False, True]))
    assert list(told) == ["outcome", "_outcome", "raw_reward", "_raw_reward"]
    assert told["outcome"].tolist() == [1, 0, 4]
    assert told["raw_reward"].tolist() == [0.5, 0.0, 2.0]
    assert told["_raw_reward"].tolist() == [True, False, True]


def test_a_restarted_env_has_the_info_of_its_reset_and_its_last_one_apart() -> None:
    columns = {
        "outcome": np.array([0, 2]),
        "on_pad": np.array([True, False]),
        "raw_reward": np.array([1.5, -100.0]),
    }
    ended, states = np.array([False, True]), np.zeros((2, 8), np.float32)
    last = infos.ending(columns, ended, ["last"])
    assert last["final_obs"].tolist() == [None, "last"]
    assert last["final_info"]["outcome"].tolist() == [0, 2]
    assert last["final_info"]["_outcome"].tolist() == [False, True]
    first = infos.restarted(columns, ended, states)
    assert first["outcome"].tolist() == [0, 0]
    assert first["on_pad"].tolist() == [True, True]
    assert first["raw_reward"].tolist() == [1.5, 0.0]
    assert first["_raw_reward"].tolist() == [True, True]


def test_single_infos_have_the_types_of_a_single_env() -> None:
    columns = {
        "outcome": np.array([0, 2]),
        "on_pad": np.array([True, False]),
        "raw_reward": np.array([0.5, -100.0]),
    }
    told = {**infos.unmasked(columns), "final_info": {}}
    first = {"outcome": 0, "on_pad": True, "raw_reward": np.float64(0.5)}
    second = {"outcome": 2, "on_pad": False, "raw_reward": np.float64(-100.0)}
    same(infos.single_infos(told), [first, second])
