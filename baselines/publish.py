"""Commit finished and scored runs: their results, and a run's weights with a model card.

python -m baselines.publish runs/lander_ppo-seed1
python -m baselines.publish runs/lander_ppo-seed2 runs/lander_ppo-seed3 --no-weights
python -m baselines.publish --all

A run must be one that its command gives again: the config of ``baselines/configs/<name>.yaml``
and a seed, and its score must be of its final checkpoint: episodes of it are played again. Its
results join those of the config's other seeds in ``docs/results/runs/``. With
``--no-weights`` the results alone are written, whatever the score: for more seeds, controls and
peers.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro

from baselines.algorithms.registry import build_config
from baselines.results import pretrained
from baselines.results.model_card import card
from baselines.results.publication import (
    check_floor,
    check_plays_as_scored,
    check_repeatable,
    read_scored,
)
from baselines.results.store import COMMITTED, add_result, read_result
from baselines.results.targets import floor_of
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import section
from baselines.runs.command import read_options, run_command
from baselines.runs.files import write_atomically
from baselines.runs.names import find_run


@dataclass
class Options:
    """Options of a publication."""

    runs: Annotated[tuple[Path, ...], tyro.conf.Positional] = ()
    """Runs, one with its weights or any number without, each scored by
    ``python -m baselines.evaluate RUN --csv RUN/episodes.csv``, and with
    ``--backend box2d --csv RUN/episodes_box2d.csv``."""
    weights: bool = True
    """Commit the weights of a run that reaches its floor, and a card."""
    all: bool = False
    """Instead: save the checkpoints of all committed agents again, in the newest format."""
    agents: Path = pretrained.COMMITTED
    """Folder of the committed agents, for weights."""
    results: Path = COMMITTED
    """Folder of the committed results, for runs."""


def main(arguments: list[str] | None = None) -> int:
    """Publishes, and returns the exit status."""
    options = read_options(Options, arguments, __doc__)
    if not options.runs:
        return run_command(lambda: _save_again(options), "no agent was saved again")
    for run in options.runs:
        status = run_command(partial(_publish, run, options), f"{run} cannot be published")
        if status != 0:
            return status
    return 0


def _publish(path: Path, options: Options) -> int:
    """Checks everything, then writes the results, the weights and the card, in this order."""
    if options.all:
        raise ValueError("give exactly one of runs and --all")
    if options.weights and len(options.runs) > 1:
        raise ValueError(f"runs: weights are those of one run, got {len(options.runs)} runs")
    if not options.weights and options.agents != pretrained.COMMITTED:
        raise ValueError(f"agents: not with --no-weights, got {options.agents}")
    run = find_run(path)
    description = run / "checkpoints" / "final.json"
    tensors, facts = checkpoints.load(description)
    content = {key: section(facts, key, description) for key in ("config", "progress")}
    config = build_config(content["config"], str(run))
    check_repeatable(config)
    result = read_scored(run, config)
    if options.weights:
        check_floor(result, floor_of(config.name))
    check_plays_as_scored(run, result)
    written = add_result(options.results, result)
    if options.weights:
        folder = options.agents / config.name
        checkpoints.save(folder, "final", tensors, content)
        written = folder / "README.md"
        text = card(folder, read_result(options.results, config.name))
        write_atomically(written, text.encode())
    print(f"wrote {written}")
    return 0


def _save_again(options: Options) -> int:
    if not options.all:
        raise ValueError("give exactly one of runs and --all")
    if not options.weights:
        raise ValueError("weights: --all saves nothing but weights, got --no-weights")
    if options.results != COMMITTED:
        raise ValueError(f"results: --all saves nothing but weights, got {options.results}")
    for description in sorted(options.agents.glob("*/final.json")):
        tensors, facts = checkpoints.load(description)
        content = {key: section(facts, key, description) for key in ("config", "progress")}
        checkpoints.save(description.parent, "final", tensors, content)
        print(f"wrote {description}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
