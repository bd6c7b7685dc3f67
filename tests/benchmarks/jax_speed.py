"""Speed of the JAX form beside the vector environment, in turn in one run on one thread.

    python -m tests.benchmarks.jax_speed --out docs/results/jax_speed.md

Both fly Lander-v0 under the same random actions and restart in the step that ends an episode: the
JAX form in a scan over a vmap with donated states, the vector environment with ``copy=False``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np

import lander_envs.jax
from lander_envs.jax import State
from tests.benchmarks import machine

SIZES = (256, 4096)
FLOOR = 0.9  # of the ratio
ROUNDS = 9
ENV_STEPS = 60_000  # a round
ENV_ID = "lander_envs/Lander-v0"


class Row(NamedTuple):
    """Medians of one size, in microseconds a step of one env, and of the ratios."""

    num_envs: int
    vector: float
    jax: float
    ratio: float


def measure(num_envs: int, env_steps: int = ENV_STEPS, rounds: int = ROUNDS) -> Row:
    """Time both forms in turn."""
    steps = max(16, env_steps // num_envs)
    actions = np.random.default_rng(0).integers(0, 4, (steps, num_envs))
    envs = gym.make_vec(
        ENV_ID, num_envs, num_threads=1, copy=False, autoreset_mode="SameStep"
    ).unwrapped
    envs.reset(seed=0)
    env, params = lander_envs.jax.make(ENV_ID)
    keys = jnp.stack([lander_envs.jax.seed_key(i) for i in range(num_envs)])
    _, state = jax.jit(jax.vmap(env.reset, (0, None)))(keys, params)
    flown = jnp.asarray(actions, jnp.int32)

    def replay(state: State, actions: jax.Array) -> tuple[State, object]:
        def step(state: State, action: jax.Array) -> tuple[State, object]:
            stepped = jax.vmap(env.step, (None, 0, 0, None))(None, state, action, params)
            obs, state, reward, done, _ = stepped
            return state, (obs, reward, done)

        return jax.lax.scan(step, state, actions)

    scan = jax.jit(replay, donate_argnums=0)
    times: list[tuple[float, float]] = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        for action in actions:
            envs.step(action)
        between = time.perf_counter()
        state, _ = jax.block_until_ready(scan(state, flown))
        times.append((between - start, time.perf_counter() - between))
    times = times[1:]  # the first round compiles and warms up
    each = [
        1e6 / (steps * num_envs) * statistics.median(column) for column in zip(*times, strict=True)
    ]
    return Row(num_envs, *each, statistics.median(vector / own for vector, own in times))


def page(rows: list[Row], origin: str) -> str:
    """Table of the rows."""
    lines = [origin, "", "| envs | vector environment | JAX | ratio |", "|---|---|---|---|"]
    for row in rows:
        steps = [f"{1e6 / each:,.0f} steps/s" for each in (row.vector, row.jax)]
        lines.append(f"| {row.num_envs:,} | {steps[0]} | {steps[1]} | {row.ratio:.2f} |")
    return "\n".join([*lines, ""])


def origin() -> str:
    """Machine and releases of a measurement."""
    return (
        f"Measured on {machine.processor()}, one thread, jax {jax.__version__}, in turn in one "
        f"run; median of {ROUNDS} rounds; load average of the machine {machine.load():.1f}."
    )


def main() -> None:
    """Run the benchmark and write the table; status 1 if a ratio is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    # One thread, as the vector environment has; XLA reads it at the first call.
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    rows = [measure(num_envs) for num_envs in SIZES]
    out.write_text(page(rows, origin()))
    print(out.read_text())
    slow = [row for row in rows if row.ratio < FLOOR]
    if slow:
        raise SystemExit(f"a ratio is below {FLOOR}: {slow}")


if __name__ == "__main__":
    main()
