"""Model cards of the committed agents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from baselines.results.run_data import ConfigResult, provenance
from baselines.results.tables import environment, run_table
from baselines.results.targets import floor_of
from baselines.runs import checkpoint as checkpoints
from lander_envs.scoring.episodes import Episode


def card(agent: Path, result: ConfigResult) -> str:
    """The model card of a committed agent, in Markdown.

    Args:
        agent: the agent's folder, with the checkpoint "final".
        result: the committed result of its config.

    Raises:
        CheckpointError: if the agent cannot be read.
        ConfigError: if its config has no floor.
        ValueError: if the result lacks the agent's seed.
    """
    tensors, facts = checkpoints.load(agent / "final.json")
    run = result.only(int(facts["config"]["seed"]))
    size = sum(tensor.numel() for tensor in tensors.values())
    name, seed, floor = result.name, run.seeds[0].seed, floor_of(result.name)
    score, episodes = "\n".join(run_table([run])), run.scored(seed)
    return f"""# {name}

The weights at the end of one training run. `python -m baselines.report` writes this card.

| | |
|---|---|
| environment | {environment(result, result.env_id)} |
| algorithm | `{result.settings["algorithm"]}` |
| hand-made feature | {result.hand_made_feature or "none"} |
| parameters | {size:,} |
| floor | {floor:g} |
| licence | MIT |

## Training

```
python -m baselines.train baselines/configs/{name}.yaml --seed {seed}
```

{provenance([run])}

## Score

{len(episodes)} greedy episodes on seeds that training never saw, raw reward
([summary](../../../docs/results/runs/{name}.json),
[every episode](../../../docs/results/runs/{name}.csv.gz)). The [results](../../../docs/results.md)
have other seeds and learning curves.

{score}

```
python -m baselines.evaluate {name}
```

## Limits

{_limits(episodes, result.threshold)}
Trained and scored on this environment with these arguments only; other physics, wind or
observations are untested.
"""


def _limits(episodes: Sequence[Episode], solved: float) -> str:
    """A sentence on the worst episode."""
    poor = [episode for episode in episodes if episode.episodic_return < solved]
    if not poor:
        return f"No episode of the score is under {solved:g}."
    worst = min(poor, key=lambda episode: episode.episodic_return)
    return (
        f"Under {solved:g}: {len(poor)} of the {len(episodes)} episodes; the worst is seed "
        f"{worst.seed} with {worst.episodic_return:.1f} ({worst.outcome.replace('_', ' ')})."
    )
