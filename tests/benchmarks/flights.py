"""Benchmarks of vector envs: who flies, how, and how long.

Actions are made before the clock starts: drawn at random, or written down from a first flight with
the heuristic, whose observations return on the second flight with the same seed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import numpy as np

from lander_envs import _native
from lander_envs.vector import LanderVectorEnv

SEED = 7
WARM_UP = 200  # steps before the clock: longer than a random episode, so that ends are spread out
ROUNDS = 5  # the median of which counts
INSTRUCTION_SET = "LANDER_ENVS_INSTRUCTION_SET"


def heuristic(obs: np.ndarray) -> np.ndarray:
    """Gymnasium's landing heuristic for observations (n, 8)."""
    angle_target = np.clip(obs[:, 0] * 0.5 + obs[:, 2], -0.4, 0.4)
    hover_target = 0.55 * np.abs(obs[:, 0])
    turn = (angle_target - obs[:, 4]) * 0.5 - obs[:, 5]
    climb = (hover_target - obs[:, 1]) * 0.5 - obs[:, 3] * 0.5
    standing = (obs[:, 6] > 0) | (obs[:, 7] > 0)
    turn = np.where(standing, 0.0, turn)
    climb = np.where(standing, -obs[:, 3] * 0.5, climb)
    sideways = np.where(turn < -0.05, 3, np.where(turn > 0.05, 1, 0))
    return np.where((climb > np.abs(turn)) & (climb > 0.05), 2, sideways)


def native(num_envs: int, threads: int = 1, instruction_set: str = "") -> LanderVectorEnv:
    os.environ[INSTRUCTION_SET] = instruction_set or _native.INSTRUCTION_SETS[-1]
    try:
        return LanderVectorEnv(num_envs, num_threads=threads, copy=False)
    finally:
        del os.environ[INSTRUCTION_SET]


def envpool(num_envs: int, threads: int = 1) -> Any:
    # Imported late: an extra of the benchmark env alone, and not made for every Python.
    import envpool as pool

    return pool.make_gymnasium("LunarLander-v3", num_envs=num_envs, num_threads=threads, seed=SEED)


def gymnasium_envs(num_envs: int, mode: str) -> gym.vector.VectorEnv:
    return gym.make_vec("LunarLander-v3", num_envs=num_envs, vectorization_mode=mode)


MAKERS: dict[str, Callable[..., Any]] = {
    "lander_envs": native,
    "EnvPool": envpool,
    "Gymnasium Sync": lambda num_envs: gymnasium_envs(num_envs, "sync"),
    "Gymnasium Async": lambda num_envs: gymnasium_envs(num_envs, "async"),
}


@dataclass
class Flight:
    """One row of a benchmark: ``steps`` steps a round of ``num_envs`` landers."""

    maker: str
    num_envs: int
    steps: int
    policy: str = "random"
    kwargs: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        extras = [f"{key}={value}" for key, value in self.kwargs.items()]
        return " ".join([self.maker, f"n={self.num_envs}", *extras])

    def facts(self) -> dict[str, Any]:
        """Facts for the report, by name."""
        return {
            "maker": self.maker,
            "num_envs": self.num_envs,
            "env_steps": self.num_envs * self.steps,
            "policy": self.policy,
            **self.kwargs,
        }

    def start(self) -> tuple[Any, list[np.ndarray]]:
        """A warm vector env and the actions of all rounds."""
        count = WARM_UP + ROUNDS * self.steps
        if self.policy == "heuristic":
            actions = self._heuristic_actions(count)
        else:
            rng = np.random.default_rng(SEED)
            actions = [rng.integers(0, 4, self.num_envs) for _ in range(count)]
        envs, _ = self._make()
        for action in actions[:WARM_UP]:
            envs.step(action)
        return envs, actions[WARM_UP:]

    def _make(self) -> tuple[Any, np.ndarray]:
        envs = MAKERS[self.maker](self.num_envs, **self.kwargs)
        seed = {} if self.maker == "EnvPool" else {"seed": SEED}  # which takes it when it is made
        obs, _ = envs.reset(**seed)
        return envs, obs

    def _heuristic_actions(self, count: int) -> list[np.ndarray]:
        envs, obs = self._make()
        actions = []
        for _ in range(count):
            actions.append(heuristic(obs))
            obs = envs.step(actions[-1])[0]
        envs.close()
        return actions


def run(benchmark: Any, flight: Flight) -> None:
    """Time the rounds of a flight, one after the other."""
    benchmark.extra_info.update(flight.facts())
    envs, actions = flight.start()
    rounds = iter([actions[i * flight.steps : (i + 1) * flight.steps] for i in range(ROUNDS)])
    benchmark.pedantic(step_all, setup=lambda: ((envs, next(rounds)), {}), rounds=ROUNDS)
    envs.close()


def step_all(envs: Any, actions: list[np.ndarray]) -> None:
    for action in actions:
        envs.step(action)


def run_with_policy(benchmark: Any, flight: Flight) -> None:
    """Time steps and the heuristic together, as a user's loop has them."""
    benchmark.extra_info.update(flight.facts())
    envs, obs = flight._make()
    last = [fly(envs, obs, WARM_UP)]

    def round_() -> None:
        last[0] = fly(envs, last[0], flight.steps)

    benchmark.pedantic(round_, rounds=ROUNDS)
    envs.close()


def fly(envs: Any, obs: np.ndarray, steps: int) -> np.ndarray:
    for _ in range(steps):
        obs = envs.step(heuristic(obs))[0]
    return obs
