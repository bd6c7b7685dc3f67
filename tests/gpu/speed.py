"""Steps a second on a GPU, from 256 to 262,144 environments, beside the engine on the CPU.

    python -m tests.gpu.speed --out speed.json

State batches under random actions and under one engine, pixel batches under random actions. Each
figure is the median of several repetitions, and a repetition ends with a wait for the device.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch

import lander_envs

STATE_SIZES = (256, 4_096, 16_384, 65_536, 262_144)
PIXEL_SIZES = (256, 1_024, 4_096, 16_384)
REPETITIONS = 5
WARM_UP = 200  # steps, after which episodes are out of phase


def measured(env_id: str, num_envs: int, device: str, policy: str, steps: int) -> float:
    """Steps a second of one environment after another, times ``num_envs``."""
    on_gpu = {"device": device, "copy": False} if device != "cpu" else {"copy": False}
    envs: Any = gym.make_vec(env_id, num_envs=num_envs, **on_gpu)
    envs.reset(seed=0)
    actions = dice(num_envs, device, policy)
    for k in range(WARM_UP if device != "cpu" else 20):
        envs.step(actions[k % len(actions)])
    seconds = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        for k in range(steps):
            envs.step(actions[k % len(actions)])
        if device != "cpu":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    envs.close()
    return num_envs * steps / statistics.median(seconds)


def dice(num_envs: int, device: str, policy: str) -> list[Any]:
    """Actions of some steps: random ones, or those of an engine that always fires."""
    generator = np.random.default_rng(0)
    rows = [generator.integers(0, 4, num_envs) for _ in range(16)]
    if policy == "main engine":
        rows = [np.full(num_envs, 2)]
    return rows if device == "cpu" else [torch.from_numpy(row).to(device) for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seconds", type=float, default=70.0, help="stop before the next row")
    arguments = parser.parse_args()
    name = torch.cuda.get_device_name()
    print(f"lander_envs {lander_envs.__version__}, PyTorch {torch.__version__}, {name}")
    print("| env | policy | environments | device | steps a second |\n|---|---|---|---|---|")
    rows, start = [], time.perf_counter()
    cases = [("Lander-v0", "random", n, "cuda", 50) for n in STATE_SIZES]
    cases += [("Lander-v0", "main engine", n, "cuda", 50) for n in STATE_SIZES[2:]]
    cases += [("Lander-v0", "random", n, "cpu", 10) for n in STATE_SIZES[:2]]
    cases += [("PixelLander-v0", "random", n, "cuda", 10) for n in PIXEL_SIZES]
    cases += [("PixelLander-v0", "random", 256, "cpu", 5)]
    for env, policy, num_envs, device, steps in cases:
        if time.perf_counter() - start > arguments.seconds:
            print("(out of time)")
            break
        speed = measured(f"lander_envs/{env}", num_envs, device, policy, steps)
        print(f"| {env} | {policy} | {num_envs:,} | {device} | {speed:,.0f} |", flush=True)
        rows.append([env, policy, num_envs, device, speed])
    if arguments.out is not None:
        arguments.out.write_text(json.dumps({"gpu": name, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
