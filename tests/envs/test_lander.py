"""Lander-v0: actions, outcomes, cloned states and windows."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pygame
import pytest
from gymnasium.envs.box2d.lunar_lander import heuristic
from gymnasium.utils.env_match import check_environments_match

import lander_envs
from lander_envs import Outcome
from lander_envs.envs.lander import step_info
from tests.conformance import DISCRETE_IDS, episodes

ENV_ID = "lander_envs/Lander-v0"

# Policy, last reward and last info of the episode of seed 0.
ENDINGS = [
    (lambda env, obs: heuristic(env, obs), 100, {"outcome": Outcome.LANDED, "on_pad": True}),
    (lambda env, obs: 0, -100, {"outcome": Outcome.CRASHED, "on_pad": False}),
    (lambda env, obs: 2, -100, {"outcome": Outcome.OUT_OF_BOUNDS, "on_pad": False}),
]


@pytest.mark.parametrize(("policy", "reward", "info"), ENDINGS)
def test_the_terminating_step_tells_how_the_episode_ended(policy, reward, info) -> None:
    env = gym.make(ENV_ID)
    obs, got_info = env.reset(seed=0)
    assert got_info == {"outcome": Outcome.RUNNING, "on_pad": True}
    terminated = False
    while not terminated:
        assert got_info == {"outcome": Outcome.RUNNING, "on_pad": bool(abs(obs[0]) <= 0.2)}
        obs, got_reward, terminated, _, got_info = env.step(policy(env, obs))
    assert (got_reward, got_info) == (reward, info)


@pytest.mark.parametrize("env_id", DISCRETE_IDS)
@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_infos_have_the_types_of_which_gymnasium_makes_arrays(backend, env_id) -> None:
    env = gym.make(env_id, backend=backend, max_episode_steps=2)
    for info in (env.reset(seed=0)[1], env.step(0)[4], env.step(0)[4]):
        types = {key: type(value) for key, value in info.items()}
        assert types.pop("raw_reward", np.float64) is np.float64
        assert types == {"outcome": int, "on_pad": bool}


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("continuous", [False, True])
@pytest.mark.parametrize("render_mode", [None, "rgb_array"])
def test_gymnasium_says_that_the_env_matches_lunar_lander_with_more_infos(
    render_mode, continuous, backend
) -> None:
    kwargs = {"continuous": continuous, "render_mode": render_mode}
    reference, env = (
        gym.make("LunarLander-v3", **kwargs),
        gym.make(ENV_ID, backend=backend, **kwargs),
    )
    steps = 150 if render_mode is None else 20
    check_environments_match(reference, env, steps, seed=3, info_comparison="superset")


def test_the_flags_themselves_belong_to_the_pad() -> None:
    state = np.zeros(8, np.float32)
    for x, over in ((0.2, True), (-0.2, True), (0.20000002, False), (-0.3, False)):
        state[0] = x
        assert step_info(state, 0)["on_pad"] is over


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_copying_a_running_box2d_env_warns_that_its_episode_is_lost(duplicate) -> None:
    env = gym.make("lander_envs/PixelLander-v0", gravity=-5.0, backend="box2d").unwrapped
    env.reset(seed=1)
    with pytest.warns(UserWarning, match="Box2D world cannot be copied"):
        again = duplicate(env)
    with pytest.raises(gym.error.ResetNeeded):
        again.step(0)
    assert again.reset(seed=2)[0].tobytes() == env.reset(seed=2)[0].tobytes()


def test_render_without_a_mode_warns_and_returns_nothing() -> None:
    env = gym.make(ENV_ID).unwrapped
    env.reset(seed=0)
    with pytest.warns(UserWarning, match="render_mode"):
        assert env.render() is None


def test_a_window_shows_what_rgb_array_returns() -> None:
    shown = gym.make(ENV_ID, render_mode="human")
    drawn = gym.make(ENV_ID, render_mode="rgb_array")
    shown.reset(seed=3)
    drawn.reset(seed=3)
    for _ in range(3):
        shown.step(2)
        drawn.step(2)
        window = pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)
        assert (window == drawn.render()).all()
    shown.close()
    assert not pygame.display.get_init()


# --- Actions -----------------------------------------------------------------------------------

GOOD_DISCRETE = [2, np.int64(2), np.int8(2), np.array(2), np.uint8(2)]
GOOD_CONTINUOUS = [
    [1, 0.75],
    (1.0, 0.75),
    np.array([1, 0.75], np.float32),
    np.array([1, 0.75], np.float16),
    np.array([7, 0.75]),  # clipped to 1
]


@pytest.mark.parametrize("action", GOOD_DISCRETE, ids=repr)
def test_any_integer_type_acts_alike(action) -> None:
    assert one_step(False, action) == one_step(False, 2)


@pytest.mark.parametrize("action", GOOD_CONTINUOUS, ids=repr)
def test_any_real_type_acts_alike(action) -> None:
    assert one_step(True, action) == one_step(True, np.array([1.0, 0.75]))


def test_continuous_actions_are_used_in_float64() -> None:
    # 0.5 + 1e-12 fires the side engine (the threshold is 0.5); rounded to float32 it would not.
    assert one_step(True, np.array([0.0, 0.5 + 1e-12])) != one_step(True, np.array([0.0, 0.5]))


def one_step(continuous: bool, action: object) -> tuple[bytes, float]:
    env = gym.make(ENV_ID, continuous=continuous)
    env.reset(seed=0)
    obs, reward, *_ = env.step(action)
    return obs.tobytes(), float(reward)


# --- Cloned states -----------------------------------------------------------------------------


def test_cloning_changes_nothing() -> None:
    env, other = (gym.make(ENV_ID).unwrapped for _ in range(2))
    env.reset(seed=1)
    other.reset(seed=1)
    for _ in range(20):
        env.clone_state()
        assert episodes(env, 5) == episodes(other, 5)


def bad_states(good: bytes) -> list[bytes]:
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    foreign = gym.make("lander_envs/ShapedLander-v0").unwrapped
    foreign.reset(seed=0)
    return [b"", good[:-1], good + b"\0", bytes(flipped), b"X" + good[1:], foreign.clone_state()]


def test_a_state_that_is_none_is_refused_and_changes_nothing() -> None:
    env, other = (gym.make(ENV_ID).unwrapped for _ in range(2))
    env.reset(seed=2)
    other.reset(seed=2)
    for bad in [*bad_states(env.clone_state()), None, "state", bytearray(env.clone_state())]:
        with pytest.raises(ValueError, match=r"^state must"):
            env.restore_state(bad)
    assert episodes(env, 50) == episodes(other, 50)


def test_a_generator_of_another_kind_steps_but_cannot_be_cloned() -> None:
    env = gym.make(ENV_ID).unwrapped
    reference = gym.make("LunarLander-v3").unwrapped
    for lander in (env, reference):
        lander.np_random = np.random.Generator(np.random.MT19937(5))
    assert env.reset()[0].tobytes() == reference.reset()[0].tobytes()
    assert env.step(2)[0].tobytes() == reference.step(2)[0].tobytes()
    with pytest.raises(ValueError, match="PCG64, got MT19937"):
        env.clone_state()


def test_box2d_says_that_it_cannot() -> None:
    env = gym.make(ENV_ID, backend="box2d").unwrapped
    native = gym.make(ENV_ID).unwrapped
    env.reset(seed=0)
    native.reset(seed=0)
    with pytest.raises(gym.error.Error, match="cannot clone or restore"):
        env.clone_state()
    with pytest.raises(gym.error.Error, match="cannot clone or restore"):
        env.restore_state(native.clone_state())


def test_frames_after_a_restore_are_those_of_the_original() -> None:
    """Particles are part of the state of an env that draws."""
    env, other = (gym.make(ENV_ID, render_mode="rgb_array").unwrapped for _ in range(2))
    env.reset(seed=4)
    for step in range(60):
        env.step([2, 2, 1, 3, 0][step % 5])
    other.restore_state(env.clone_state())
    for step in range(20):
        assert np.array_equal(env.render(), other.render())
        for lander in (env, other):
            lander.step([2, 1, 0][step % 3])
