"""Steps per second beside Gymnasium's own environments, in turn in one run: ``tox run -e bench``.

A group is one task; the table's ratio of medians within a group is the result. Actions are drawn
before the clock starts.
"""

import gymnasium as gym
import pytest
from gymnasium.wrappers import (
    AddRenderObservation,
    FrameStackObservation,
    GrayscaleObservation,
    ResizeObservation,
)

import lander_envs

ROUNDS = 7  # the median of which counts


def gymnasiums_pixels() -> gym.Env:
    env = gym.make("LunarLander-v3", render_mode="rgb_array")
    env = GrayscaleObservation(AddRenderObservation(env, render_only=True))
    return FrameStackObservation(ResizeObservation(env, (84, 84)), 4)


STATE = {"Gymnasium": lambda: gym.make("LunarLander-v3")} | {
    f"lander_envs, {backend}": lambda backend=backend: gym.make(
        "lander_envs/Lander-v0", backend=backend
    )
    for backend in lander_envs.BACKENDS
}
PIXELS = {"Gymnasium's wrappers": gymnasiums_pixels} | {
    f"lander_envs, {backend}": lambda backend=backend: gym.make(
        "lander_envs/PixelLander-v0", frame_skip=1, backend=backend
    )
    for backend in lander_envs.BACKENDS
}


@pytest.mark.benchmark(group="one env through gym.make, random actions")
@pytest.mark.parametrize("name", STATE)
def bench_state(benchmark, name: str) -> None:
    benchmark.extra_info.update(maker=name, num_envs=1, env_steps=2000)
    benchmark.pedantic(walk, setup=lambda: prepare(STATE[name](), 2000), rounds=ROUNDS)


@pytest.mark.benchmark(group="one env through gym.make, observations (4, 84, 84), a frame a step")
@pytest.mark.parametrize("name", PIXELS)
def bench_pixels(benchmark, name: str) -> None:
    benchmark.extra_info.update(maker=name, num_envs=1, env_steps=100)
    benchmark.pedantic(walk, setup=lambda: prepare(PIXELS[name](), 100), rounds=ROUNDS)


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
