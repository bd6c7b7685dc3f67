"""Statistics of episodes and runs: summary, bootstrap interval, interquartile mean, seed layout.

Sources: Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice",
2021, for the interquartile mean; Owen, "The pigeonhole bootstrap", 2007, for weights of seeds and
of episodes that are drawn each by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from lander_envs.scoring.episodes import Episode
from lander_envs.spaces import REWARD_THRESHOLD

# Layout of the seeds: training uses those below a million; evaluations during training use the next
# million, so that "best so far" is chosen without a look at the score; scores begin at two million,
# trainings that choose settings at three million.
EVALUATION_SEED = 1_000_000
SCORING_SEED = 2_000_000
_TUNING_SEED = 3_000_000
_REPORTED_SEEDS = 100  # training seeds of reported runs; those from here on are for tuning
_BLOCK = 10_000  # environment seeds of a training seed
_EVALUATION_SEEDS = 900_000  # then they repeat; far more than the longest run uses
_RESTARTS = 5_000  # of these, the first seeds of a run that is started or resumed


def training_seed(seed: int, updates: int) -> int:
    """First environment seed of a run that starts, or is resumed after ``updates``.

    Each training seed has a block of its own.
    """
    begin = 0 if seed < _REPORTED_SEEDS else _TUNING_SEED
    return begin + seed % _REPORTED_SEEDS * _BLOCK + updates % _RESTARTS


def evaluation_seed(evaluations: int, episodes: int) -> int:
    """First environment seed of an evaluation during training, after ``evaluations`` of them.

    Each evaluation has fresh seeds, so that a run is not chosen by luck with a few of them.
    """
    return EVALUATION_SEED + evaluations * episodes % _EVALUATION_SEEDS


SCORED_EPISODES = 1000
"""Episodes of a score that is published: the first hundred seeds alone are an easy block."""
BOX2D_EPISODES = 100
"""Episodes of it, the first ones, that are played on Box2D too."""

_RESAMPLES = 2000  # of a bootstrap
_PERCENTILES = (2.5, 97.5)  # of a 95 % interval
_QUARTERS = 4  # runs of which a quarter can be left out at each end

Floats = NDArray[np.float64]


def threshold(env_id: str) -> float:
    """Reward threshold: the mean return at which an environment counts as solved.

    Raises:
        ValueError: if the environment has none.
    """
    found = gym.spec(env_id).reward_threshold
    if found is None:
        raise ValueError(f"{env_id} has no reward threshold")
    return float(found)


def summary(episodes: Sequence[Episode]) -> dict[str, Any]:
    """Mean with its 95 % interval over episodes, spread, rates of the outcomes, and mean flights.

    The interval's ends are None for one episode, all else is a number. Mean touchdown speed and
    fuel are there if they were measured of every episode.
    """
    returns = returns_of(episodes)
    low, high = bootstrap_interval(returns[None]) if len(returns) > 1 else (None, None)
    return {
        "episodes": len(episodes),
        "mean_return": float(returns.mean()),
        "std_return": float(returns.std()),
        "min_return": float(returns.min()),
        "max_return": float(returns.max()),
        "win_rate": float((returns > REWARD_THRESHOLD).mean()),
        "ci_low": low,
        "ci_high": high,
        "landing_rate": _share(episodes, "landed"),
        "pad_rate": float(np.mean([e.on_pad and e.outcome == "landed" for e in episodes])),
        "crash_rate": _share(episodes, "crashed"),
        "out_of_bounds_rate": _share(episodes, "out_of_bounds"),
        "timeout_rate": _share(episodes, "timeout"),
        "mean_length": float(np.mean([episode.length for episode in episodes])),
        **_flight_means(episodes),
    }


def _flight_means(episodes: Sequence[Episode]) -> dict[str, float]:
    speeds = [e.touchdown_speed for e in episodes if e.touchdown_speed is not None]
    fuel = [e.fuel for e in episodes if e.fuel is not None]
    if min(len(speeds), len(fuel)) < len(episodes):
        return {}
    return {"mean_touchdown_speed": float(np.mean(speeds)), "mean_fuel": float(np.mean(fuel))}


def returns_of(episodes: Sequence[Episode]) -> Floats:
    """Returns of episodes, (n,)."""
    return np.array([episode.episodic_return for episode in episodes])


def interquartile_mean(means: Sequence[float]) -> float | None:
    """Mean of the middle half of runs' mean returns, or None for fewer than four runs.

    It is taken over runs, never over episodes, where it would hide the crashes.
    """
    cut = len(means) // _QUARTERS
    return float(np.mean(sorted(means)[cut : len(means) - cut])) if cut else None


def bootstrap_interval(returns: Floats) -> tuple[float, float]:
    """Percentile bootstrap over seeds and episodes: the ends of the mean's 95 % interval.

    Args:
        returns: (seeds, episodes); a column holds the returns of one episode's seed.

    A resample redraws the training seeds, and the episodes for all of them alike: how hard an
    episode is depends on its seed, so that the returns in a column are correlated. A few of either
    tell little of their spread, so that each part is as wide as Student's t makes it. The interval
    of one seed, or one episode, is of that one alone.
    """
    rng = np.random.default_rng(0)
    num_seeds, num_episodes = returns.shape
    episode_weights = _resampled(rng, num_episodes)
    seed_weights = _resampled(rng, num_seeds)
    means = ((seed_weights @ returns) * episode_weights).sum(axis=1)
    low, high = np.percentile(means, _PERCENTILES)
    return float(low), float(high)


def _resampled(rng: np.random.Generator, size: int) -> Floats:
    """Weights of ``size`` items in each resample, (resamples, size), that spread as Student's t.

    A plain resample of n has a spread that is too small by the factor sqrt((n - 1) / n), and its
    own uncertainty is that of a chi-squared variable of n - 1 degrees of freedom. The deviations of
    its weights from 1/n are widened by both.
    """
    counts = rng.multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)
    weights: Floats = counts / size
    if size == 1:
        return weights
    factors = np.sqrt(size / rng.chisquare(size - 1, (_RESAMPLES, 1)))
    widened: Floats = 1 / size + factors * (weights - 1 / size)
    return widened


def spread(means: Sequence[float]) -> float | None:
    """Sample standard deviation between seeds, or None for fewer than two."""
    return float(np.std(means, ddof=1)) if len(means) > 1 else None


def _share(episodes: Sequence[Episode], outcome: str) -> float:
    return float(np.mean([episode.outcome == outcome for episode in episodes]))
