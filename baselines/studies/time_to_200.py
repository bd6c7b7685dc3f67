"""Time to 200: our PPO on both backends and with short settings, and Stable-Baselines3's PPO.

python -m baselines.studies.time_to_200 --seeds 1 2 3
python -m baselines.studies.time_to_200 --learners ours_fast --seeds 1 2 3 4 5

A run stops at the first evaluation (100 greedy episodes on seeds that are fresh for each) with a
mean return of at least 200, or gives up; evaluations are not counted as time. ``ours_fast`` has a
fixed length and no evaluation, and its return is that of a whole score. SB3's settings are those
of rl-baselines3-zoo for LunarLander. PyTorch has one thread throughout. Run it on an idle machine.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypedDict

import numpy as np
from rich.progress import track

from baselines.algorithms.launch import start
from baselines.algorithms.registry import build_config
from baselines.results.run_folder import read_rows
from baselines.results.scoring import trained
from baselines.results.store import ROOT
from baselines.results.tables import markdown
from baselines.runs.command import require_count
from baselines.runs.config import CONFIGS, ConfigError, read_yaml
from baselines.runs.files import read_json, require_writable, to_json, write_atomically
from baselines.runs.run import machine, versions
from baselines.studies.command import run
from lander_envs.scoring.contender import score
from lander_envs.scoring.statistics import SCORED_EPISODES, summary
from lander_envs.spaces import REWARD_THRESHOLD


class Learner(NamedTuple):
    """A shipped config, with changes."""

    label: str
    config: str
    changes: Mapping[str, Any] = MappingProxyType({})
    has_fixed_length: bool = False


LEARNERS = {
    "ours_fast": Learner("our PPO, fixed length", "lander_ppo_fast", has_fixed_length=True),
    "ours_native": Learner("our PPO, native batch", "lander_ppo"),
    "ours_box2d": Learner("our PPO, Box2D", "lander_ppo", {"env_kwargs": {"backend": "box2d"}}),
    "sb3_batch": Learner("SB3's PPO, native batch", "sb3_lander_ppo_zoo"),
    "sb3_gymnasium": Learner(
        "SB3's PPO, LunarLander-v3", "sb3_lander_ppo_zoo", {"env_id": "LunarLander-v3"}
    ),
}
_STEPS = 1_500_000
_EPISODES = 100
_STOPPED = {
    "stop_return": REWARD_THRESHOLD,
    "stop_window": 1,
    "eval_interval": 50_000,
    "eval_episodes": _EPISODES,
}
_HEADING = [
    *("learner", "seeds", "episodes", "median time", "median steps", "lowest return", "machine"),
]


class Measured(TypedDict):
    """One training run; None for a return that was not kept."""

    seed: int
    seconds: float
    steps: int
    mean_return: float | None


class Runs(TypedDict):
    """All runs of a learner, and where they were measured."""

    machine: dict[str, str | int]
    versions: dict[str, str]
    episodes: int  # of the evaluation that ended a run, or of the score of a fixed length
    runs: list[Measured]


Data = dict[str, Runs]
"""Runs by name of the learner."""


def main(
    seeds: tuple[int, ...] = (1, 2, 3),
    learners: tuple[str, ...] = tuple(LEARNERS),
    steps: int = _STEPS,
    out: Path = ROOT / "time_to_200.md",
) -> None:
    """Train, and put the learners' rows into the table and the data beside it.

    Args:
        seeds: training seeds.
        learners: which of the five; the others' rows stay as they are.
        steps: after how many steps a run gives up, unless its length is fixed.
        out: the table's path; its data lie beside it, as JSON.
    """
    unknown = set(learners) - set(LEARNERS)
    if unknown:
        raise ConfigError(f"learners must be of {', '.join(LEARNERS)}, got {', '.join(unknown)}")
    if not seeds or not learners:
        raise ConfigError("seeds, learners: give at least one of each")
    require_count("steps", steps)
    if steps != _STEPS and all(LEARNERS[name].has_fixed_length for name in learners):
        raise ConfigError(f"steps: only with a learner whose length is not fixed, got {steps}")
    path = out.with_suffix(".json")
    require_writable(out)
    require_writable(path)
    data: Data = read_json(path) if path.exists() else {}
    jobs = [(seed, name) for seed in seeds for name in learners]
    measured: dict[str, list[Measured]] = {name: [] for name in learners}
    for seed, name in track(jobs, "runs", transient=True):
        measured[name].append(measure(LEARNERS[name], seed, steps))
        print(name, measured[name][-1], flush=True)
    for name, runs in measured.items():
        episodes = SCORED_EPISODES if LEARNERS[name].has_fixed_length else _EPISODES
        data[name] = Runs(machine=machine(), versions=versions(), episodes=episodes, runs=runs)
    write_atomically(path, to_json(data))
    write_atomically(out, table(data).encode())
    print(f"wrote {path} and {out}")


def measure(learner: Learner, seed: int, steps: int) -> Measured:
    """One training run: seed, seconds, steps and the mean return in the end."""
    content = {**read_yaml(CONFIGS / f"{learner.config}.yaml"), **learner.changes, "seed": seed}
    if learner.has_fixed_length:
        # Every run has an evaluation at its end, which is not counted as training.
        content |= {"eval_interval": content["total_steps"], "eval_episodes": 1}
    else:
        content |= {**_STOPPED, "total_steps": steps}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start(build_config(content, learner.config), folder)
        last = read_rows(folder / "training.csv")[-1]
        return Measured(
            seed=seed,
            seconds=round(last["seconds"], 1),
            steps=int(last["steps"]),
            mean_return=round(_final_return(learner, folder), 1),
        )


def _final_return(learner: Learner, folder: Path) -> float:
    if learner.has_fixed_length:
        return float(summary(score(trained(folder), SCORED_EPISODES))["mean_return"])
    return read_rows(folder / "evaluation.csv")[-1]["mean_return"]


def table(data: Data) -> str:
    """A learner a row; "-" for a return that was not kept."""
    rows = []
    for name, learner in LEARNERS.items():
        if name not in data:
            continue
        runs = data[name]["runs"]
        returns = [one["mean_return"] for one in runs if one["mean_return"] is not None]
        solved = all(value >= REWARD_THRESHOLD for value in returns)
        seconds = np.median([one["seconds"] for one in runs])
        steps = np.median([one["steps"] for one in runs])
        rows.append(
            [
                learner.label,
                str(len(runs)),
                f"{data[name]['episodes']:,}",
                f"{seconds:.1f} s" if solved else "not reached",
                f"{steps:,.0f}",
                f"{min(returns):.1f}" if returns else "-",
                str(data[name]["machine"]["processor"]),
            ]
        )
    return "\n".join(markdown(_HEADING, rows)) + "\n"


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
