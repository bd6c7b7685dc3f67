"""Long parity of the kernels: NVRTC's PTX and the source on the host, against the CPU's lanes.

    python -m tests.cuda.parity --steps 1000000

steps the same landers on the CPU's vector environment and on the stand-in for a GPU, and compares
all bytes. The kernels are NVRTC's PTX, translated to C++, or with ``--sanitized`` their source
under AddressSanitizer. Half of the landers follow Gymnasium's heuristic, so that they land. Prints
the rare events; fails if a byte differs or an event is missing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from lander_envs import Outcome
from lander_envs.scoring.policy import HeuristicPolicy
from tests.cuda.machine import build
from tests.cuda.machine.session import session
from tests.native.sanitized import SANITIZERS, library

NUM_ENVS = 256
PIXEL_ENVS = 8
MODES = ("NextStep", "SameStep")
SANITIZED = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def sanitized_again() -> int:
    """Run this program again in an interpreter that loads the sanitizers first."""
    _, libraries, options = SANITIZERS["address"]
    environment = {**os.environ, **options, "LD_PRELOAD": " ".join(map(library, libraries))}
    command = [sys.executable, "-m", "tests.cuda.parity", *sys.argv[1:]]
    return subprocess.run(command, check=False, env=environment).returncode


def same(got: Any, expected: NDArray[Any]) -> bool:
    return bool(got.cpu().numpy().tobytes() == expected.tobytes())


def compare_states(steps: int, mode: str, events: Counter[str], num_envs: int = NUM_ENVS) -> int:
    """Fly state batches side by side; returns the differences."""
    wind = np.arange(num_envs) % 3 == 0
    arguments = {"num_envs": num_envs, "autoreset_mode": mode, "enable_wind": wind}
    cpu = gym.make_vec("lander_envs/Lander-v0", **arguments)
    gpu = gym.make_vec("lander_envs/Lander-v0", device="cuda", **arguments)
    heuristic = HeuristicPolicy(continuous=False)
    obs, _ = cpu.reset(seed=0)
    differences = int(not same(gpu.reset(seed=0)[0], obs))
    dice, heuristic = np.random.default_rng(0), HeuristicPolicy(continuous=False)
    for _ in range(-(-steps // num_envs)):
        actions = dice.integers(0, 4, num_envs)
        actions[::2] = heuristic.act(obs[::2])
        expected, got = cpu.step(actions), gpu.step(actions)
        differences += sum(
            not same(g, e) for g, e in zip(got[:4], expected[:4], strict=True)
        ) + sum(not same(got[4][key], expected[4][key]) for key in ("outcome", "on_pad"))
        obs, infos = expected[0], expected[4]
        ended = expected[2] | expected[3]
        events["steps"] += num_envs
        events["steps with a leg on the ground"] += int((obs[:, 6:] > 0).any(axis=1).sum())
        events["steps with wind"] += int(wind.sum())
        if ended.any():
            final = infos.get("final_info", infos)
            for outcome in final["outcome"][ended].tolist():
                events[f"episodes: {Outcome(outcome).name}"] += 1
    return differences


def compare_pictures(
    decisions: int, mode: str, events: Counter[str], num_envs: int = PIXEL_ENVS
) -> int:
    """Fly pixel batches side by side; returns the differences."""
    arguments = {"num_envs": num_envs, "autoreset_mode": mode, "enable_wind": True}
    cpu = gym.make_vec("lander_envs/PixelLander-v0", **arguments)
    gpu = gym.make_vec("lander_envs/PixelLander-v0", device="cuda", **arguments)
    differences = int(not same(gpu.reset(seed=0)[0], cpu.reset(seed=0)[0]))
    dice = np.random.default_rng(0)
    for _ in range(-(-decisions // num_envs)):
        actions = dice.integers(0, 4, num_envs)
        expected, got = cpu.step(actions), gpu.step(actions)
        differences += sum(not same(g, e) for g, e in zip(got[:4], expected[:4], strict=True))
        events["decisions with pictures"] += num_envs
        events["first pictures of episodes"] += int((expected[2] | expected[3]).sum())
    return differences


def table(events: Counter[str], differences: int) -> str:
    """A row an event, and the differences."""
    rows = [*sorted(events.items()), ("arrays that differ", differences)]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {n:,} |" for name, n in rows)]) + "\n"


def report(events: Counter[str], differences: int, *, requires_rare: bool) -> int:
    """Print the events and the differences; returns the exit status."""
    print(table(events, differences), end="")
    rare = [f"episodes: {outcome.name}" for outcome in Outcome if outcome != Outcome.RUNNING]
    missing = [name for name in rare if events[name] == 0]
    if missing:
        print(f"did not occur: {', '.join(missing)}")
    return 1 if differences or (missing and requires_rare) else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--decisions", type=int, default=4_000, help="decisions with pictures")
    parser.add_argument("--sanitized", action="store_true", help="the source, sanitized")
    parser.add_argument("--out", type=Path, help="where to write the table")
    arguments = parser.parse_args()
    if arguments.sanitized and "LD_PRELOAD" not in os.environ:
        return sanitized_again()
    machine = build.on_host(SANITIZED) if arguments.sanitized else build.from_ptx()
    events: Counter[str] = Counter()
    differences = 0
    with tempfile.TemporaryDirectory() as cache, session(machine, Path(cache)):
        for mode in MODES:
            differences += compare_states(arguments.steps // len(MODES), mode, events)
            differences += compare_pictures(arguments.decisions // len(MODES), mode, events)
    if arguments.out:
        arguments.out.write_text(table(events, differences))
    return report(events, differences, requires_rare=arguments.steps >= 1_000_000)


if __name__ == "__main__":
    sys.exit(main())
