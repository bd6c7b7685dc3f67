"""Tabular Q-learning on FrozenLake-v1, slippery.

python -m baselines.algorithms.q_learning --out docs/results/frozen_lake.csv

Source: Watkins and Dayan, "Q-learning", Machine Learning 8, 1992. With the large learning rate of
these settings the table jumps with every slip to the end of training, and so does its greedy
policy. The mean of the tables after each episode of the second half (averaging of iterates: Polyak
and Juditsky, 1992) does not; both are scored.
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
import tyro
from numpy.typing import NDArray
from rich.progress import track

from baselines.runs.command import require_count, run_command
from baselines.runs.files import require_writable, write_atomically
from lander_envs.commands.run import parsed
from lander_envs.scoring.episodes import play
from lander_envs.scoring.policy import Policy
from lander_envs.scoring.statistics import SCORING_SEED, spread

ENV_ID = "FrozenLake-v1"  # slippery: a third of the moves go where they should


@dataclass(frozen=True)
class Settings:
    """Settings of one training."""

    learning_rate: float = 0.8
    """Share of the temporal-difference error that an update removes."""
    gamma: float = 0.95
    """Discount of a step."""
    epsilon_decay: float = 0.001
    """Decrease of epsilon, which starts at 1, after each episode."""
    epsilon_end: float = 0.01
    """Share of random actions at the end."""
    episodes: int = 10_000
    """Length of the training."""


class Tables(NamedTuple):
    """Values of actions, (n_states, n_actions) each."""

    last: NDArray[np.float64]
    mean: NDArray[np.float64]  # over the second half of the training


class TablePolicy(Policy):
    """Greedy policy of a table; the first of equal actions."""

    def __init__(self, values: NDArray[np.float64]) -> None:
        self._best = values.argmax(axis=1)

    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n,) for states (n,)."""
        actions: NDArray[Any] = self._best[obs]
        return actions


def train(env: gym.Env[int, int], seed: int, settings: Settings) -> Tables:
    """Learn a table for the states and actions of ``env``."""
    assert isinstance(env.observation_space, gym.spaces.Discrete)
    assert isinstance(env.action_space, gym.spaces.Discrete)
    rng = np.random.default_rng(seed)
    values = np.zeros((int(env.observation_space.n), int(env.action_space.n)))
    mean, half = np.zeros_like(values), settings.episodes // 2
    env.reset(seed=seed)
    for episode in range(settings.episodes):
        epsilon = max(settings.epsilon_end, 1.0 - settings.epsilon_decay * episode)
        play_and_learn(env, values, epsilon, rng, settings)
        if episode >= half:
            mean += (values - mean) / (episode - half + 1)
    return Tables(values, mean)


def play_and_learn(
    env: gym.Env[int, int],
    values: NDArray[np.float64],
    epsilon: float,
    rng: np.random.Generator,
    settings: Settings,
) -> None:
    """Play an episode and update ``values`` after each step."""
    state, _ = env.reset()
    ended = False
    while not ended:
        explores = rng.random() < epsilon
        action = int(rng.integers(values.shape[1]) if explores else values[state].argmax())
        following, reward, terminated, truncated, _ = env.step(action)
        bootstrap = 0.0 if terminated else settings.gamma * values[following].max()
        error = float(reward) + bootstrap - values[state, action]
        values[state, action] += settings.learning_rate * error
        state, ended = following, terminated or truncated


def main(seeds: int = 10, episodes: int = 1000, out: Path | None = None) -> int:
    """Train and score with several seeds; prints the shares of episodes won.

    Args:
        seeds: how many trainings, with seeds from 1 on.
        episodes: greedy episodes of each score.
        out: file for a row a seed.
    """
    return run_command(lambda: _train_and_score(seeds, episodes, out))


def _train_and_score(seeds: int, episodes: int, out: Path | None) -> int:
    require_count("seeds", seeds)
    require_count("episodes", episodes)
    if out is not None:
        require_writable(out)
    rows = []
    for seed in track(range(1, seeds + 1), "trainings", transient=True):
        tables = train(gym.make(ENV_ID), seed, Settings())
        wins = [_win_rate(table, episodes) for table in tables]
        rows.append({"seed": seed, "last_table": wins[0], "mean_table": wins[1]})
        print(f"seed {seed}: last table {wins[0]:.1%}, mean table {wins[1]:.1%}", flush=True)
    for name in ("last_table", "mean_table"):
        rates = [row[name] for row in rows]
        between = spread(rates)
        deviation = "" if between is None else f" +- {between:.1%}"
        print(f"{name}: {np.mean(rates):.1%}{deviation} over {seeds} seeds")
    if out is not None:
        _write(out, rows)
    return 0


def _win_rate(values: NDArray[np.float64], episodes: int) -> float:
    played = play(TablePolicy(values), ENV_ID, {}, episodes, SCORING_SEED)
    return float(np.mean([episode.episodic_return for episode in played]))


def _write(path: Path, rows: list[dict[str, float]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode())


if __name__ == "__main__":
    sys.exit(parsed(lambda: tyro.cli(main, description=__doc__)))
