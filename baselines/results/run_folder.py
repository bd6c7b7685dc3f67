"""Folders of training runs: description, logs and scored episodes, read as a result."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from baselines.algorithms.health import Band, bands
from baselines.results.run_data import ConfigResult, Curve, Passage, SeedResult
from baselines.runs.environments import make_env
from baselines.runs.files import read_json
from baselines.runs.names import BOX2D_FILE, EPISODES_FILE
from baselines.runs.tables import whole_lines
from lander_envs.scoring.episodes import Episode, backend_of, is_same, read_episodes
from lander_envs.scoring.statistics import summary, threshold

CURVE_POINTS = 60
"""Points of a learning curve that are kept: as many as a plot shows."""


def read_run(folder: Path) -> ConfigResult:
    """The result of a finished and scored run.

    Raises:
        OSError: if a file of the run is missing.
        ValueError: if one holds something else.
    """
    try:
        return _read_run(folder)
    except KeyError as missing:
        raise ValueError(f"{folder} is no run: it lacks {missing}") from None
    except TypeError as other:
        raise ValueError(f"{folder} is no run: run.json holds something else: {other}") from None


def _read_run(folder: Path) -> ConfigResult:
    description = read_json(folder / "run.json")
    config = description["config"]
    seed = int(config["seed"])
    episodes = _read_scores(folder, backend_of(config["env_id"], config["env_kwargs"]))
    training, evaluation = read_rows(folder / "training.csv"), read_rows(folder / "evaluation.csv")
    first_solved = _first_solved(evaluation, threshold(config["env_id"]))
    record = SeedResult(
        seed=seed,
        machine=description["machine"],
        versions=description["versions"],
        resumed_on=description.get("resumed_on", []),
        steps=int(training[-1]["steps"]),
        seconds=training[-1]["seconds"],
        first_solved=first_solved,
        lowest_evaluation=_lowest_since(evaluation, first_solved),
        scores={backend: summary(scored) for backend, scored in episodes.items()},
        differ_on_box2d=_differing(episodes),
        training=thin(training, "episodic_return"),
        evaluation=thin(evaluation, "mean_return"),
        # The first runs of this project did not count them.
        training_episodes=int(training[-1]["episodes"]) if "episodes" in training[-1] else None,
    )
    settings = {key: value for key, value in config.items() if key != "seed"}
    return ConfigResult(settings, [record], {seed: episodes})


class HealthLog(NamedTuple):
    """Metrics of a PPO training and the bands in which they should stay."""

    name: str  # of the run's folder
    rows: list[dict[str, float]]  # of training.csv
    bands: list[Band]


def read_health(folder: Path) -> HealthLog | None:
    """Health of a run of PPO, None of another algorithm."""
    config = read_json(folder / "run.json")["config"]
    rows = read_rows(folder / "training.csv")
    if "approx_kl" not in rows[0]:
        return None
    env = make_env(config["env_id"], config["env_kwargs"])
    env.close()
    return HealthLog(folder.name, rows, bands(env.action_space))


def thin(rows: Sequence[dict[str, float]], column: str, points: int = CURVE_POINTS) -> Curve:
    """A column over steps in at most ``points`` points: means of rows in a row, at their last step.

    NaN, where no episode ended, is left out of a mean.
    """
    groups = np.array_split(np.arange(len(rows)), min(points, len(rows)))
    steps = [int(rows[group[-1]]["steps"]) for group in groups]
    returns = [_mean_of([rows[i][column] for i in group]) for group in groups]
    return Curve(steps=steps, returns=returns)


def _read_scores(folder: Path, backend: str) -> dict[str, list[Episode]]:
    scores = {backend: read_score(folder / EPISODES_FILE)}
    if (folder / BOX2D_FILE).exists():
        scores["box2d"] = read_score(folder / BOX2D_FILE)
    return scores


def read_score(path: Path) -> list[Episode]:
    """Episodes of a score.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it holds something else, or its last row was cut off.
    """
    if not path.read_bytes().endswith(b"\n"):
        raise ValueError(f"{path} is damaged: its last row is unfinished")
    return read_episodes(path)


def _differing(episodes: dict[str, list[Episode]]) -> int | None:
    if len(episodes) < 2:
        return None
    ours, box2d = episodes.values()
    by_seed = {episode.seed: episode for episode in ours}
    if not by_seed.keys() >= {episode.seed for episode in box2d}:
        raise ValueError("the score on Box2D has seeds that the other score lacks")
    return sum(not is_same(by_seed[episode.seed], episode) for episode in box2d)


def _first_solved(evaluation: list[dict[str, float]], wanted: float) -> Passage | None:
    for row in evaluation:
        if row["mean_return"] >= wanted:
            return Passage(steps=int(row["steps"]), seconds=row["seconds"])
    return None


def _lowest_since(evaluation: list[dict[str, float]], first: Passage | None) -> float | None:
    if first is None:
        return None
    returns = [row["mean_return"] for row in evaluation if row["steps"] >= first.steps]
    return round(min(returns), 2)


def _mean_of(values: list[float]) -> float | None:
    """The mean of what is a number, in hundredths."""
    numbers = [value for value in values if not np.isnan(value)]
    return round(float(np.mean(numbers)), 2) if numbers else None


def read_rows(path: Path) -> list[dict[str, float]]:
    """Rows of a run's table, all of numbers.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it has no row, or one that is damaged.
    """
    rows, whole = len(path.read_bytes().splitlines()) - 1, whole_lines(path)
    if len(whole) < rows:
        raise ValueError(
            f"{path} is damaged: row {len(whole) + 1} is unfinished, out of order or not of numbers"
        )
    if not whole:
        raise ValueError(f"{path} has no row")
    with path.open(newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
