"""Results of training runs: a record a seed, and what all seeds of a config give together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict  # pydantic's, before Python 3.12

import lander_envs
from baselines.results.variants import PIXELS, slug_of
from baselines.runs.config import CONFIGS
from lander_envs.scoring.episodes import Episode
from lander_envs.scoring.statistics import (
    SCORED_EPISODES,
    bootstrap_interval,
    interquartile_mean,
    returns_of,
    spread,
    threshold,
)

_WHOLE_FRAMES = ("attention", "attention_residual", "nature")  # encoders without a motion crop
_WITHOUT_FEATURES = ("pqn", "sb3")  # PQN's gain is a parametrisation of its first, linear layer


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Origin(TypedDict):
    """Where a run was trained, or a part of it."""

    machine: dict[str, str | int]
    versions: dict[str, str]


class Curve(_Record):
    """Returns over environment steps; None where no episode ended."""

    steps: list[int]
    returns: list[float | None]

    def arrays(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Steps and returns, (points,) each, with NaN for None."""
        return np.array(self.steps, float), np.array(self.returns, float)


class Passage(_Record):
    """The first evaluation at the reward threshold: steps and training seconds until it."""

    steps: int
    seconds: float


class SeedResult(_Record):
    """One training run: where it ran, how long, its curves and the summaries of its score."""

    seed: int
    machine: dict[str, str | int]
    versions: dict[str, str]
    resumed_on: list[Origin] = []  # other origins of what followed the run's start
    steps: int
    seconds: float
    first_solved: Passage | None
    scores: dict[str, dict[str, float | int | None]]  # a summary a backend, that of training first
    differ_on_box2d: int | None  # episodes of which Box2D gives another; None if not scored there
    training: Curve
    evaluation: Curve
    training_episodes: int | None = None  # that ended in training; None in older results
    lowest_evaluation: float | None = None  # from first_solved on; None in older results

    @property
    def score(self) -> dict[str, Any]:
        """The summary on the physics of training."""
        return next(iter(self.scores.values()))

    @property
    def mean_return(self) -> float:
        """The mean return of the score."""
        return float(self.score["mean_return"])

    @property
    def lowest_after_passage(self) -> float:
        """The lowest evaluation since the first at the threshold; infinite if there was none."""
        if self.first_solved is None:
            return np.inf
        if self.lowest_evaluation is not None:
            return self.lowest_evaluation
        # Older results have the curve alone. A point of it is an evaluation, or beyond 60 of them
        # a mean of several, which hides how low they were.
        steps, returns = self.evaluation.arrays()
        return float(returns[steps >= self.first_solved.steps].min())

    @property
    def worst_mean(self) -> float:
        """The mean return on the backend where it is lowest."""
        summaries: Iterable[dict[str, Any]] = self.scores.values()
        return min(float(one["mean_return"]) for one in summaries)


Episodes = dict[int, dict[str, list[Episode]]]
"""Scored episodes by training seed and backend."""


def hand_made_feature(settings: Mapping[str, Any]) -> str | None:
    """Feature of the observation that was made by hand, if an agent of these settings sees one."""
    if settings["algorithm"] in _WITHOUT_FEATURES:
        return None
    if settings.get("change_gain"):
        return "differences"
    is_pixels = slug_of(str(settings["env_id"])) == PIXELS
    if is_pixels and settings.get("encoder") not in _WHOLE_FRAMES:
        return "motion crop"
    return None


def parametrisation(settings: Mapping[str, Any]) -> str | None:
    """Parametrisation of the first layer's weights, if an agent of these settings has one.

    Unlike a hand-made feature it leaves the observation as it is, and the first layer linear.
    """
    is_pixels = slug_of(str(settings["env_id"])) == PIXELS
    if settings["algorithm"] == "pqn":
        has_past = is_pixels or settings["history"] > 1
        is_towards_differences = has_past and settings["change_gain"] > 0
    else:
        sees_whole_frames = is_pixels and settings.get("encoder") in _WHOLE_FRAMES
        is_towards_differences = sees_whole_frames and settings["frame_change_gain"] > 0
    return "towards differences" if is_towards_differences else None


class ConfigResult:
    """All seeds of one config: settings, a record a seed, and every scored episode.

    Args:
        settings: the config, without the seed.
        seeds: the records, in the order of the seeds.
        episodes: the episodes of the scores.
    """

    def __init__(
        self, settings: dict[str, Any], seeds: Sequence[SeedResult], episodes: Episodes
    ) -> None:
        self.settings = settings
        self.seeds = sorted(seeds, key=lambda record: record.seed)
        self.episodes = episodes

    @property
    def name(self) -> str:
        """The config's name."""
        return str(self.settings["name"])

    @property
    def env_id(self) -> str:
        """The environment of training and score."""
        return str(self.settings["env_id"])

    @property
    def variant(self) -> str:
        """The slug of the environment."""
        return slug_of(self.env_id)

    @property
    def is_lander(self) -> bool:
        """Whether the environment is one of this package's."""
        return self.env_id in lander_envs.REGISTERED_IDS

    @property
    def is_peer(self) -> bool:
        """Whether another library's learner was trained."""
        return str(self.settings["algorithm"]) == "sb3"

    @property
    def hand_made_feature(self) -> str | None:
        """Feature of the observation that was made by hand, if the agent sees one."""
        return hand_made_feature(self.settings)

    @property
    def parametrisation(self) -> str | None:
        """Parametrisation of the first layer's weights, if there is one."""
        return parametrisation(self.settings)

    @property
    def is_continuous(self) -> bool:
        """Whether actions are continuous."""
        is_argument = bool(self.settings["env_kwargs"].get("continuous"))
        return is_argument or "LanderContinuous" in self.env_id

    @property
    def is_whole(self) -> bool:
        """Whether the score is over as many episodes as a score has."""
        return self.num_episodes >= SCORED_EPISODES

    @property
    def threshold(self) -> float:
        """The environment's reward threshold."""
        return threshold(self.env_id)

    @property
    def mean_return(self) -> float:
        """Mean return over seeds."""
        return float(np.mean([record.mean_return for record in self.seeds]))

    @property
    def is_solved(self) -> bool:
        """Whether every seed's mean return is at the threshold, on every backend."""
        return all(record.worst_mean >= self.threshold for record in self.seeds)

    @property
    def spread(self) -> float | None:
        """Standard deviation between the seeds' means; None for one seed."""
        return spread([record.mean_return for record in self.seeds])

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the mean return, over seeds and episodes; None for one of either."""
        returns = np.stack([returns_of(self.scored(record.seed)) for record in self.seeds])
        return bootstrap_interval(returns) if min(returns.shape) > 1 else None

    @property
    def interquartile_mean(self) -> float | None:
        """Interquartile mean of the seeds' mean returns; None for fewer than four seeds."""
        return interquartile_mean([record.mean_return for record in self.seeds])

    @property
    def lowest_seed(self) -> float:
        """The lowest mean return of a seed."""
        return min(record.mean_return for record in self.seeds)

    @property
    def seconds(self) -> float:
        """Training seconds of the fastest seed: the one that other work disturbed least."""
        return min(record.seconds for record in self.seeds)

    @property
    def num_episodes(self) -> int:
        """Episodes of a seed's score, on the physics of training."""
        return len(self.scored(self.seeds[0].seed))

    def over_seeds(self, key: str) -> float:
        """The mean over seeds of a number of their summaries."""
        return float(np.mean([record.score[key] for record in self.seeds]))

    def scored(self, seed: int) -> list[Episode]:
        """The scored episodes of a training seed, on the physics of training."""
        return next(iter(self.episodes[seed].values()))

    def record(self, seed: int) -> SeedResult:
        """The record of a training seed; ValueError if there is none."""
        for record in self.seeds:
            if record.seed == seed:
                return record
        raise ValueError(f"{self.name} has no result of seed {seed}")

    def only(self, seed: int) -> ConfigResult:
        """The result of one training seed alone."""
        return ConfigResult(self.settings, [self.record(seed)], {seed: self.episodes[seed]})

    def command(self, seed: int) -> str | None:
        """The command that trains the same again, if the config is a shipped file."""
        if not (CONFIGS / f"{self.name}.yaml").exists():
            return None
        return f"python -m baselines.train baselines/configs/{self.name}.yaml --seed {seed}"


def provenance(results: Sequence[ConfigResult]) -> str:
    """A sentence with machine and versions for each kind of origin among the seeds."""
    records = [record for result in results for record in result.seeds]
    starts = [Origin(machine=one.machine, versions=one.versions) for one in records]
    return origins([*starts, *(origin for one in records for origin in one.resumed_on)])


def origins(of_runs: Iterable[Origin]) -> str:
    """A sentence with machine and versions for each kind of origin among runs."""
    sentences = set()
    for origin in of_runs:
        machine, versions = origin["machine"], origin["versions"]
        packages = ", ".join(f"{name} {versions[name]}" for name in sorted(versions))
        sentences.add(
            f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['system']}. "
            f"Versions: {packages}."
        )
    return " ".join(sorted(sentences))
