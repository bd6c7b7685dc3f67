"""Publication: what a run must fulfil before its results and weights are committed."""

from __future__ import annotations

from pathlib import Path

import lander_envs
from baselines.algorithms.registry import build_config
from baselines.results.run_data import ConfigResult
from baselines.results.run_folder import read_run, read_score
from baselines.results.scoring import trained
from baselines.runs.config import CONFIGS, ConfigError, TrainConfig, differing, read_yaml
from baselines.runs.names import BOX2D_FILE, EPISODES_FILE
from lander_envs.scoring.contender import score
from lander_envs.scoring.statistics import BOX2D_EPISODES, SCORED_EPISODES, SCORING_SEED

# Episodes of a score that are played again, and how many must be the same flights: another batch
# size or processor rounds otherwise, which changed at most one in ten of the committed agents'.
_REPLAYED, _SAME = 10, 5


def check_repeatable(config: TrainConfig) -> None:
    """ConfigError unless the YAML file of the run's name gives its config."""
    path = CONFIGS / f"{config.name}.yaml"
    told = build_config({**read_yaml(path), "seed": config.seed}, str(path))
    other = differing(config.model_dump(), told.model_dump())
    if other:
        raise ConfigError(
            f"it was not trained as {path.name} says, but differs in {', '.join(other)}"
        )


def read_scored(run: Path, config: TrainConfig) -> ConfigResult:
    """The result of a run that is scored in full.

    Raises:
        ValueError: if a score is missing or has other episodes.
    """
    _check_score(run, EPISODES_FILE, SCORED_EPISODES, "")
    if config.env_id in lander_envs.REGISTERED_IDS:
        option = f" --backend box2d --episodes {BOX2D_EPISODES}"
        _check_score(run, BOX2D_FILE, BOX2D_EPISODES, option)
    return read_run(run)


def _check_score(run: Path, name: str, count: int, option: str) -> None:
    path = run / name
    if not path.exists():
        raise ValueError(
            f"it has no score in {name}; first: python -m baselines.evaluate {run}{option} "
            f"--csv {path}"
        )
    episodes = read_score(path)
    wanted = list(range(SCORING_SEED, SCORING_SEED + count))
    if [episode.seed for episode in episodes] != wanted:
        raise ValueError(
            f"{name} must hold {count} episodes, seeds {wanted[0]} to {wanted[-1]}, "
            f"not of the {len(episodes)} in {path}"
        )


def check_floor(result: ConfigResult, floor: float) -> None:
    """ValueError if a score's mean return is under the floor, or Box2D gives other episodes."""
    for record in result.seeds:
        if record.mean_return < floor:
            raise ValueError(
                f"the mean return of {record.mean_return:.1f} is under the floor of {floor:g}"
            )
        if record.differ_on_box2d:
            raise ValueError(f"Box2D gives {record.differ_on_box2d} of its episodes otherwise")


def check_plays_as_scored(run: Path, result: ConfigResult) -> None:
    """ValueError if a score is not of the run's final checkpoint, with greedy actions."""
    known = result.scored(result.seeds[0].seed)[:_REPLAYED]
    played = score(trained(run), _REPLAYED)
    pairs = zip(known, played, strict=True)
    same = sum((a.length, a.outcome) == (b.length, b.outcome) for a, b in pairs)
    if same < _SAME:
        raise ValueError(
            f"{EPISODES_FILE} is not the score of its final checkpoint, which plays {same} of the "
            f"first {_REPLAYED} episodes as it says; score it again: python -m baselines.evaluate "
            f"{run} --csv {run / EPISODES_FILE}"
        )
