"""Model cards of the committed agents, made from their weights' description and their evidence."""

from __future__ import annotations

from pathlib import Path

from baselines.algorithms.registry import build_config
from baselines.evaluation.episodes import Episode
from baselines.results.run_data import Evidence, provenance
from baselines.results.tables import run_table
from baselines.runs import checkpoint as checkpoints
from baselines.runs.files import write_atomically


def write_card(agent: Path, results: Path) -> Path:
    """Write the card of the agent in the folder ``agent``; returns its path.

    Args:
        agent: a committed agent's folder, with the checkpoint "final".
        results: the folder of the committed runs, with the agent's own among them.

    Raises:
        CheckpointError: if the agent cannot be read.
        OSError: if its run is not among the committed ones.
    """
    tensors, facts = checkpoints.load(agent / "final.json")
    config = build_config(facts["config"], str(agent))
    run = Evidence(results / f"{config.name}-seed{config.seed}")
    size = sum(tensor.numel() for tensor in tensors.values())
    arguments = f" with `{config.env_kwargs}`" if config.env_kwargs else ""
    name, score = config.name, "\n".join(run_table([run]))
    card = f"""# {name}

The weights at the end of one training run, written by `python -m baselines.publish`.

| | |
|---|---|
| environment | `{config.env_id}`{arguments} |
| algorithm | `{config.algorithm}` |
| weights | {size:,} numbers in `safetensors`, without the optimiser's |
| floor | a mean return of {run.threshold:g}, the environment's reward threshold |
| licence | MIT, as the project's |

## How it was trained

```
python -m baselines.train baselines/configs/{name}.yaml --seed {config.seed}
```

{provenance([run])}

## Score

{len(run.episodes)} greedy episodes on seeds that training never saw, raw reward;
[every episode](../../../docs/results/runs/{run.folder.name}/episodes.csv). Other seeds and learning
curves are on the [results page](../../../docs/results.md).

{score}

```
python -m baselines.evaluate {name}
```

## Limits

{_limits(run.episodes, run.threshold)}
Trained and scored on this environment with these arguments alone: nothing is known of it under
other physics, wind or observations.
"""
    write_atomically(agent / "README.md", card.encode())
    return agent / "README.md"


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
