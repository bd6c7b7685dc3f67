"""Time to 200: our PPO on both backends and Stable-Baselines3's PPO, in turn in one run.

Each run stops at the first evaluation (16 greedy episodes, on the same seeds for all) with a mean
return of at least 200, or gives up after ``steps`` steps; evaluations are not counted as time.
SB3's settings are those of rl-baselines3-zoo for LunarLander. PyTorch has one thread throughout.

python -m baselines.studies.time_to_200 --seeds 1 2 3
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import tyro
from rich.console import Console
from rich.table import Table
from stable_baselines3 import PPO as SB3PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env

from baselines.algorithms.ppo import PPO, PPOConfig
from baselines.algorithms.sb3 import SB3Policy
from baselines.evaluation.episodes import EVALUATION_SEED, WIN, play, summary
from baselines.runs import run as tracking
from baselines.runs.config import CONFIGS, build, read_yaml
from lander_envs.sb3 import LanderVecEnv

_CONFIG = CONFIGS / "lander_ppo.yaml"
_EVAL_INTERVAL = 50_000  # steps
_EVAL_EPISODES = 16
_ENV_ID = "lander_envs/Lander-v0"

# rl-baselines3-zoo, hyperparams/ppo.yml, LunarLander.
_ZOO = {
    "n_steps": 1024,
    "batch_size": 64,
    "gae_lambda": 0.98,
    "gamma": 0.999,
    "n_epochs": 4,
    "ent_coef": 0.01,
}
_ZOO_ENVS = 16

Result = tuple[float, int, float]  # seconds, steps, last evaluation's mean return


def main(seeds: tuple[int, ...] = (1, 2, 3), steps: int = 1_500_000) -> None:
    """Run all, and print a row for each and the medians.

    Args:
        seeds: training seeds.
        steps: after how many steps a run gives up.
    """
    torch.set_num_threads(1)
    learners: dict[str, Callable[[int], Result]] = {
        "ours, native": lambda seed: ours("native", seed, steps),
        "ours, box2d": lambda seed: ours("box2d", seed, steps),
        "SB3, native batch": lambda seed: sb3("native", seed, steps),
        "SB3, LunarLander-v3": lambda seed: sb3("gymnasium", seed, steps),
    }
    table = Table("learner", "seed", "time to 200", "steps", "steps/s", "return")
    seconds: dict[str, list[float]] = {name: [] for name in learners}
    for seed in seeds:
        for name, learn in learners.items():
            spent, taken, reached = learn(seed)
            solved = reached >= WIN
            seconds[name].append(spent if solved else float("inf"))
            time_to = f"{spent:.1f} s" if solved else "not reached"
            row = (
                name,
                str(seed),
                time_to,
                f"{taken:,}",
                f"{taken / spent:,.0f}",
                f"{reached:.0f}",
            )
            table.add_row(*row)
            print(*row, sep=", ", flush=True)
    console = Console()
    console.print(table)
    for name, times in seconds.items():
        console.print(f"median of {name}: {np.median(times):.1f} s")
    machine, versions = tracking.machine(), tracking.versions()
    console.print(f"{machine['processor']}, {machine['cores']} cores; {versions}")


def ours(backend: str, seed: int, steps: int) -> Result:
    """Our PPO with its shipped settings, stopped at 200."""
    changes: dict[str, Any] = {
        "seed": seed,
        "env_kwargs": {"backend": backend},
        "total_steps": steps,
        "stop_return": WIN,
        "stop_window": 1,
        "eval_interval": _EVAL_INTERVAL,
        "eval_episodes": _EVAL_EPISODES,
    }
    config = build(PPOConfig, {**read_yaml(_CONFIG), **changes}, "compare_learning")
    with tempfile.TemporaryDirectory() as folder:
        run = tracking.Run(Path(folder), config, 0, 0.0)
        trainer = PPO(config)
        trainer.train(run)
        run.close()
        return run.seconds, trainer.progress.steps, trainer.progress.evaluations[-1]


def sb3(physics: str, seed: int, steps: int) -> Result:
    """SB3's PPO with the zoo's settings, stopped at 200."""
    if physics == "native":
        envs: Any = LanderVecEnv(_ENV_ID, num_envs=_ZOO_ENVS)
    else:
        envs = make_vec_env("LunarLander-v3", n_envs=_ZOO_ENVS)
    model = SB3PPO("MlpPolicy", envs, seed=seed, device="cpu", **_ZOO)  # type: ignore[arg-type]  # ints and floats in one dict
    clock = _StopAt200()
    model.learn(steps, callback=clock)
    envs.close()
    return clock.seconds, model.num_timesteps, clock.evaluation


class _StopAt200(BaseCallback):
    """Evaluates every interval with the clock stopped, and stops training at 200."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds, self.evaluation = 0.0, -float("inf")
        self._next = _EVAL_INTERVAL

    def _on_training_start(self) -> None:
        self._since = time.perf_counter()

    def _on_step(self) -> bool:
        return self.evaluation < WIN

    def _on_rollout_end(self) -> None:
        """SB3 updates after this: the evaluation scores the policy of the update before."""
        if self.num_timesteps >= self._next:
            self._next += _EVAL_INTERVAL
            self._evaluate()

    def _on_training_end(self) -> None:
        self.seconds += time.perf_counter() - self._since

    def _evaluate(self) -> None:
        self.seconds += time.perf_counter() - self._since
        episodes = play(SB3Policy(self.model.policy), _ENV_ID, {}, _EVAL_EPISODES, EVALUATION_SEED)
        self.evaluation = float(summary(episodes)["mean_return"])
        self._since = time.perf_counter()


if __name__ == "__main__":
    tyro.cli(main, description=__doc__)
