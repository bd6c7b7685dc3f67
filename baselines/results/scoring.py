"""Scores of this project's agents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from baselines.algorithms.launch import finish
from baselines.results import pretrained
from baselines.results.targets import floor_of
from baselines.runs.config import TrainConfig
from baselines.runs.files import write_atomically
from baselines.runs.names import EPISODES_FILE
from lander_envs.scoring.contender import Contender, score
from lander_envs.scoring.episodes import OWN_PHYSICS, Episode, write_rows
from lander_envs.scoring.statistics import SCORED_EPISODES, summary

# Both engines give the same bytes, which a few episodes show; Box2D is the slower.
_BOX2D_EPISODES = 10


def trained(agent: Path | str, *, sampled: bool = False) -> Contender:
    """An agent, in the environment of its training; see ``pretrained.load``."""
    policy, config = pretrained.load(agent, sampled=sampled)
    return Contender(config.algorithm, config.env_id, config.env_kwargs, policy)


def finish_and_score(config: TrainConfig, folder: Path) -> None:
    """Bring a run to its end and write its score; what is finished is left alone.

    Raises:
        ConfigError: if the folder holds a run with other settings.
    """
    finish(config, folder)
    path = folder / EPISODES_FILE
    if not path.exists():
        episodes = score(trained(folder), SCORED_EPISODES)
        write_atomically(path, write_rows(Episode._fields, episodes).encode())


def score_committed(name: str, episodes: int) -> list[dict[str, Any]]:
    """Scores of a committed agent: a row for each backend, with its floor."""
    contender = trained(pretrained.COMMITTED / name)
    rows = [_row(name, contender, episodes)]
    if rows[0]["backend"] != OWN_PHYSICS:
        rows.append(_row(name, contender.on("box2d"), min(episodes, _BOX2D_EPISODES)))
    return rows


def _row(name: str, contender: Contender, episodes: int) -> dict[str, Any]:
    scores = summary(score(contender, episodes))
    return {"agent": name, **contender.described(), "floor": floor_of(name), **scores}
