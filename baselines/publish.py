"""Commit a finished and scored run: its evidence, its weights, a card that describes them.

python -m baselines.publish runs/lander_ppo-seed1
python -m baselines.publish runs/lander_ppo-seed2 --no-weights

The run must be one that its command gives again: the config of ``baselines/configs/<name>.yaml``
and a seed. Its tables go to ``docs/results/runs/``, once; the card links to them. With
``--no-weights`` the tables go there alone, whatever the score: for more seeds, controls and peers.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

import lander_envs
from baselines.algorithms.registry import build_config
from baselines.evaluation.episodes import SCORING_SEED, Episode, summary
from baselines.results import pretrained as agents
from baselines.results.model_card import write_card
from baselines.results.run_data import BOX2D_EPISODES, COMMITTED, EPISODES, read_episodes
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import CheckpointError
from baselines.runs.config import CONFIGS, ConfigError, TrainConfig, read_yaml
from baselines.runs.files import read_json, to_json, write_atomically

_SCORED_EPISODES = 100


@dataclass
class Options:
    """Which run to publish, and where to."""

    run: Annotated[Path, tyro.conf.Positional]
    """Folder of a run, scored by ``python -m baselines.evaluate RUN --csv RUN/episodes.csv``, and
    with ``--backend box2d --csv RUN/episodes_box2d.csv``."""
    weights: bool = True
    """Commit the weights of a run that reaches its floor, and a card."""
    agents: Path = agents.COMMITTED
    """Folder of the committed agents."""
    results: Path = COMMITTED
    """Folder of the committed evidence."""


def main(arguments: list[str] | None = None) -> int:
    """Publish, and return the exit status."""
    options = tyro.cli(Options, args=arguments, description=__doc__)
    try:
        written = _publish(options)
    except (CheckpointError, ConfigError, OSError, ValueError) as problem:
        print(f"error: {options.run} cannot be published: {problem}", file=sys.stderr)
        return 2
    print(f"wrote {written}")
    return 0


def _publish(options: Options) -> Path:
    """Check everything, then write the evidence, the weights and the card, in this order."""
    tensors, facts = checkpoints.load(options.run / "checkpoints" / "final.json")
    config = build_config(facts["config"], str(options.run))
    _check_repeatable(config)
    scored = _check_scored(options.run, config)
    if options.weights:
        _check_floor(scored, agents.floor(config.env_id))

    results = options.results / f"{config.name}-seed{config.seed}"
    _copy_evidence(options.run, results, ("training.csv", "evaluation.csv", *scored))
    if not options.weights:
        return results
    folder = options.agents / config.name
    described = {"config": facts["config"], "progress": facts["progress"]}
    checkpoints.save(folder, "final", tensors, described)
    return write_card(folder, options.results)


def _check_repeatable(config: TrainConfig) -> None:
    """ConfigError unless the YAML file of the run's name gives its config."""
    path = CONFIGS / f"{config.name}.yaml"
    told = build_config({**read_yaml(path), "seed": config.seed}, str(path))
    was, is_now = config.model_dump(), told.model_dump()
    other = [key for key in is_now if was.get(key) != is_now[key]]
    if other:
        raise ConfigError(
            f"it was not trained as {path.name} says, but differs in {', '.join(other)}"
        )


def _check_scored(run: Path, config: TrainConfig) -> dict[str, list[Episode]]:
    """The files of the run's score, with their episodes; ValueError if one is missing or short."""
    hints = {EPISODES: ""}
    if config.env_id in lander_envs.ENV_IDS:
        hints[BOX2D_EPISODES] = " --backend box2d"
    wanted = list(range(SCORING_SEED, SCORING_SEED + _SCORED_EPISODES))
    scored = {}
    for name, option in hints.items():
        path = run / name
        if not path.exists():
            raise ValueError(
                f"it has no score in {name}; first: python -m baselines.evaluate {run}{option} "
                f"--csv {path}"
            )
        scored[name] = read_episodes(path)
        if [episode.seed for episode in scored[name]] != wanted:
            raise ValueError(
                f"a score is of {_SCORED_EPISODES} episodes, seeds {wanted[0]} to {wanted[-1]}, "
                f"not of the {len(scored[name])} in {path}"
            )
    return scored


def _check_floor(scored: dict[str, list[Episode]], floor: float) -> None:
    """ValueError if the mean return of a score is under the floor."""
    for name, episodes in scored.items():
        mean_return = summary(episodes)["mean_return"]
        if mean_return < floor:
            raise ValueError(
                f"the mean return of {mean_return:.1f} in {name} is under the floor of {floor:g}"
            )


def _copy_evidence(run: Path, results: Path, tables: tuple[str, ...]) -> None:
    content = {name: (run / name).read_bytes() for name in tables}
    # Rewritten, because older runs say -Infinity in it, which is no JSON.
    content["run.json"] = to_json(read_json(run / "run.json"))
    results.mkdir(parents=True, exist_ok=True)
    for name, written in content.items():
        write_atomically(results / name, written)


if __name__ == "__main__":
    sys.exit(main())
