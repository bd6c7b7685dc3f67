"""Resident memory of one env more: ``python -m tests.benchmarks.memory``.

Each figure is the growth of a process of its own between a small batch and a large one, after some
steps, over the number of envs added. With ``copy=False`` reset and step return arrays of the batch.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import gymnasium as gym
import numpy as np

import lander_envs  # noqa: F401  # registers the ids

SMALL, STEPS = 8, 20
ROWS = {"lander_envs/Lander-v0": 16_384, "lander_envs/PixelLander-v0": 2_048}


def resident_bytes() -> int:
    """Resident bytes of this process, as Linux counts them."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def step_some(env_id: str, num_envs: int) -> gym.vector.VectorEnv:
    envs = gym.make_vec(env_id, num_envs=num_envs, copy=False, num_threads=1)
    envs.reset(seed=0)
    for _ in range(STEPS):
        envs.step(np.full(num_envs, 2))
    return envs


def measure(env_id: str, num_envs: int) -> float:
    small = step_some(env_id, SMALL)
    before = resident_bytes()
    large = step_some(env_id, num_envs)
    grown = resident_bytes() - before
    small.close()
    large.close()
    return grown / num_envs


def main() -> None:
    print("| env | resident bytes of one more |\n|---|---|")
    for env_id, num_envs in ROWS.items():
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            grown = pool.submit(measure, env_id, num_envs).result()
        print(f"| `{env_id.split('/')[1]}` | {grown:,.0f} |")


if __name__ == "__main__":
    if not sys.platform.startswith("linux"):
        sys.exit("memory is read from /proc, which only Linux has")
    main()
