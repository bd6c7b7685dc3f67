"""What gym.make_vec builds for our ids on the Box2D backend."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import lander_envs


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled", *AutoresetMode])
def test_every_autoreset_mode_is_taken_as_enum_or_string(mode) -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=2, autoreset_mode=mode)
    assert isinstance(envs, SyncVectorEnv)
    assert envs.metadata["autoreset_mode"] == AutoresetMode(mode)


def test_copy_false_returns_one_buffer_again_and_again() -> None:
    for copy in (True, False):
        envs = gym.make_vec("lander_envs/Lander-v0", num_envs=2, copy=copy)
        first, _ = envs.reset(seed=0)
        second = envs.step(np.zeros(2, int))[0]
        assert (first is second) == (not copy)


def test_the_time_limit_is_1000_unless_asked_for() -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=1)
    assert envs.envs[0].spec.max_episode_steps == 1000
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=1, max_episode_steps=3)
    envs.reset(seed=0)
    assert [bool(envs.step(np.zeros(1, int))[3][0]) for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
@pytest.mark.parametrize("kwargs", [{}, {"continuous": True, "enable_wind": True}], ids=str)
def test_lander_equals_a_sync_vector_env_of_lunar_lander_through_autoreset(kwargs, mode) -> None:
    ours = gym.make_vec("lander_envs/Lander-v0", num_envs=4, autoreset_mode=mode, **kwargs)
    reference = gym.make_vec(
        "LunarLander-v3", num_envs=4, vector_kwargs={"autoreset_mode": mode}, **kwargs
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
        ends += int((got[2] | got[3]).sum())
        assert got[4].get("_outcome", np.zeros(4, bool)).sum() == (
            0 if mode == AutoresetMode.SAME_STEP else got[2].sum()
        )
        if mode == AutoresetMode.SAME_STEP and got[2].any():
            assert got[4]["final_info"]["_outcome"].tolist() == got[2].tolist()
    assert ends >= 4


def test_the_vector_env_of_each_id_is_made_of_its_single_env() -> None:
    for env_id in lander_envs.ENV_IDS:
        envs = gym.make_vec(env_id, num_envs=1)
        assert envs.envs[0].spec.id == env_id
