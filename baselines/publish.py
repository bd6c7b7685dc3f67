"""Commit a finished and scored run: its results, and its weights with a model card.

python -m baselines.publish runs/lander_ppo-seed1
python -m baselines.publish runs/lander_ppo-seed2 --no-weights

The run must be one that its command gives again: the config of ``baselines/configs/<name>.yaml``
and a seed. Its results join those of the config's other seeds in ``docs/results/runs/``. With
``--no-weights`` the results alone are written, whatever the score: for more seeds, controls and
peers.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from baselines.algorithms.registry import build_config
from baselines.results import pretrained
from baselines.results.model_card import card
from baselines.results.publication import check_floor, check_repeatable, read_scored
from baselines.results.store import COMMITTED, add_result, read_result
from baselines.results.targets import floor_of
from baselines.runs import checkpoint as checkpoints
from baselines.runs.files import write_atomically


@dataclass
class Options:
    """Options of a publication."""

    run: Annotated[Path, tyro.conf.Positional]
    """Folder of a run, scored by ``python -m baselines.evaluate RUN --csv RUN/episodes.csv``, and
    with ``--backend box2d --csv RUN/episodes_box2d.csv``."""
    weights: bool = True
    """Commit the weights of a run that reaches its floor, and a card."""
    agents: Path = pretrained.COMMITTED
    """Folder of the committed agents."""
    results: Path = COMMITTED
    """Folder of the committed results."""


def main(arguments: list[str] | None = None) -> int:
    """Publishes, and returns the exit status."""
    options = tyro.cli(Options, args=arguments, description=__doc__)
    try:
        written = _publish(options)
    except (OSError, ValueError) as problem:
        print(f"error: {options.run} cannot be published: {problem}", file=sys.stderr)
        return 2
    print(f"wrote {written}")
    return 0


def _publish(options: Options) -> Path:
    """Checks everything, then writes the results, the weights and the card, in this order."""
    tensors, facts = checkpoints.load(options.run / "checkpoints" / "final.json")
    config = build_config(facts["config"], str(options.run))
    check_repeatable(config)
    result = read_scored(options.run, config)
    if options.weights:
        check_floor(result, floor_of(config.name))
    written = add_result(options.results, result)
    if not options.weights:
        return written
    folder = options.agents / config.name
    described = {"config": facts["config"], "progress": facts["progress"]}
    checkpoints.save(folder, "final", tensors, described)
    text = card(folder, read_result(options.results, config.name))
    write_atomically(folder / "README.md", text.encode())
    return folder / "README.md"


if __name__ == "__main__":
    sys.exit(main())
