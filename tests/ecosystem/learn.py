"""Agents of other libraries, trained on the native batch to a mean return of 200 and more.

python -m tests.ecosystem.learn --out docs/results/libraries.md

RLlib's two env runners step their batches on nodes of their own, as on the page "On a cluster".
"""

import argparse
import os
import re
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from lander_envs.spaces import REWARD_THRESHOLD
from tests.benchmarks import machine
from tests.ecosystem.examples import run
from tests.sweeps.nodes import cluster

TOLD = re.compile(
    r"(?P<algorithm>\w+): (?P<steps>[\d,]+) steps in (?P<seconds>\d+) s, "
    r"mean return of (?P<episodes>\d+) new episodes (?P<score>\S+)"
)


class Row(NamedTuple):
    """Training of one library and its score."""

    library: str
    version: str
    algorithm: str
    steps: str
    score: float  # mean return of the new episodes
    seconds: int  # of the training


def row(library: str, package: str, told: str) -> Row:
    """Row of what a program says in its last line."""
    found = TOLD.search(told)
    assert found, told
    scores = found["algorithm"], found["steps"], float(found["score"]), int(found["seconds"])
    return Row(library, version(package), *scores)


def rows() -> list[Row]:
    """Train with one library after the other."""
    trained = [row(name, name.lower(), run(name.lower())) for name in ("TorchRL", "Tianshou")]
    with cluster(nodes=2) as made:
        told = run("rllib", "--runners", "2", RAY_ADDRESS=made.address)
    return [*trained, row("RLlib, 2 env runners on 2 nodes", "ray", told)]


def page(trained: list[Row], origin: str) -> str:
    """Table of the rows."""
    lines = [
        origin,
        "",
        "| library | version | algorithm | environment steps | mean return | seconds |",
        "|---|---|---|---|---|---|",
    ]
    for each in trained:
        told = f"{each.algorithm} | {each.steps} | {each.score:.1f} | {each.seconds}"
        lines.append(f"| {each.library} | {each.version} | {told} |")
    return "\n".join([*lines, ""])


def origin() -> str:
    """Machine of the trainings, and seeds of the scores."""
    return (
        f"*Trained one after the other on {machine.processor()}, {os.cpu_count()} cores; load "
        f"average of the machine {machine.load():.1f}. Greedy policies, 100 episodes of seeds that "
        "no training has seen. Written by `tox run -e learn-elsewhere`.*"
    )


def main() -> None:
    """Train and write the table; status 1 if an agent is below the threshold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    measured_on = origin()
    trained = rows()
    out.write_text(page(trained, measured_on))
    print(out.read_text())
    low = [each.library for each in trained if each.score < REWARD_THRESHOLD]
    if low:
        raise SystemExit(f"the mean return must be at least {REWARD_THRESHOLD:g}, not of {low}")


if __name__ == "__main__":
    main()
