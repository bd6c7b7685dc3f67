"""Steps per second beside Gymnasium's own environments, in turn in one run: ``tox run -e bench``.

A group is one task; the table's ratio of medians within a group is the result. Actions are drawn
before the clock starts.
"""

from collections.abc import Callable

import gymnasium as gym
import pytest
from gymnasium.wrappers import (
    AddRenderObservation,
    FrameStackObservation,
    GrayscaleObservation,
    ResizeObservation,
)

import lander_envs
from lander_envs.vector import LanderVectorEnv

ROUNDS = 7  # the median of which counts


def gymnasiums_pixels() -> gym.Env:
    env = gym.make("LunarLander-v3", render_mode="rgb_array")
    env = GrayscaleObservation(AddRenderObservation(env, render_only=True))
    return FrameStackObservation(ResizeObservation(env, (84, 84)), 4)


STATE = {"gymnasium": lambda: gym.make("LunarLander-v3")} | {
    f"lander_envs, {backend}": lambda backend=backend: gym.make(
        "lander_envs/Lander-v0", backend=backend
    )
    for backend in lander_envs.BACKENDS
}
PIXELS = {"gymnasium's wrappers": gymnasiums_pixels} | {
    f"lander_envs, {backend}": lambda backend=backend: gym.make(
        "lander_envs/PixelLander-v0", frame_skip=1, backend=backend
    )
    for backend in lander_envs.BACKENDS
}


@pytest.mark.benchmark(group="one env, 2,000 random steps")
@pytest.mark.parametrize("make", STATE.values(), ids=STATE)
def bench_state(benchmark, make: Callable[[], gym.Env]) -> None:
    benchmark.pedantic(walk, setup=lambda: prepare(make(), 2000), rounds=ROUNDS)


@pytest.mark.benchmark(group="one env, 100 frames of (4, 84, 84)")
@pytest.mark.parametrize("make", PIXELS.values(), ids=PIXELS)
def bench_pixels(benchmark, make: Callable[[], gym.Env]) -> None:
    benchmark.pedantic(walk, setup=lambda: prepare(make(), 100), rounds=ROUNDS)


NUM_ENVS = 64
BATCHES = {
    "gymnasium, SyncVectorEnv": lambda: gym.make_vec("LunarLander-v3", num_envs=NUM_ENVS),
    "lander_envs, 1 thread": lambda: LanderVectorEnv(NUM_ENVS, num_threads=1),
    "lander_envs, 2 threads": lambda: LanderVectorEnv(NUM_ENVS, num_threads=2),
}


@pytest.mark.benchmark(group="64 envs, 200 random steps each")
@pytest.mark.parametrize("make", BATCHES.values(), ids=BATCHES)
def bench_batch(benchmark, make: Callable[[], gym.vector.VectorEnv]) -> None:
    benchmark.pedantic(walk_batch, setup=lambda: prepare_batch(make()), rounds=ROUNDS)


def prepare_batch(envs: gym.vector.VectorEnv) -> tuple[tuple[gym.vector.VectorEnv, list], dict]:
    envs.action_space.seed(0)
    actions = [envs.action_space.sample() for _ in range(200)]
    envs.reset(seed=0)
    return (envs, actions), {}


def walk_batch(envs: gym.vector.VectorEnv, actions: list) -> None:
    for action in actions:
        envs.step(action)


def prepare(env: gym.Env, steps: int) -> tuple[tuple[gym.Env, list[int]], dict]:
    env.action_space.seed(0)
    actions = [int(env.action_space.sample()) for _ in range(steps)]
    env.reset(seed=0)
    return (env, actions), {}


def walk(env: gym.Env, actions: list[int]) -> None:
    for action in actions:
        _, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            env.reset()
