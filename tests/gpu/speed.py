"""Steps a second on a GPU, from 256 to 262,144 environments, beside the CPU engine and EnvPool.

    python -m tests.gpu.speed --out speed.json

Steps alone (random actions made before, or the landing heuristic), with a policy network, and with
PPO's training. A figure is the median of several rounds; a round ends with a wait for the device.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import torch
from torch import Tensor

import lander_envs
from tests.benchmarks.flights import envpool
from tests.gpu.policies import Network, heuristic

STATE_SIZES = (256, 4_096, 16_384, 65_536, 262_144)
PIXEL_SIZES = (256, 1_024, 4_096, 16_384)
ROUNDS = 5
WARM_UP = 200  # steps, after which episodes are out of phase
GPU, CPU, ENVPOOL = "GPU", "CPU", "EnvPool"


class Case(NamedTuple):
    """One row."""

    env: str
    work: str
    num_envs: int
    where: str
    steps: int  # of a round


def cases() -> list[Case]:
    """All rows; those that are cut off first, if the time is short, come last."""
    rows = [Case("Lander-v0", "random", n, GPU, 50) for n in STATE_SIZES]
    rows += [Case("PixelLander-v0", "random", n, GPU, 10) for n in PIXEL_SIZES]
    for where in (CPU, ENVPOOL):
        rows += [Case("Lander-v0", "random", n, where, 10) for n in STATE_SIZES[:2]]
    rows += [Case("PixelLander-v0", "random", 256, CPU, 5)]
    rows += [Case("Lander-v0", "heuristic", n, GPU, 50) for n in STATE_SIZES[2:4]]
    rows += [Case("Lander-v0", "policy", n, GPU, 50) for n in STATE_SIZES[1:4]]
    rows += [Case("PixelLander-v0", "policy", n, GPU, 10) for n in PIXEL_SIZES[1:3]]
    rows += [Case("Lander-v0", "policy, training", n, GPU, 32) for n in STATE_SIZES[1:4]]
    rows += [Case("PixelLander-v0", "policy, training", 1_024, GPU, 16)]
    return [*rows, Case("Lander-v0", "policy, training", 256, CPU, 32)]


def measured(case: Case, device: str) -> float:
    """Steps a second, over all environments; ImportError if EnvPool is not installed."""
    make = _training if case.work == "policy, training" else _stepping
    work, wait, close = make(case, device)
    work()
    wait()
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        wait()
        seconds.append(time.perf_counter() - start)
    close()
    return case.num_envs * case.steps / statistics.median(seconds)


Work = tuple[Callable[[], object], Callable[[], object], Callable[[], object]]


def _stepping(case: Case, device: str) -> Work:
    """Steps of a round, the wait for the device, and the end."""
    envs = _made(case, device)
    on_gpu = case.where == GPU
    place = envs.device if on_gpu else torch.device("cpu")
    act = _actions(case, envs, place)
    obs = envs.reset()[0] if case.where == ENVPOOL else envs.reset(seed=0)[0]

    def advance(steps: int) -> None:
        nonlocal obs
        for _ in range(steps):
            action = act(torch.as_tensor(obs))
            obs = envs.step(action if on_gpu else action.numpy())[0]

    advance(WARM_UP if on_gpu else 20)
    wait = envs.synchronize if on_gpu else lambda: None
    return lambda: advance(case.steps), wait, envs.close


def _made(case: Case, device: str) -> Any:
    if case.where == ENVPOOL:
        return envpool(case.num_envs, threads=os.cpu_count() or 1)
    on_gpu = {"device": device} if case.where == GPU else {}
    env_id = f"lander_envs/{case.env}"
    return gym.make_vec(env_id, num_envs=case.num_envs, copy=False, **on_gpu).unwrapped


def _actions(case: Case, envs: Any, place: torch.device) -> Callable[[Tensor], Tensor]:
    """Function of observations that gives actions."""
    torch.manual_seed(0)
    if case.work == "heuristic":
        return heuristic
    if case.work == "policy":
        network = Network(envs.single_observation_space.shape).to(place)
        network(torch.as_tensor(envs.single_observation_space.sample()[None]).to(place))
        return network
    drawn = [torch.randint(4, (case.num_envs,), device=place) for _ in range(16)]
    turn = iter(range(10**9))
    return lambda obs: drawn[next(turn) % len(drawn)]


def _training(case: Case, device: str) -> Work:
    """Iterations of PPO: a rollout and its update."""
    from baselines.algorithms.ppo import PPO, PPOConfig  # wants more packages than steps do

    pixels = {"encoder": "nature", "share_encoder": True, "hidden": (256,)}
    config = PPOConfig(
        env_id=f"lander_envs/{case.env}",
        num_envs=case.num_envs,
        num_steps=case.steps,
        minibatch_size=max(1, case.num_envs * case.steps // 8),
        **(pixels if "Pixel" in case.env else {}),
    )
    where = device if case.where == GPU else "cpu"
    trainer = PPO(config.model_copy(update={"device": where}))
    trainer.start(seed=0)
    return trainer.iterate, lambda: None, trainer.envs.close  # an iteration reads its metrics


def gpu_name() -> str:
    """Name of the GPU, as its driver has it."""
    return torch.cuda.get_device_name()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seconds", type=float, default=100.0, help="stop before the next row")
    arguments = parser.parse_args()
    print(f"lander_envs {lander_envs.__version__}, PyTorch {torch.__version__}, {gpu_name()}")
    print("| env | with | environments | on | steps a second |\n|---|---|---|---|---|")
    rows, start = [], time.perf_counter()
    for case in cases():
        if time.perf_counter() - start > arguments.seconds:
            print("(out of time)")
            break
        try:
            speed = measured(case, arguments.device)
        except ImportError as missing:
            print(f"({case.where}, {case.work}: {missing})")
            continue
        env, work, num_envs, where, _ = case
        print(f"| {env} | {work} | {num_envs:,} | {where} | {speed:,.0f} |", flush=True)
        rows.append([env, work, num_envs, where, speed])
    if arguments.out is not None:
        content = {"gpu": gpu_name(), "cores": os.cpu_count(), "rows": rows}
        arguments.out.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
