"""A published recurrent PPO's four settings on the bare observation: do they learn to land?

python -m baselines.studies.published_recurrent_ppo train --seeds 1 2 3 4 5
python -m baselines.studies.published_recurrent_ppo rank

Trains and scores ``lstm_start``, ``lstm_stable``, ``lstm_fast`` and ``lstm_big_batch`` without the
difference features that their configs add: once for as many steps as these, and once for twice
as many. A run that was killed is continued, a finished one left alone. ``rank`` writes the table
from the committed results.
"""

from __future__ import annotations

import sys
from pathlib import Path

from baselines.algorithms.registry import build_config
from baselines.results.store import ROOT, read_result
from baselines.runs.config import CONFIGS, TrainConfig, read_yaml
from baselines.studies.command import run
from baselines.studies.variations import (
    RESULT_HEADING,
    refuse_unknown,
    result_cells,
    train_and_score,
    write_table,
)

SETTINGS = ("lstm_start", "lstm_stable", "lstm_fast", "lstm_big_batch")
"""Configs of the published settings."""
BUDGETS = {"bare": 1, "bare_longer": 2}
"""Lengths of a run by their names, as multiples of the config's."""

_RESULTS = ROOT / "published_recurrent_ppo"
_HEADING = ["settings", "steps", *RESULT_HEADING]


def train(
    runs: Path = Path("runs"),
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5),
    settings: tuple[str, ...] = SETTINGS,
    budgets: tuple[str, ...] = tuple(BUDGETS),
    results: Path = _RESULTS,
) -> None:
    """Train and score each of the settings with each length.

    Args:
        runs: where runs are kept.
        seeds: training seeds.
        settings: which of the settings.
        budgets: which of the lengths.
        results: folder for the results.
    """
    refuse_unknown("settings", settings, SETTINGS)
    refuse_unknown("budgets", budgets, BUDGETS)
    for seed in seeds:
        for name in settings:
            for budget in budgets:
                train_and_score(make_config(name, budget, seed), runs, results)


def make_config(name: str, budget: str, seed: int) -> TrainConfig:
    """One of the settings on the bare observation, with a name of its own."""
    content = read_yaml(CONFIGS / f"{name}.yaml")
    content |= {"name": f"{name}_{budget}", "seed": seed, "change_gain": 0.0}
    content["total_steps"] *= BUDGETS[budget]
    return build_config(content, name)


def rank(results: Path = _RESULTS, out: Path = ROOT / "published_recurrent_ppo.md") -> None:
    """Write the table of all settings that have results.

    Args:
        results: folder of the results.
        out: the table's path.
    """
    write_table(out, _HEADING, table_rows(results))


def table_rows(results: Path) -> list[list[str]]:
    """Settings and a length a row, in the order of ``SETTINGS`` and ``BUDGETS``."""
    rows = []
    for name in SETTINGS:
        for budget in BUDGETS:
            kept = f"{name}_{budget}"
            if (results / f"{kept}.json").exists():
                result = read_result(results, kept)
                longest = max(record.steps for record in result.seeds)
                rows.append([f"`{name}`", f"{longest:,}", *result_cells(result)])
    return rows


if __name__ == "__main__":
    sys.exit(run({"train": train, "rank": rank}, __doc__))
