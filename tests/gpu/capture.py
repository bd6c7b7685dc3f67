"""Steps inside ``torch.cuda.graph``, in ``torch.compile``, and on a stream that is not the default.

    python -m tests.gpu.capture

Replays of one captured step, and compiled steps, must give the bytes of as many plain steps.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import torch
from torch import Tensor

import lander_envs

Step = Callable[[], Tensor]


def made(env_id: str, num_envs: int, device: str) -> tuple[Any, Tensor]:
    """Environments after a reset, and actions."""
    envs = gym.make_vec(env_id, num_envs=num_envs, device=device, copy=False).unwrapped
    envs.reset(seed=0)
    if envs.single_action_space.shape:
        return envs, torch.full((num_envs, 2), 0.7, dtype=torch.float64, device=envs.device)
    return envs, torch.full((num_envs,), 2, device=envs.device)


def plain(envs: Any, actions: Tensor, steps: int) -> Tensor:
    """Observations after plain steps on another stream."""

    def fly() -> Tensor:
        for _ in range(steps):
            obs: Tensor = envs.step(actions)[0]
        return obs

    envs.synchronize()  # the other stream does not wait for the reset
    obs = on_another_stream(fly)
    envs.synchronize()
    return obs.clone()


def captured(envs: Any, actions: Tensor, steps: int) -> Tensor:
    """Observations after replays of one captured step."""
    envs.synchronize()
    replay, read = graph_of(lambda: envs.step(actions)[0])
    for _ in range(steps):
        replay()
    envs.synchronize()
    return read().clone()


def compiled(envs: Any, actions: Tensor, steps: int) -> Tensor:
    """Observations after steps of a compiled function."""
    torch.compiler.reset()
    step = torch.compile(lambda: envs.step(actions)[0], fullgraph=True)
    for _ in range(steps):
        obs: Tensor = step()
    return obs.clone()


def on_another_stream(fly: Step) -> Tensor:
    """Result of ``fly`` on a stream of its own."""
    with torch.cuda.stream(torch.cuda.Stream()):
        obs = fly()
        torch.cuda.synchronize()
    return obs


def graph_of(step: Step) -> tuple[Callable[[], Any], Step]:
    """Replay of a captured step, and a function that reads its result."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):  # a capture runs nothing
        obs = step()
    return graph.replay, lambda: obs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--envs", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=300)
    arguments = parser.parse_args()
    different = 0
    for env_id in lander_envs.REGISTERED_IDS:
        ways = [plain, captured]
        ways += [compiled] if env_id == lander_envs.REGISTERED_IDS[0] else []  # compiles for long
        results = [
            way(*made(env_id, arguments.envs, arguments.device), arguments.steps) for way in ways
        ]
        same = all(torch.equal(results[0], other) for other in results[1:])
        found = "the same bytes" if same else "DIFFERENT"
        names = ", ".join(way.__name__ for way in ways)
        print(f"{env_id} ({names}): {found} after {arguments.steps} steps", flush=True)
        different += not same
    return different


if __name__ == "__main__":
    sys.exit(main())
