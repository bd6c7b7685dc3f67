"""Steps to 200: the first evaluation at the reward threshold, read from finished training runs.

python -m baselines.studies.steps_to_200 runs/lander_ppo-seed* runs/lander_dqn-seed*

A run reaches the threshold at its first evaluation of at least 100 greedy episodes, on seeds that
are fresh for each evaluation, whose mean return is at least that. Steps are the environment's, or
decisions where an action is repeated. Evaluations lie an interval apart, so that a run may have
been there up to that much earlier. The lowest evaluation after it shows whether the run stayed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, TypedDict

import numpy as np
import tyro

from baselines.results.run_folder import read_rows
from baselines.results.store import ROOT, compact_json
from baselines.results.tables import markdown
from baselines.results.variants import short_id
from baselines.runs.config import ConfigError
from baselines.runs.files import read_json, require_writable, write_atomically
from baselines.runs.names import find_run
from baselines.studies.command import run
from lander_envs.scoring.statistics import threshold

EPISODES = 100
"""Episodes of an evaluation at least: few would pass the threshold by luck."""

_HEADING = [
    *("agent", "environment", "seeds", "reached", "median steps", "most steps"),
    *("evaluated every", "lowest evaluation after it"),
]


class Passage(TypedDict):
    """One training run; None where it never reached the threshold."""

    seed: int
    steps: int | None
    lowest_after: float | None  # mean return of an evaluation; of the first too


class Passages(TypedDict):
    """All runs of a config."""

    env_id: str
    eval_interval: int
    runs: list[Passage]


Data = dict[str, Passages]
"""Passages by name of the config."""


def main(
    runs: Annotated[tuple[Path, ...], tyro.conf.Positional],
    out: Path = ROOT / "steps_to_200.md",
) -> None:
    """Put the rows of the runs' configs into the table and the data beside it.

    Args:
        runs: finished runs; the rows of other configs stay as they are.
        out: the table's path; its data lie beside it, as JSON.
    """
    path = out.with_suffix(".json")
    require_writable(out)
    require_writable(path)
    data: Data = read_json(path) if path.exists() else {}
    read: Data = {}
    for folder in map(find_run, runs):
        name, found = read_passage(folder)
        known = read.setdefault(name, found)
        if known is not found:
            known["runs"] += found["runs"]
    for passages in read.values():
        passages["runs"].sort(key=lambda passage: passage["seed"])
    data = dict(sorted({**data, **read}.items()))
    write_atomically(path, compact_json(data))
    write_atomically(out, table(data).encode())
    print(f"wrote {path} and {out}")


def read_passage(folder: Path) -> tuple[str, Passages]:
    """Config's name and passage of one run.

    Raises:
        ConfigError: if the run is not finished, or has evaluations of too few episodes.
    """
    config = read_json(folder / "run.json")["config"]
    if config["eval_episodes"] < EPISODES:
        raise ConfigError(
            f"{folder}: eval_episodes must be at least {EPISODES}, got {config['eval_episodes']}"
        )
    if not (folder / "checkpoints" / "final.json").exists():
        raise ConfigError(f"{folder}: the run must be finished, but it has no final checkpoint")
    rows = read_rows(folder / "evaluation.csv")
    wanted = threshold(config["env_id"])
    first = next((i for i, row in enumerate(rows) if row["mean_return"] >= wanted), None)
    steps = lowest = None
    if first is not None:
        steps = int(rows[first]["steps"])
        lowest = round(min(row["mean_return"] for row in rows[first:]), 1)
    passage = Passage(seed=int(config["seed"]), steps=steps, lowest_after=lowest)
    interval = int(config["eval_interval"])
    found = Passages(env_id=config["env_id"], eval_interval=interval, runs=[passage])
    return str(config["name"]), found


def table(data: Data) -> str:
    """A config a row; medians and largest steps only where every seed reached the threshold."""
    return "\n".join(markdown(_HEADING, [_row(name, data[name]) for name in data])) + "\n"


def _row(name: str, passages: Passages) -> list[str]:
    runs = passages["runs"]
    steps = [passage["steps"] for passage in runs if passage["steps"] is not None]
    lowest = [passage["lowest_after"] for passage in runs if passage["lowest_after"] is not None]
    reached_all = len(steps) == len(runs)
    return [
        f"`{name}`",
        f"`{short_id(passages['env_id'])}`",
        str(len(runs)),
        str(len(steps)),
        f"{np.median(steps):,.0f}" if reached_all else "-",
        f"{max(steps):,}" if reached_all else "-",
        f"{passages['eval_interval']:,}",
        f"{min(lowest):.1f}" if lowest else "-",
    ]


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
