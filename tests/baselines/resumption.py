"""Ends of runs: what a run must have that was killed and resumed, as one that was not."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import NamedTuple

from baselines.runs import checkpoint as checkpoints


class Ending(NamedTuple):
    """Traces of a run that are equal in two runs that went the same way."""

    final: str  # SHA-256 of the weights
    best: str
    evaluations: list[float]


def ending_of(run: Path) -> Ending:
    """The ending of a finished run."""
    final, best = (
        checkpoints.describe(run / "checkpoints" / f"{name}.json") for name in ("final", "best")
    )
    return Ending(final["sha256"], best["sha256"], final["progress"]["evaluations"])


def require_whole(run: Path, steps: int, evaluations: int) -> None:
    """AssertionError unless a finished run has every row and file that it should, and no other."""
    folder = run / "checkpoints"
    for name in ("latest", "best", "final"):
        checkpoints.load(folder / f"{name}.json")
    progress = checkpoints.describe(folder / "final.json")["progress"]
    assert progress["steps"] == steps
    training, evaluation = (_rows(run / f"{name}.csv") for name in ("training", "evaluation"))
    reached = [int(row["steps"]) for row in training]
    interval = reached[0]
    assert reached == list(range(interval, steps + 1, interval))
    means = [float(row["mean_return"]) for row in evaluation]
    assert means == progress["evaluations"]
    assert len(means) == evaluations
    best = checkpoints.describe(folder / "best.json")["progress"]
    assert best["best_return"] == progress["best_return"] == max(means)
    named = {json.loads(path.read_text())["weights"] for path in folder.glob("*.json")}
    assert {path.name for path in folder.glob("*.safetensors")} == named
    assert list(run.rglob("*.tmp")) == []


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))
