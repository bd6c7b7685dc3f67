"""Commit a finished and scored run: its evidence, its weights, a card that describes them.

python -m baselines.publish runs/lander_ppo-seed1

The run must be one that its command gives again: the config of ``baselines/configs/<name>.yaml``
and a seed. Its tables go to ``docs/results/runs/``, once; the card links to them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from torch import Tensor

from baselines import agents, checkpoints
from baselines.algorithms import build_config
from baselines.checkpoints import CheckpointError, write_atomically
from baselines.config import ConfigError, TrainConfig, read_yaml
from baselines.episodes import SCORING_SEED, Episode, summary
from baselines.report import provenance, read_episodes, table

_CONFIGS = Path(__file__).with_name("configs")
_TABLES = ("training.csv", "evaluation.csv", "episodes.csv")
_SCORED_EPISODES = 100


@dataclass
class Options:
    """Which run to publish, and where to."""

    run: Annotated[Path, tyro.conf.Positional]
    """Folder of a run, scored by ``python -m baselines.evaluate RUN --csv RUN/episodes.csv``."""
    agents: Path = agents.COMMITTED
    """Folder of the committed agents."""
    results: Path = Path("docs/results/runs")
    """Folder of the committed evidence."""


def main(arguments: list[str] | None = None) -> int:
    """Publish, and return the exit status."""
    options = tyro.cli(Options, args=arguments, description=__doc__)
    try:
        card = _publish(options)
    except (CheckpointError, ConfigError, OSError, ValueError) as problem:
        print(f"error: {options.run} cannot be published: {problem}", file=sys.stderr)
        return 2
    print(f"wrote {card}")
    return 0


def _publish(options: Options) -> Path:
    """Check everything, then write the evidence, the weights and the card, in this order."""
    run = options.run
    tensors, facts = checkpoints.load(run / "checkpoints" / "final.json")
    config = build_config(facts["config"], str(run))
    _check_repeatable(config)
    episodes = _check_scored(run, agents.floor(config.env_id))
    card = _card(run, config, tensors, episodes)
    evidence = {name: (run / name).read_bytes() for name in _TABLES}
    evidence["run.json"] = checkpoints.to_json(checkpoints.read_json(run / "run.json"))

    results = options.results / f"{config.name}-seed{config.seed}"
    results.mkdir(parents=True, exist_ok=True)
    for name, content in evidence.items():
        write_atomically(results / name, content)
    folder = options.agents / config.name
    described = {"config": facts["config"], "progress": facts["progress"]}
    checkpoints.save(folder, "final", tensors, described)
    write_atomically(folder / "README.md", card.encode())
    return folder / "README.md"


def _check_repeatable(config: TrainConfig) -> None:
    """ConfigError unless the YAML file of the run's name gives its config."""
    path = _CONFIGS / f"{config.name}.yaml"
    told = build_config({**read_yaml(path), "seed": config.seed}, str(path))
    was, is_now = config.model_dump(), told.model_dump()
    other = [key for key in is_now if was.get(key) != is_now[key]]
    if other:
        raise ConfigError(
            f"it was not trained as {path.name} says, but differs in {', '.join(other)}"
        )


def _check_scored(run: Path, floor: float) -> list[Episode]:
    """The episodes of the run's score; ValueError if they are none, too few or too poor."""
    path = run / "episodes.csv"
    if not path.exists():
        raise ValueError(f"it has no score; first: python -m baselines.evaluate {run} --csv {path}")
    episodes = read_episodes(path)
    wanted = range(SCORING_SEED, SCORING_SEED + _SCORED_EPISODES)
    if [episode.seed for episode in episodes] != list(wanted):
        raise ValueError(
            f"a score is of {_SCORED_EPISODES} episodes, seeds {wanted[0]} to {wanted[-1]}, not of "
            f"the {len(episodes)} in {path}"
        )
    mean_return = summary(episodes)["mean_return"]
    if mean_return < floor:
        raise ValueError(f"its mean return of {mean_return:.1f} is under the floor of {floor:g}")
    return episodes


def _card(
    run: Path, config: TrainConfig, tensors: dict[str, Tensor], episodes: list[Episode]
) -> str:
    """The model card, as Markdown."""
    name, seed = config.name, config.seed
    arguments = f" with `{config.env_kwargs}`" if config.env_kwargs else ""
    size = sum(tensor.numel() for tensor in tensors.values())
    score = "\n".join(table([run]))
    return f"""# {name}

The weights at the end of one training run, written by `python -m baselines.publish`.

| | |
|---|---|
| environment | `{config.env_id}`{arguments} |
| algorithm | `{config.algorithm}` |
| weights | {size:,} numbers in `safetensors`, without the optimiser's |
| floor | a mean return of {agents.floor(config.env_id):g}, the environment's reward threshold |
| licence | MIT, as the project's |

## How it was trained

```
python -m baselines.train baselines/configs/{name}.yaml --seed {seed}
```

{provenance([run])}

## Score

{len(episodes)} greedy episodes on seeds that training never saw, raw reward;
[every episode](../../../docs/results/runs/{name}-seed{seed}/episodes.csv). Other seeds and learning
curves are on the [results page](../../../docs/results.md).

{score}

```
python -m baselines.evaluate {name}
```

## Limits

{_limits(episodes, agents.floor(config.env_id))}
Trained and scored on this environment with these arguments alone: nothing is known of it under
other physics, wind or observations.
"""


def _limits(episodes: list[Episode], floor: float) -> str:
    """A sentence on what the agent did wrong."""
    poor = [episode for episode in episodes if episode.episodic_return < floor]
    if not poor:
        return f"No episode of the score is under {floor:g}."
    worst = min(poor, key=lambda episode: episode.episodic_return)
    return (
        f"Under {floor:g}: {len(poor)} of the {len(episodes)} episodes; the worst is seed "
        f"{worst.seed} with {worst.episodic_return:.1f} ({worst.outcome.replace('_', ' ')})."
    )


if __name__ == "__main__":
    sys.exit(main())
