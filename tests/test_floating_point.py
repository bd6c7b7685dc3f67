"""The caller's rounding mode and flushing of subnormal numbers change no byte of any form."""

import threading
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector.utils import batch_space

import lander_envs
from lander_envs.floating_point import default_floating_point, in_default_floating_point
from lander_envs.sb3 import LanderVecEnv
from lander_envs.wrappers import (
    MaskVelocity,
    PixelObservation,
    RepeatAction,
    ScaleObservation,
    ShapeReward,
)
from lander_envs.wrappers import vector as of_batches
from tests.native.host.calling import OTHERS, caller, calling_with

LIMIT = 12  # steps of an episode, so that all forms reset themselves


def batch(env_id: str, mode: str = "native", **vector: Any) -> gym.vector.VectorEnv:
    how = {} if mode == "native" else {"vectorization_mode": mode}
    return gym.make_vec(env_id, num_envs=3, max_episode_steps=LIMIT, **how, **vector)


FORMS = {
    "single": lambda env_id: gym.make(env_id, enable_wind=True),
    "box2d": lambda env_id: gym.make(env_id, enable_wind=True, backend="box2d"),
    "sync": lambda env_id: batch(env_id, "sync"),
    "native": batch,
    "same step": lambda env_id: batch(env_id, autoreset_mode="SameStep"),
    "sb3": lambda env_id: LanderVecEnv(env_id, 3, max_episode_steps=LIMIT),
}
WRAPPED = {
    "single": lambda: RepeatAction(
        MaskVelocity(ScaleObservation(ShapeReward(gym.make("lander_envs/Lander-v0")), "si"))
    ),
    "pixels": lambda: PixelObservation(
        RepeatAction(gym.make("lander_envs/Lander-v0", render_mode="rgb_array", backend="box2d"))
    ),
    "batch": lambda: of_batches.ScaleObservation(
        of_batches.ShapeReward(batch("lander_envs/Lander-v0"))
    ),
}


def flat(value: Any) -> bytes:
    """Bytes of all numbers in nested containers."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    is_nested = isinstance(value, np.ndarray) and value.dtype == np.dtype(object)
    if is_nested or isinstance(value, (list, tuple)):
        return b"".join(map(flat, value))
    return b"" if value is None else np.asarray(value).tobytes()


def flight(make: Any, name: str, steps: int = 30) -> bytes:
    """Bytes of the bounds of the observations, of a reset and of steps, infos included."""
    probe = make()
    of_sb3 = isinstance(probe, LanderVecEnv)
    space = batch_space(probe.action_space, 3) if of_sb3 else probe.action_space
    space.seed(0)
    actions = [space.sample() for _ in range(steps)]
    with calling_with(name):
        env = make()
        if of_sb3:
            env.seed(3)
        results = [env.observation_space.low, env.observation_space.high]
        results.append(env.reset() if of_sb3 else env.reset(seed=3))
        results += [env.step(action) for action in actions]
    return flat(results)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_every_form_of_every_env_gives_the_same_bytes(env_id, form) -> None:
    expected = flight(lambda: FORMS[form](env_id), "nearest")
    for name in OTHERS:
        assert flight(lambda: FORMS[form](env_id), name) == expected, name


@pytest.mark.parametrize("form", WRAPPED)
def test_wrapped_envs_give_the_same_bytes(form) -> None:
    expected = flight(WRAPPED[form], "nearest")
    for name in OTHERS:
        assert flight(WRAPPED[form], name) == expected, name


def third() -> float:
    return float(np.float64(1.0) / np.float64(3.0))


def test_a_block_rounds_to_nearest_and_gives_the_callers_mode_back() -> None:
    nearest = third()
    with calling_with("upward"):
        upward = third()
        with default_floating_point:
            inside = third()
            with default_floating_point:  # nested
                pass
            still_inside = third()
        outside = third()
    assert upward > nearest
    assert (inside, still_inside, outside) == (nearest, nearest, upward)


def test_an_error_gives_the_callers_mode_back_too() -> None:
    @in_default_floating_point
    def fail() -> None:
        raise RuntimeError

    with calling_with("downward"):
        before = caller().read_caller()
        with pytest.raises(RuntimeError):
            fail()
        assert caller().read_caller() & ~0x3F == before & ~0x3F


def test_the_mode_of_another_thread_stays_its_own() -> None:
    nearest, got = third(), []

    def work() -> None:
        caller().set_caller(1, False)
        got.append(third())

    with default_floating_point:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        got.append(third())
    assert got[0] > nearest
    assert got[1] == nearest


def test_an_exit_without_an_entry_is_refused() -> None:
    with pytest.raises(RuntimeError, match="__exit__ was called without __enter__"):
        default_floating_point.__exit__(None, None, None)
