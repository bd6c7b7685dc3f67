"""Vector entry points: the environments that ``gym.make_vec`` builds."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import lander_envs
from lander_envs.vector import LanderVectorEnv, entry_points
from tests.comparing import same
from tests.conformance import STATE_IDS

MODES = [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP]


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
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


def test_frames_larger_than_the_screen_come_from_single_envs() -> None:
    envs = entry_points.pixel(2, obs_size=[401, 84])
    assert isinstance(envs, SyncVectorEnv)
    assert envs.reset(seed=0)[0].shape == (2, 4, 401, 84)
    assert isinstance(entry_points.pixel(2, obs_size=[400, 600]), LanderVectorEnv)


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
        same(got[4], expected[4])
