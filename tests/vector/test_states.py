"""Cloned, restored and pickled states of a native batch."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from lander_envs.vector import LanderVectorEnv, ShapedLanderVectorEnv
from tests.conformance import STATE_IDS
from tests.vector.test_lander import fly

DUPLICATES = {"pickle": lambda envs: pickle.loads(pickle.dumps(envs)), "deepcopy": copy.deepcopy}


@pytest.mark.parametrize("env_id", STATE_IDS)
@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
@pytest.mark.parametrize("how", DUPLICATES)
def test_a_copied_batch_goes_on_as_the_original(how, mode, env_id) -> None:
    envs = gym.make_vec(
        env_id, num_envs=3, autoreset_mode=mode, gravity=np.array([-3.0, -10.0, -10.0])
    )
    envs.reset(seed=1)
    for moment in (5, 73, 1):
        fly(envs, moment)
        again = DUPLICATES[how](envs)
        assert fly(again, 150) == fly(envs, 150)


@pytest.mark.parametrize("env_id", STATE_IDS)
def test_states_move_between_single_and_vector_envs_and_batch_sizes(env_id) -> None:
    small, large = gym.make_vec(env_id, num_envs=2), gym.make_vec(env_id, num_envs=5)
    single = gym.make(env_id).unwrapped
    small.reset(seed=1)
    large.reset(seed=90)
    fly(small, 50)
    state = small.unwrapped.clone_state(1)
    for index in (0, 3):
        large.unwrapped.restore_state(state, index)
    single.restore_state(state)
    for _ in range(60):
        expected = small.step(np.array([0, 2]))
        got = large.step(np.full(5, 2))
        one = single.step(2)
        for value, other in zip(expected[:4], got[:4], strict=True):
            assert value[1].tobytes() == other[0].tobytes() == other[3].tobytes()
        assert one[0].tobytes() == expected[0][1].tobytes()
        if expected[2][1]:
            break
    small.unwrapped.restore_state(single.clone_state(), 0)


def test_a_clone_knows_the_steps_of_its_episode_and_whether_it_is_over() -> None:
    envs, other = (LanderVectorEnv(2, max_episode_steps=10) for _ in range(2))
    envs.reset(seed=1)
    other.reset(seed=2)
    fly(envs, 9)
    other.restore_state(envs.clone_state(0), 1)
    assert other.step(np.zeros(2, int))[3].tolist() == [False, True]
    fly(envs, 1)
    other.restore_state(envs.clone_state(0), 0)
    assert other.step(np.zeros(2, int))[1].tolist()[0] == 0.0  # only reset


@pytest.mark.parametrize("pixels", [False, True])
def test_steps_at_or_beyond_the_time_limit_are_refused_and_change_nothing(pixels) -> None:
    env_id = f"lander_envs/{'Pixel' if pixels else ''}Lander-v0"
    envs = gym.make_vec(env_id, num_envs=1, max_episode_steps=10)
    long = gym.make_vec(env_id, num_envs=1, max_episode_steps=11)
    for each in (envs, long):
        each.reset(seed=0)
        fly(each, 9)
    state = long.clone_state(0)
    fly(long, 1)  # ten steps, and not over
    before = envs.clone_state(0)
    assert before == state
    with pytest.raises(ValueError, match="state: steps must be an integer from 0 to 9, got 10"):
        envs.restore_state(long.clone_state(0), 0)
    assert envs.clone_state(0) == before
    fly(envs, 1)
    over = envs.clone_state(0)
    envs.restore_state(over, 0)  # ten steps, and over
    assert envs.clone_state(0) == over


def test_base_steps_at_the_time_limit_are_refused_and_change_nothing() -> None:
    single = gym.make("lander_envs/PixelLander-v0", frame_skip=1).unwrapped
    single.reset(seed=0)
    single._base_steps = 999
    *_, truncated, _ = single.step(0)
    assert truncated
    state = single.clone_state()
    single.restore_state(state)  # an env takes its own state, whatever it is
    envs = gym.make_vec("lander_envs/PixelLander-v0", num_envs=1)
    envs.reset(seed=0)
    before = envs.clone_state(0)
    with pytest.raises(ValueError, match="state: base steps must be an integer from 0 to 999, got"):
        envs.restore_state(state, 0)
    assert envs.clone_state(0) == before


def test_under_same_step_a_clone_belongs_to_the_episode_that_has_begun() -> None:
    envs = LanderVectorEnv(1, autoreset_mode="SameStep", max_episode_steps=3)
    other = LanderVectorEnv(1, autoreset_mode="Disabled")
    envs.reset(seed=1)
    other.reset(seed=2)
    fly(envs, 3)
    other.restore_state(envs.clone_state(0), 0)
    assert other.step(np.zeros(1, int))[0].tobytes() == envs.step(np.zeros(1, int))[0].tobytes()


def crashed(env: gym.Env) -> bytes:
    """State of a single env at the end of a free fall."""
    env.reset(seed=0)
    while not env.step(0)[2]:
        pass
    return env.unwrapped.clone_state()


def test_under_same_step_a_state_whose_episode_is_over_is_refused_and_changes_nothing() -> None:
    over = LanderVectorEnv(1, max_episode_steps=3)
    over.reset(seed=1)
    fly(over, 3)
    states = [over.clone_state(0), crashed(gym.make("lander_envs/Lander-v0"))]
    envs = LanderVectorEnv(1, autoreset_mode="SameStep")
    envs.reset(seed=2)
    before = envs.clone_state(0)
    for state in states:
        with pytest.raises(ValueError, match=r"^state must be of an episode that goes on under"):
            envs.restore_state(state, 0)
    assert envs.clone_state(0) == before


@pytest.mark.parametrize("env_id", STATE_IDS)
@pytest.mark.parametrize("render_mode", [None, "rgb_array"])
def test_the_end_of_a_single_env_is_an_end_in_a_batch_too(render_mode, env_id) -> None:
    state = crashed(gym.make(env_id, render_mode=render_mode))
    envs, disabled = (
        gym.make_vec(env_id, num_envs=1, render_mode=render_mode, autoreset_mode=mode).unwrapped
        for mode in ("NextStep", "Disabled")
    )
    for each in (envs, disabled):
        each.reset(seed=1)
        each.restore_state(state, 0)
    assert envs.step([0])[1].tolist() == [0.0]  # only reset
    with pytest.raises(ResetNeeded, match=r"^the episodes of envs \[0\] are over"):
        disabled.step([0])


def test_bad_states_and_indices_are_refused_and_change_nothing() -> None:
    envs, reference = (LanderVectorEnv(3) for _ in range(2))
    envs.reset(seed=0)
    reference.reset(seed=0)
    shaped = ShapedLanderVectorEnv(1)
    shaped.reset(seed=0)
    good = envs.clone_state(0)
    for state in (b"", good[:-1], good[:40] + b"x" + good[41:], shaped.clone_state(0), None):
        with pytest.raises(ValueError, match="state"):
            envs.restore_state(state, 1)
    for index in (-1, 3, 0.5, "0"):
        with pytest.raises(ValueError, match="index must be"):
            envs.restore_state(good, index)
        with pytest.raises(ValueError, match="index must be"):
            envs.clone_state(index)
    assert fly(envs, 20) == fly(reference, 20)


def test_a_restored_env_shows_its_observation_at_a_masked_reset_of_others() -> None:
    envs, other = (LanderVectorEnv(2) for _ in range(2))
    obs, _ = envs.reset(seed=0)
    other.reset(seed=8)
    other.restore_state(envs.clone_state(1), 0)
    got, _ = other.reset(options={"reset_mask": np.array([False, True])})
    assert got[0].tobytes() == obs[1].tobytes()


def test_an_unpickled_batch_stores_the_bounds_of_its_observations_once() -> None:
    envs = pickle.loads(pickle.dumps(gym.make_vec("lander_envs/PixelLander-v0", num_envs=3)))
    assert envs.observation_space.low.strides[0] == 0
