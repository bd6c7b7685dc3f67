"""Initialisation of a GRU's weights: which part of it lets recurrent PPO learn?

python -m baselines.studies.memory_initialisation train --seeds 1 2 3
python -m baselines.studies.memory_initialisation rank

Trains and scores ``masked_velocity_lander_gru_ppo`` with each part of its initialisation switched
off by itself, and with all of them off. A run that was killed is continued, a finished one left
alone. ``rank`` writes the table from the committed results.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from baselines.algorithms.registry import build_config
from baselines.results.run_data import ConfigResult
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

BASE = "masked_velocity_lander_gru_ppo"
"""The config whose memory is initialised otherwise."""


class Start(NamedTuple):
    """Initialisation of the memory, by the config's settings of these names."""

    chrono: bool = True
    gate_gain: float = 0.1
    candidate_gain: float = 4.0


STARTS = {
    BASE: Start(),
    "no_chrono": Start(chrono=False),
    "no_gate_gain": Start(gate_gain=1.0),
    "no_candidate_gain": Start(candidate_gain=1.0),
    "none": Start(chrono=False, gate_gain=1.0, candidate_gain=1.0),
}
"""Initialisations by name; the first is that of the shipped config."""

_RESULTS = ROOT / "memory_initialisation"
_HEADING = [
    *("chrono biases", "factor of gates' weights", "factor of all input weights"),
    *RESULT_HEADING,
]


def train(
    runs: Path = Path("runs"),
    seeds: tuple[int, ...] = (1, 2, 3),
    starts: tuple[str, ...] = tuple(STARTS),
    steps: int | None = None,
    results: Path = _RESULTS,
) -> None:
    """Train and score each initialisation.

    Args:
        runs: where runs are kept; finished runs of the shipped config count.
        seeds: training seeds.
        starts: which of the initialisations.
        steps: length of a run, if not the config's.
        results: folder for the results.
    """
    refuse_unknown("starts", starts, STARTS)
    for seed in seeds:
        for name in starts:
            train_and_score(make_config(name, seed, steps), runs, results)


def make_config(name: str, seed: int, steps: int | None = None) -> TrainConfig:
    """The shipped config with another initialisation and a name of its own."""
    content = {**read_yaml(CONFIGS / f"{BASE}.yaml"), "seed": seed}
    if name != BASE:
        content |= {**STARTS[name]._asdict(), "name": _run_name(name)}
    if steps is not None:
        content["total_steps"] = steps
    return build_config(content, name)


def rank(results: Path = _RESULTS, out: Path = ROOT / "memory_initialisation.md") -> None:
    """Write the table of all initialisations that have results.

    Args:
        results: folder of the results.
        out: the table's path.
    """
    write_table(out, _HEADING, table_rows(results))


def table_rows(results: Path) -> list[list[str]]:
    """An initialisation a row, in the order of ``STARTS``."""
    return [
        _row(start, read_result(results, _run_name(name)))
        for name, start in STARTS.items()
        if (results / f"{_run_name(name)}.json").exists()
    ]


def _run_name(name: str) -> str:
    return name if name == BASE else f"{BASE}_{name}"


def _row(start: Start, result: ConfigResult) -> list[str]:
    return [
        "yes" if start.chrono else "no",
        f"{start.gate_gain:g}",
        f"{start.candidate_gain:g}",
        *result_cells(result),
    ]


if __name__ == "__main__":
    sys.exit(run({"train": train, "rank": rank}, __doc__))
