"""Command ``bench``: steps and pictures a second on this machine, beside Gymnasium's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
from gymnasium.vector import VectorEnv
from gymnasium.wrappers import FrameStackObservation, GrayscaleObservation, ResizeObservation
from rich.console import Console
from rich.table import Table

import lander_envs
from lander_envs.checks import real
from lander_envs.commands.progress import progress_bar

_ROUNDS = 3  # in turn, so that another program's load meets both
_BATCH = 256
_FEW = 8

Envs = VectorEnv[Any, Any, Any]


@dataclass
class Bench:
    """Measure this machine's steps and pictures a second beside Gymnasium's, in a minute."""

    seconds: float = 48.0
    """Seconds of measurement, shared by all rows."""
    json: bool = False
    """Print one JSON object instead of a table."""

    def run(self) -> int:
        """Measures, prints, and returns the exit status."""
        if real("seconds", self.seconds) <= 0:
            raise ValueError(f"seconds must be more than 0, got {self.seconds:g}")
        forms = _forms()
        each = self.seconds / (_ROUNDS * len(forms))
        rates: dict[str, list[float]] = {name: [] for name in forms}
        with progress_bar("measurements", _ROUNDS * len(forms)) as advance:
            for _ in range(_ROUNDS):
                for name, make in forms.items():
                    rates[name].append(steps_per_second(make, each))
                    advance(1)
        # The best of the rounds: what else runs on the machine only slows down.
        _print({name: max(found) for name, found in rates.items()}, as_json=self.json)
        return 0


def _forms() -> dict[str, Callable[[], Envs]]:
    """Vector environments by name; Gymnasium's need Box2D."""
    return {
        f"Lander-v0, {_BATCH} native": lambda: gym.make_vec("lander_envs/Lander-v0", _BATCH),
        f"LunarLander-v3, {_FEW} in Gymnasium's SyncVectorEnv": lambda: gym.make_vec(
            "LunarLander-v3", _FEW, vectorization_mode="sync"
        ),
        f"PixelLander-v0, {_BATCH} native, pictures": lambda: gym.make_vec(
            "lander_envs/PixelLander-v0", _BATCH, frame_skip=1
        ),
        f"LunarLander-v3, {_FEW} with Gymnasium's pixel wrappers, pictures": lambda: gym.make_vec(
            "LunarLander-v3",
            _FEW,
            vectorization_mode="sync",
            wrappers=_PIXEL_WRAPPERS,
            render_mode="rgb_array",
        ),
    }


_PIXEL_WRAPPERS: list[Callable[[gym.Env[Any, Any]], gym.Wrapper[Any, Any, Any, Any]]] = [
    lambda env: gym.wrappers.AddRenderObservation(env, render_only=True),
    lambda env: ResizeObservation(GrayscaleObservation(env), (84, 84)),
    lambda env: FrameStackObservation(env, 4),
]


def steps_per_second(make: Callable[[], Envs], seconds: float) -> float:
    """Steps of all environments a second, with random actions."""
    envs = make()
    envs.action_space.seed(0)
    envs.reset(seed=0)
    actions = [envs.action_space.sample() for _ in range(64)]
    for action in actions[:8]:
        envs.step(action)
    steps, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        envs.step(actions[steps % len(actions)])
        steps += 1
    envs.close()
    return steps * envs.num_envs / spent


def _print(rates: dict[str, float], *, as_json: bool) -> None:
    if as_json:
        told = {"version": lander_envs.__version__, "steps_per_second": rates}
        print(json.dumps(told, allow_nan=False))
        return
    table = Table(title="Steps a second, random actions")
    table.add_column("environment")
    table.add_column("steps a second", justify="right")
    for name, rate in rates.items():
        table.add_row(name, f"{rate:,.0f}")
    Console().print(table)
