"""What gym.make_vec builds for our ids."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import lander_envs
from lander_envs.vector import LanderVectorEnv

STATE_IDS = [env_id for env_id in lander_envs.ENV_IDS if "Pixel" not in env_id]


@pytest.mark.parametrize("env_id", lander_envs.ENV_IDS)
def test_make_vec_builds_the_native_batch_or_on_box2d_a_sync_vector_env(env_id) -> None:
    assert isinstance(gym.make_vec(env_id, num_envs=2), LanderVectorEnv)
    on_box2d = gym.make_vec(env_id, num_envs=2, backend="box2d")
    assert isinstance(on_box2d, SyncVectorEnv)
    assert on_box2d.envs[0].spec.id == env_id


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled", *AutoresetMode])
def test_every_autoreset_mode_is_taken_as_enum_or_string(mode, backend) -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=2, autoreset_mode=mode, backend=backend)
    assert envs.metadata["autoreset_mode"] == AutoresetMode(mode)


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_copy_false_returns_one_buffer_again_and_again(backend) -> None:
    for copy in (True, False):
        envs = gym.make_vec("lander_envs/Lander-v0", num_envs=2, copy=copy, backend=backend)
        first, _ = envs.reset(seed=0)
        second = envs.step(np.zeros(2, int))[0]
        assert np.shares_memory(first, second) == (not copy)


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_the_time_limit_is_1000_unless_asked_for(backend) -> None:
    for limit, kwargs in ((1000, {}), (3, {"max_episode_steps": 3})):
        envs = gym.make_vec(
            "lander_envs/Lander-v0", num_envs=1, gravity=-1e-9, backend=backend, **kwargs
        )
        envs.reset(seed=6)  # drifts so slowly that nothing but the limit ends it
        truncated = [bool(envs.step(np.zeros(1, int))[3][0]) for _ in range(limit)]
        if limit == 3:
            assert truncated == [False, False, True]
    assert envs.spec.max_episode_steps in (1000, 3)


MODES = [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP]
ARGUMENTS = [
    {},
    {"continuous": True, "enable_wind": True},
    {"gravity": -3.0, "max_episode_steps": 60},
]


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kwargs", ARGUMENTS, ids=str)
def test_lander_equals_a_sync_vector_env_of_lunar_lander_through_autoreset(
    kwargs, mode, backend
) -> None:
    ours = gym.make_vec(
        "lander_envs/Lander-v0", num_envs=5, autoreset_mode=mode, backend=backend, **kwargs
    )
    reference = gym.make_vec(
        "LunarLander-v3", num_envs=5, vector_kwargs={"autoreset_mode": mode}, **kwargs
    )
    ours.action_space.seed(0)
    assert ours.reset(seed=3)[0].tobytes() == reference.reset(seed=3)[0].tobytes()
    ends = 0
    for _ in range(300):
        action = ours.action_space.sample()
        got, expected = ours.step(action), reference.step(action)
        for mine, theirs in zip(got[:4], expected[:4], strict=True):
            assert mine.dtype == theirs.dtype
            assert mine.tobytes() == theirs.tobytes()
        ended = got[2] | got[3]
        ends += int(ended.sum())
        if mode == AutoresetMode.SAME_STEP and ended.any():
            assert got[4]["_final_obs"].tolist() == expected[4]["_final_obs"].tolist()
            for mine, theirs in zip(got[4]["final_obs"], expected[4]["final_obs"], strict=True):
                assert (mine is None) == (theirs is None)
                assert mine is None or mine.tobytes() == theirs.tobytes()
    assert ends >= 5


@pytest.mark.parametrize("env_id", STATE_IDS)
@pytest.mark.parametrize("mode", MODES)
def test_the_native_batch_equals_a_sync_vector_env_of_the_same_variant(mode, env_id) -> None:
    ours, reference = (
        gym.make_vec(env_id, num_envs=4, autoreset_mode=mode, backend=backend)
        for backend in ("native", "box2d")
    )
    assert ours.reset(seed=3)[0].tobytes() == reference.reset(seed=3)[0].tobytes()
    rng = np.random.default_rng(0)
    for _ in range(250):
        action = rng.integers(4, size=4)
        got, expected = ours.step(action), reference.step(action)
        for mine, theirs in zip(got[:4], expected[:4], strict=True):
            assert mine.tobytes() == theirs.tobytes()
        told, wanted = got[4], expected[4]
        if mode == AutoresetMode.SAME_STEP:
            told, wanted = (infos.get("final_info", {}) for infos in (told, wanted))
        if "outcome" in wanted:
            where = wanted["_outcome"]
            assert told["outcome"][where].tolist() == wanted["outcome"][where].tolist()
            assert told["on_pad"][where].tolist() == wanted["on_pad"][where].tolist()
        if "raw_reward" in wanted:
            where = wanted["_raw_reward"]
            assert told["raw_reward"][where].tolist() == wanted["raw_reward"][where].tolist()
