"""The shortest fixed-length run: seconds of PPO after which every seed lands, beside SB3's PPO.

Each of our runs has the length and settings of ``lander_ppo_fast.yaml`` and no evaluation; then its
policy is scored over the 100 episodes of all scores. SB3's PPO has rl-baselines3-zoo's settings and
LunarLander-v3 itself, and is stopped at the first evaluation (16 episodes) with a mean return of at
least 200, which is kinder to it. PyTorch has one thread. Run it on an idle machine.

python -m baselines.studies.shortest_run --seeds 1 2 3 4 5 --peer-seeds 1
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import torch
import tyro

from baselines.algorithms.ppo import PPO, PPOConfig
from baselines.evaluation.episodes import SCORING_SEED, WIN, play, summary
from baselines.runs import run as tracking
from baselines.runs.config import CONFIGS, build, read_yaml
from baselines.studies import time_to_200 as compare_learning

_CONFIG = CONFIGS / "lander_ppo_fast.yaml"
_SCORED_EPISODES = 100
_PEER_STEPS = 1_500_000  # after which SB3 gives up; the zoo trains for a million


def main(seeds: tuple[int, ...] = (1, 2, 3, 4, 5), peer_seeds: tuple[int, ...] = (1,)) -> None:
    """Train all, and print a line for each and how they compare.

    Args:
        seeds: of our trainings.
        peer_seeds: of SB3's.
    """
    torch.set_num_threads(1)
    machine, versions = tracking.machine(), tracking.versions()
    print(f"{machine['processor']}, {machine['cores']} cores; {versions}")
    ours, scores = [], []
    for seed in seeds:
        seconds, score = train(seed)
        ours.append(seconds)
        scores.append(score)
        print(f"ours, seed {seed}: {seconds:.1f} s, score {score:.1f}", flush=True)
    solved = sum(score >= WIN for score in scores)
    print(f"ours: {solved} of {len(seeds)} seeds score {WIN:g}, in {max(ours):.1f} s at most")
    peers = []
    for seed in peer_seeds:
        seconds, steps, reached = compare_learning.sb3("gymnasium", seed, _PEER_STEPS)
        peers.append(seconds)
        print(f"SB3, seed {seed}: {seconds:.1f} s, {steps:,} steps, {reached:.1f}", flush=True)
    print(f"SB3's median over our median: {np.median(peers) / np.median(ours):.1f}")


def train(seed: int) -> tuple[float, float]:
    """One run of the shipped settings: its seconds of training, and its score."""
    content = read_yaml(_CONFIG)
    # The one evaluation at the end that every run has is not counted as training.
    content |= {"seed": seed, "eval_interval": content["total_steps"], "eval_episodes": 1}
    config = build(PPOConfig, content, _CONFIG.name)
    with tempfile.TemporaryDirectory() as folder:
        run = tracking.Run(Path(folder), config, 0, 0.0)
        trainer = PPO(config)
        trainer.train(run)
        run.close()
        seconds = run.seconds
    policy = trainer.make_policy(trainer.agent, config)
    episodes = play(policy, config.env_id, config.env_kwargs, _SCORED_EPISODES, SCORING_SEED)
    return seconds, float(summary(episodes)["mean_return"])


if __name__ == "__main__":
    tyro.cli(main, description=__doc__)
