"""PPO on a GPU to a mean return of 200, from states and from pixels, with times.

    python -m tests.gpu.learning --runs build/gpu/runs

A run ends at the first evaluation over 200. Its final agent is scored on 100 episodes of seeds
that training never saw; the time is that of training, evaluations not counted.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from baselines.algorithms.registry import build_config, trainer_of
from baselines.runs.names import find_config
from baselines.runs.run import Run
from lander_envs.scoring.episodes import play
from lander_envs.scoring.statistics import SCORING_SEED, summary
from lander_envs.spaces import REWARD_THRESHOLD

JOBS = (
    *(("lander_ppo_fast", seed, {"fused": False, "eval_interval": 50_000}) for seed in range(1, 6)),
    ("pixel_lander_cnn_ppo", 1, {"eval_interval": 200_000}),
)
EPISODES = 100


class Row(NamedTuple):
    """Result of one run."""

    name: str
    seed: int
    steps: int
    seconds: float
    mean_return: float


def learned(name: str, seed: int, settings: dict[str, Any], device: str, runs: Path) -> Row:
    """Train one run and score its final agent."""
    base = build_config(find_config(name, runs), name)
    to_200 = {"stop_return": REWARD_THRESHOLD, "stop_window": 1, "eval_episodes": EPISODES}
    config = base.model_copy(update={**to_200, **settings, "seed": seed, "device": device})
    trainer = trainer_of(config)(config)
    run = Run(runs / f"{name}-seed{seed}", config, 0, 0.0)
    try:
        trainer.train(run)
    finally:
        run.close()
    policy = trainer.make_policy(trainer.agent, config)
    episodes = play(policy, config.env_id, config.env_kwargs, EPISODES, SCORING_SEED)
    mean_return = float(summary(episodes)["mean_return"])
    return Row(name, seed, trainer.progress.steps, trainer.progress.seconds, mean_return)


def main() -> int:
    """Train all; the status is 1 if a final agent is under 200."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=90.0, help="start no run after these")
    parser.add_argument("--total-steps", type=int, help="end each run after so many")
    arguments = parser.parse_args()
    steps = {} if arguments.total_steps is None else {"total_steps": arguments.total_steps}
    print("| config | seed | steps | seconds of training | mean return |\n|---|---|---|---|---|")
    rows, start = [], time.perf_counter()
    for name, seed, settings in JOBS:
        if time.perf_counter() - start > arguments.seconds:
            print("(out of time)")
            break
        row = learned(name, seed, {**settings, **steps}, arguments.device, arguments.runs)
        print(f"| {name} | {seed} | {row.steps:,} | {row.seconds:.1f} | {row.mean_return:.1f} |")
        rows.append(row)
    return int(any(row.mean_return < REWARD_THRESHOLD for row in rows))


if __name__ == "__main__":
    sys.exit(main())
