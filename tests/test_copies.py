"""Copies of every form of every env: nothing is shared, and copy and original go on alike."""

import copy
import itertools
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from lander_envs import wrappers
from lander_envs.copies import owned
from lander_envs.wrappers import vector as vector_wrappers
from tests.conformance import DISCRETE_IDS

MODES = ["NextStep", "SameStep", "Disabled"]


def through_pickle(protocol: int) -> Callable[[Any], Any]:
    """Copy by an in-band pickle."""
    return lambda env: pickle.loads(pickle.dumps(env, protocol))


def through_buffers(hand_over: Callable[[pickle.PickleBuffer], Any]) -> Callable[[Any], Any]:
    """Copy by a pickle of protocol 5 with out-of-band buffers, each as ``hand_over`` gives it."""

    def duplicate(env: Any) -> Any:
        buffers: list[pickle.PickleBuffer] = []
        data = pickle.dumps(env, 5, buffer_callback=buffers.append)
        return pickle.loads(data, buffers=[hand_over(buffer) for buffer in buffers])

    return duplicate


DUPLICATES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"protocol {n}": through_pickle(n) for n in (2, 3, 4, 5)},
    "read-only buffers": through_buffers(lambda buffer: bytes(buffer.raw())),
    "writable buffers": through_buffers(lambda buffer: bytearray(buffer.raw())),
    "the same buffers": through_buffers(lambda buffer: buffer),
}


def shaped_batch() -> gym.vector.VectorEnv:
    batch = gym.make_vec("lander_envs/Lander-v0", num_envs=3, max_episode_steps=20)
    return vector_wrappers.ScaleObservation(
        vector_wrappers.MaskVelocity(vector_wrappers.ShapeReward(batch))
    )


def pixel_batch() -> gym.vector.VectorEnv:
    batch = gym.make_vec(
        "lander_envs/Lander-v0", num_envs=3, max_episode_steps=20, render_mode="rgb_array"
    )
    return vector_wrappers.PixelObservation(batch, obs_size=20)


def shaped_single() -> gym.Env:
    env = wrappers.ShapeReward(gym.make("lander_envs/Lander-v0").unwrapped)
    return wrappers.RepeatAction(wrappers.ScaleObservation(wrappers.MaskVelocity(env)))


def pixel_single() -> gym.Env:
    env = gym.make("lander_envs/Lander-v0", render_mode="rgb_array").unwrapped
    return wrappers.PixelObservation(env, obs_size=20)


BATCHES: dict[str, Callable[[], gym.vector.VectorEnv]] = {
    **{
        f"{env_id} {mode}": lambda env_id=env_id, mode=mode: gym.make_vec(
            env_id, num_envs=3, autoreset_mode=mode, max_episode_steps=20, enable_wind=True
        )
        for env_id, mode in itertools.product(DISCRETE_IDS, MODES)
    },
    "shaped wrappers": shaped_batch,
    "pixel wrapper": pixel_batch,
}
SINGLES: dict[str, Callable[[], gym.Env]] = {
    **{
        env_id: lambda env_id=env_id: gym.make(env_id, enable_wind=True).unwrapped
        for env_id in DISCRETE_IDS
    },
    "shaped wrappers": shaped_single,
    "pixel wrapper": pixel_single,
}


def arrays_of(value: Any, seen: set[int]) -> Iterator[np.ndarray]:
    """Arrays that an object holds, at any depth."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        yield value
        return
    items: list[Any] = []
    if isinstance(value, dict):
        items = list(value.values())
    elif isinstance(value, (list, tuple)):
        items = list(value)
    elif type(value).__module__.startswith(("lander_envs", "gymnasium")):
        items = list(getattr(value, "__dict__", {}).values())
    for item in items:
        yield from arrays_of(item, seen)


def share_memory(first: Any, second: Any) -> bool:
    mine, theirs = (list(arrays_of(value, set())) for value in (first, second))
    assert mine
    return any(np.shares_memory(a, b) for a, b in itertools.product(mine, theirs))


def random_actions(space: gym.Space, rng: np.random.Generator) -> Any:
    """Random member of an action space, single or batched, from ``rng``."""
    if isinstance(space, gym.spaces.Box):
        return rng.uniform(-1.0, 1.0, space.shape)
    return rng.integers(4, size=space.shape)


def fly_batch(envs: gym.vector.VectorEnv, steps: int, seed: int = 0) -> list[Any]:
    """Results of fixed random actions, as bytes; under DISABLED with resets of what has ended."""
    rng = np.random.default_rng(seed)
    seen: list[Any] = []
    for _ in range(steps):
        obs, *rest, _ = envs.step(random_actions(envs.action_space, rng))
        seen.append([array.tobytes() for array in (obs, *rest)])
        over = rest[1] | rest[2]
        if envs.metadata["autoreset_mode"].value == "Disabled" and over.any():
            seen.append(envs.reset(options={"reset_mask": over})[0].tobytes())
    return seen


def fly_single(env: gym.Env, steps: int, seed: int = 0) -> list[Any]:
    rng = np.random.default_rng(seed)
    seen: list[Any] = []
    for _ in range(steps):
        obs, reward, terminated, truncated, _ = env.step(random_actions(env.action_space, rng))
        seen.append((obs.tobytes(), float(reward), terminated, truncated))
        if terminated or truncated:
            seen.append(env.reset()[0].tobytes())
    return seen


@pytest.mark.parametrize("form", BATCHES)
def test_a_copied_batch_shares_nothing_and_goes_on_as_the_original(form) -> None:
    envs = BATCHES[form]()
    envs.action_space.seed(0)
    envs.reset(seed=0)
    fly_batch(envs, 12)
    copies = {how: duplicate(envs) for how, duplicate in DUPLICATES.items()}
    expected = fly_batch(envs, 16)  # past the time limit of 20 steps
    sample = envs.action_space.sample().tolist()
    for how, again in copies.items():
        assert not share_memory(envs, again), how
        assert fly_batch(again, 16) == expected, how
        assert again.action_space.sample().tolist() == sample, how


@pytest.mark.parametrize("form", SINGLES)
def test_a_copied_single_env_shares_nothing_and_goes_on_as_the_original(form) -> None:
    env = SINGLES[form]()
    env.action_space.seed(0)
    env.reset(seed=0)
    fly_single(env, 10)
    copies = {how: duplicate(env) for how, duplicate in DUPLICATES.items()}
    expected = fly_single(env, 30)
    sample = env.action_space.sample()
    for how, again in copies.items():
        assert not share_memory(env, again), how
        assert fly_single(again, 30) == expected, how
        assert np.array_equal(again.action_space.sample(), sample), how


@pytest.mark.parametrize("form", BATCHES)
def test_a_copy_answers_a_masked_reset_with_the_observations_of_the_other_envs(form) -> None:
    envs = BATCHES[form]()
    envs.reset(seed=0)
    fly_batch(envs, 10)
    again = copy.copy(envs)
    options = {"reset_mask": np.array([False, True, False])}
    expected = envs.reset(seed=5, options=options)[0]
    assert again.reset(seed=5, options=options)[0].tobytes() == expected.tobytes()


@pytest.mark.parametrize("form", BATCHES)
def test_a_batch_that_was_never_reset_can_be_copied(form) -> None:
    envs = BATCHES[form]()
    again = copy.copy(envs)
    assert again.reset(seed=3)[0].tobytes() == envs.reset(seed=3)[0].tobytes()
    assert fly_batch(again, 5) == fly_batch(envs, 5)


def test_a_closed_batch_is_closed_in_its_copy() -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=2)
    envs.reset(seed=0)
    envs.close()
    with pytest.raises(gym.error.ClosedEnvironmentError):
        copy.copy(envs).reset()


def test_arguments_per_env_are_not_shared_by_copies() -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=2, gravity=np.array([-3.0, -9.0]))
    again = copy.copy(envs)
    again.spec.kwargs["gravity"][0] = -1.0
    assert envs.spec.kwargs["gravity"].tolist() == [-3.0, -9.0]
    again.reset(seed=0)
    envs.reset(seed=0)
    assert fly_batch(again, 20) == fly_batch(envs, 20)


def test_owned_copies_arrays_at_any_depth_and_keeps_other_objects() -> None:
    inner, other = np.arange(3), object()
    space = gym.spaces.Box(-1.0, 1.0, (2,))
    value = {"list": [inner, other], "tuple": (inner,), "space": space}
    copied = owned(value)
    assert copied["list"][0].tolist() == [0, 1, 2]
    assert copied["list"][1] is other
    assert copied["space"] == space
    assert not share_memory(value, copied)
