"""Steps inside ``torch.cuda.graph``, and on a stream that is not the default one.

    python -m tests.gpu.capture

Replays of one captured step must give the bytes of as many plain steps.
"""

from __future__ import annotations

import sys

import gymnasium as gym
import torch

import lander_envs

NUM_ENVS = 1024
STEPS = 300


def plain(env_id: str) -> torch.Tensor:
    envs = gym.make_vec(env_id, num_envs=NUM_ENVS, device="cuda", copy=False)
    envs.reset(seed=0)
    actions = torch.full((NUM_ENVS,), 2, device="cuda")
    torch.cuda.synchronize()  # the other stream does not wait for the reset
    with torch.cuda.stream(torch.cuda.Stream()):
        for _ in range(STEPS):
            obs = envs.step(actions)[0]
        torch.cuda.synchronize()
    return obs.clone()


def captured(env_id: str) -> torch.Tensor:
    envs = gym.make_vec(env_id, num_envs=NUM_ENVS, device="cuda", copy=False)
    envs.reset(seed=0)
    actions = torch.full((NUM_ENVS,), 2, device="cuda")
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):  # a capture runs nothing
        obs = envs.step(actions)[0]
    for _ in range(STEPS):
        graph.replay()
    torch.cuda.synchronize()
    return obs.clone()


def main() -> int:
    different = 0
    for env_id in lander_envs.ENV_IDS:
        same = torch.equal(plain(env_id), captured(env_id))
        print(f"{env_id}: {'the same bytes' if same else 'DIFFERENT'} after {STEPS} steps")
        different += not same
    return different


if __name__ == "__main__":
    sys.exit(main())
