"""Command ``score``: a policy over episodes on held-out seeds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table

import lander_envs
from lander_envs.checks import whole
from lander_envs.commands.policies import contender
from lander_envs.commands.progress import progress_bar
from lander_envs.scoring.contender import MOST_EPISODES, score
from lander_envs.scoring.episodes import Episode, write_rows
from lander_envs.scoring.statistics import SCORED_EPISODES, SCORING_SEED, summary


@dataclass
class Score:
    """Score a policy: greedy episodes on seeds that no training saw."""

    policy: Annotated[str, tyro.conf.Positional]
    """An agent's name, the path of an ONNX file, "random" or "heuristic"."""
    env_id: str | None = None
    """Environment, for "random" and "heuristic"; an agent brings its own."""
    continuous: bool = False
    """Throttles instead of four actions, for "random" and "heuristic"."""
    backend: str | None = None
    """Physics, "native" or "box2d"."""
    episodes: int = SCORED_EPISODES
    """Number of episodes, each on its own seed."""
    first_seed: int = SCORING_SEED
    """Seed of the first episode; the others follow it."""
    json: bool = False
    """Print one JSON object instead of a table."""

    def run(self) -> int:
        """Scores, prints, and returns the exit status."""
        whole("episodes", self.episodes, 1, MOST_EPISODES)
        whole("first-seed", self.first_seed, 0)
        scored = contender(self.policy, self.env_id, self.continuous).on(self.backend)
        with progress_bar("episodes", self.episodes) as advance:
            episodes = score(scored, self.episodes, self.first_seed, on_ended=advance)
        found = {
            "policy": self.policy,
            **scored.described(),
            "version": lander_envs.__version__,
            "first_seed": self.first_seed,
            **summary(episodes),
            "episodes_sha256": episodes_hash(episodes),
        }
        _print(found, as_json=self.json)
        return 0


def episodes_hash(episodes: list[Episode]) -> str:
    """SHA-256 of the table of episodes, by which two machines compare a score."""
    return hashlib.sha256(write_rows(Episode._fields, episodes).encode()).hexdigest()


def _print(scores: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(scores, allow_nan=False))
        return
    Console().print(score_table(f"{scores['policy']} on {scores['env_id']}", scores))


def score_table(title: str, scores: Mapping[str, Any]) -> Table:
    """Table of a score, a number a row; a dash stands for None."""
    table = Table(title=title)
    table.add_column("score")
    table.add_column("value", justify="right", overflow="fold")
    for key, value in scores.items():
        shown = "-" if value is None else value
        table.add_row(key, f"{value:.2f}" if isinstance(value, float) else str(shown))
    return table
