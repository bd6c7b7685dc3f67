"""Frames of 84x84 pixels delivered a second, in turn in one run: ``tox run -e bench``.

A frame is what an agent gets for one decision: the stack of (4, 84, 84) grey bytes, except where
the name says what is delivered instead. Every environment has flown for a second before the clock
starts, so that landers are everywhere; actions are random and drawn beforehand.
"""

from collections.abc import Callable
from itertools import cycle, product
from typing import NamedTuple

import cv2
import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv
from gymnasium.vector.utils import batch_space

from lander_envs.vector import PixelLanderVectorEnv
from tests.benchmarks.bench_envs import gymnasiums_pixels

GROUP = "frames of 84x84 pixels, random actions"
ROUNDS = 5  # the median of which counts
WARM_UP = 50  # base steps: a second


class Source(NamedTuple):
    """Something that delivers ``frames`` frames a call."""

    call: Callable[[], object]
    frames: int
    base_steps: int = 1  # of each env in a call


def single(env: gym.Env, see: Callable[[], object] | None = None) -> Source:
    env.action_space.seed(0)
    actions = cycle([env.action_space.sample() for _ in range(500)])
    env.reset(seed=0)

    def call() -> None:
        _, _, terminated, truncated, _ = env.step(next(actions))
        if terminated or truncated:
            env.reset()
        if see is not None:
            see()

    return Source(call, 1)


def batch(envs: gym.vector.VectorEnv, base_steps: int = 1) -> Source:
    actions = sampled(envs.single_action_space, envs.num_envs)
    envs.reset(seed=0)
    return Source(lambda: envs.step(next(actions)), envs.num_envs, base_steps)


def sampled(space: gym.Space, num_envs: int) -> cycle:
    space = batch_space(space, num_envs)
    space.seed(0)
    return cycle([space.sample() for _ in range(20)])


def rendered_and_resized_by_opencv() -> Source:
    env = gym.make("LunarLander-v3", render_mode="rgb_array")

    def see() -> object:
        grey = cv2.cvtColor(env.render(), cv2.COLOR_RGB2GRAY)
        return cv2.resize(grey, (84, 84), interpolation=cv2.INTER_AREA)

    return single(env, see)


def envpool_64() -> Source:
    envpool = pytest.importorskip("envpool")
    envs = envpool.make(
        "LunarLander-v3",
        env_type="gymnasium",
        num_envs=64,
        num_threads=1,
        render_mode="rgb_array",
        render_width=84,
        render_height=84,
    )
    actions, every_env = sampled(gym.spaces.Discrete(4), 64), list(range(64))
    envs.reset()

    def call() -> object:
        envs.step(next(actions).astype(np.int32))
        return envs.render(env_ids=every_env)

    return Source(call, 64)


def ours(num_envs: int, num_threads: int, frame_skip: int, copy: bool) -> Source:
    envs = PixelLanderVectorEnv(num_envs, num_threads=num_threads, frame_skip=frame_skip, copy=copy)
    return batch(envs, frame_skip)


OTHERS = {
    "Gymnasium's wrappers": lambda: single(gymnasiums_pixels()),
    "Gymnasium's wrappers, AsyncVectorEnv": lambda: batch(AsyncVectorEnv([gymnasiums_pixels] * 8)),
    "Gymnasium's render, OpenCV: one (84, 84)": rendered_and_resized_by_opencv,
    "EnvPool: one (84, 84, 3)": envpool_64,
}
SIZES = [(1, 1), *product((16, 64, 256, 1024, 4096), (1, 2))]
OURS = [
    (num_envs, threads, frame_skip, copy)
    for (num_envs, threads), frame_skip, copy in product(SIZES, (1, 4), (False, True))
    if not copy or num_envs in (64, 1024)
]


@pytest.mark.benchmark(group=GROUP)
@pytest.mark.parametrize("name", OTHERS)
def bench_others(benchmark, name: str) -> None:
    deliver(benchmark, OTHERS[name](), 40, maker=name)


@pytest.mark.benchmark(group=GROUP)
@pytest.mark.parametrize(("num_envs", "threads", "frame_skip", "copy"), OURS)
def bench_ours(benchmark, num_envs: int, threads: int, frame_skip: int, copy: bool) -> None:
    source = ours(num_envs, threads, frame_skip, copy)
    maker = f"lander_envs, frame_skip={frame_skip}, copy={copy}"
    deliver(benchmark, source, 2000, maker=maker, threads=threads)


def deliver(benchmark, source: Source, frames: int, **facts: object) -> None:
    """Time rounds of at least so many frames; a step of the report is a frame."""
    calls = max(2, frames // source.frames)
    for _ in range(WARM_UP // source.base_steps):
        source.call()

    def one_round() -> None:
        for _ in range(calls):
            source.call()

    benchmark.extra_info.update(num_envs=source.frames, env_steps=calls * source.frames, **facts)
    benchmark.pedantic(one_round, rounds=ROUNDS)
