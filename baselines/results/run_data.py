"""What a finished and scored run left behind, read back: its description, tables and episodes."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import lander_envs
from baselines.evaluation.episodes import Episode, summary
from baselines.results import pretrained as agents
from baselines.runs.config import CONFIGS
from baselines.runs.files import read_json

COMMITTED = Path("docs/results/runs")
EPISODES, BOX2D_EPISODES = "episodes.csv", "episodes_box2d.csv"

_RESAMPLES = 2000  # of a bootstrap
_INTERVAL = (2.5, 97.5)  # percentiles


class Evidence:
    """A run's folder; each file is read when it is first asked for.

    Args:
        folder: of a run, or of a committed one.

    Reading raises OSError for a missing file, KeyError or ValueError for one of another content.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def description(self) -> dict[str, Any]:
        """Config, versions and machine, as ``run.json`` has them."""
        content: dict[str, Any] = read_json(self.folder / "run.json")
        return content

    @property
    def name(self) -> str:
        """The config's name."""
        return str(self.description["config"]["name"])

    @property
    def seed(self) -> int:
        """The training seed."""
        return int(self.description["config"]["seed"])

    @property
    def env_id(self) -> str:
        """What it was trained and scored on."""
        return str(self.description["config"]["env_id"])

    @property
    def lands(self) -> bool:
        """Whether it flies one of this package's landers."""
        return self.env_id in lander_envs.ENV_IDS

    @property
    def threshold(self) -> float:
        """The return of a solved episode: 200 for the lander."""
        return agents.floor(self.env_id)

    @property
    def command(self) -> str | None:
        """What trains the same again, where the config is one of the shipped files."""
        if not (CONFIGS / f"{self.name}.yaml").exists():
            return None
        return f"python -m baselines.train baselines/configs/{self.name}.yaml --seed {self.seed}"

    @cached_property
    def training(self) -> list[dict[str, float]]:
        """A row an update."""
        return read_rows(self.folder / "training.csv")

    @cached_property
    def evaluations(self) -> list[dict[str, float]]:
        """A row an evaluation during training."""
        return read_rows(self.folder / "evaluation.csv")

    @cached_property
    def episodes(self) -> list[Episode]:
        """The episodes of its score, on the physics of training."""
        return read_episodes(self.folder / EPISODES)

    @cached_property
    def box2d_episodes(self) -> list[Episode] | None:
        """Those of its score on Gymnasium's physics, if it was scored there."""
        path = self.folder / BOX2D_EPISODES
        return read_episodes(path) if path.exists() else None

    @cached_property
    def scores(self) -> dict[str, float | int]:
        """The summary of its episodes."""
        return summary(self.episodes)

    @property
    def returns(self) -> NDArray[np.float64]:
        """Those of its episodes, (episodes,)."""
        return np.array([episode.episodic_return for episode in self.episodes])

    @property
    def solved_rate(self) -> float:
        """The share of its episodes that return more than the threshold."""
        return float((self.returns > self.threshold).mean())

    @property
    def worst_mean(self) -> float:
        """The mean return, on the physics where it is lower."""
        means = [float(self.scores["mean_return"])]
        if self.box2d_episodes is not None:
            means.append(float(summary(self.box2d_episodes)["mean_return"]))
        return min(means)

    @property
    def differing(self) -> int:
        """How many of its episodes went otherwise on Box2D; ValueError if none were flown there."""
        if self.box2d_episodes is None:
            raise ValueError(f"{self.folder} was not scored on Box2D")
        pairs = zip(self.episodes, self.box2d_episodes, strict=True)
        return sum(native != box2d for native, box2d in pairs)

    @property
    def first_solved(self) -> dict[str, float] | None:
        """The first evaluation that reached the threshold."""
        solved = (row for row in self.evaluations if row["mean_return"] >= self.threshold)
        return next(solved, None)


def committed_runs(folder: Path) -> dict[str, list[Evidence]]:
    """The runs in ``folder``, by config, seeds in order; configs in the order of the alphabet."""
    runs: defaultdict[str, list[Evidence]] = defaultdict(list)
    for path in folder.glob("*/run.json"):
        run = Evidence(path.parent)
        runs[run.name].append(run)
    return {name: sorted(runs[name], key=lambda run: run.seed) for name in sorted(runs)}


def iqm_over_seeds(returns: NDArray[np.float64]) -> tuple[float, float, float]:
    """Interquartile mean of all seeds' returns, and its 95 % interval by bootstrap.

    Args:
        returns: (seeds, episodes).

    Returns:
        The mean of the middle half of all returns, and the interval's ends.

    A resample draws seeds, and then episodes of each seed drawn, so that the interval is as wide as
    both make it. Source of mean and interval: Agarwal et al., "Deep reinforcement learning at the
    edge of the statistical precipice", 2021.
    """
    rng = np.random.default_rng(0)
    num_seeds, num_episodes = returns.shape
    seeds = rng.integers(num_seeds, size=(_RESAMPLES, num_seeds, 1))
    episodes = rng.integers(num_episodes, size=(_RESAMPLES, *returns.shape))
    resampled = returns[seeds, episodes].reshape(_RESAMPLES, -1)
    low, high = np.percentile(stats.trim_mean(resampled, 0.25, axis=1), _INTERVAL)
    return float(stats.trim_mean(returns, 0.25, axis=None)), float(low), float(high)


def provenance(runs: list[Evidence]) -> str:
    """A sentence with machine and versions for each kind of origin among the runs."""
    sentences = set()
    for run in runs:
        machine, versions = run.description["machine"], run.description["versions"]
        packages = ", ".join(f"{name} {versions[name]}" for name in sorted(versions))
        sentences.add(
            f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['system']}. "
            f"Versions: {packages}."
        )
    return " ".join(sorted(sentences))


def read_rows(path: Path) -> list[dict[str, float]]:
    """The rows of a run's table, numbers all."""
    with path.open(newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def read_episodes(path: Path) -> list[Episode]:
    """The episodes that ``evaluate --csv`` wrote."""
    with path.open(newline="") as file:
        return [
            Episode(
                int(row["seed"]),
                float(row["episodic_return"]),
                int(row["length"]),
                row["outcome"],
                row["on_pad"] == "True",
            )
            for row in csv.DictReader(file)
        ]
