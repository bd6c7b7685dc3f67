"""RLlib's throughput by the number of its env runners, on a Ray cluster of several nodes.

python -m tests.ecosystem.env_runners --out docs/results/env_runners.md

Each runner steps a native batch on a node of its own; all nodes are on this machine. Whatever the
number of runners, they share the same 128 environments, so that the algorithm stays the same.
"""

import argparse
import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import ray
from matplotlib.figure import Figure
from ray.rllib.algorithms import Algorithm
from ray.rllib.execution.rollout_ops import synchronous_parallel_sample

from tests.benchmarks import machine
from tests.ecosystem.examples import EXAMPLES
from tests.sweeps.nodes import cluster

RUNNERS = (0, 1, 2, 4)
ROUNDS = 5


class Row(NamedTuple):
    """Median throughput with so many env runners, in environment steps per second."""

    runners: int
    sampling: float  # of the env runners alone
    training: float  # of whole iterations


def example() -> ModuleType:
    """The program of the page on other libraries, whose settings are measured."""
    spec = importlib.util.spec_from_file_location("use_rllib", EXAMPLES / "use_rllib.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def nodes_of(algorithm: Algorithm) -> set[str]:
    """Nodes of the env runners that are processes of their own."""
    return set(
        algorithm.env_runner_group.foreach_env_runner(
            lambda _: ray.get_runtime_context().get_node_id(), local_env_runner=False
        )
    )


def throughput(steps: int, call: Callable[[], Any]) -> float:
    """Median of steps per second over the rounds; one before them warms up."""
    call()
    speeds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        speeds.append(steps / (time.perf_counter() - began))
    return statistics.median(speeds)


def measure(runners: int) -> Row:
    """Throughput on a cluster with one node for each runner; with none, in this process."""
    program = example()
    steps = program.BATCH_SIZE
    with cluster(nodes=runners) as made:
        ray.init(address=made.address, log_to_driver=False)
        algorithm = program.ppo(runners, total_steps=steps * 100).build_algo()
        try:
            assert len(nodes_of(algorithm)) == runners
            group = algorithm.env_runner_group
            sampling = throughput(
                steps,
                lambda: synchronous_parallel_sample(
                    worker_set=group, max_env_steps=steps, _uses_new_env_runners=True
                ),
            )
            return Row(runners, sampling, throughput(steps, algorithm.train))
        finally:
            algorithm.stop()


def page(rows: list[Row], origin: str) -> str:
    """Table of the rows, each as a multiple of the first."""
    lines = [
        origin,
        "",
        "| env runners | sampling | ratio | training | ratio |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        sampling, training = row.sampling / rows[0].sampling, row.training / rows[0].training
        lines.append(
            f"| {row.runners or '0, in the learner'} | {row.sampling:,.0f} steps/s | {sampling:.2f}"
            f" | {row.training:,.0f} steps/s | {training:.2f} |"
        )
    return "\n".join([*lines, ""])


def draw(rows: list[Row], picture: Path) -> None:
    """Steps per second by the number of runners."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    runners = [row.runners for row in rows]
    axes.plot(runners, [row.sampling for row in rows], "o-", label="sampling")
    axes.plot(runners, [row.training for row in rows], "o-", label="training")
    axes.set(xlabel="env runners", ylabel="environment steps per second", xticks=runners)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(picture, dpi=150)


def origin() -> str:
    """Machine and releases of a measurement."""
    return (
        f"*{os.cpu_count()} cores of {machine.processor()}, which the learner, all runners and all "
        f"nodes share; Ray {ray.__version__}; median of {ROUNDS} rounds; load average of the "
        f"machine before {machine.load():.1f}. Written by `tox run -e learn-elsewhere`.*"
    )


def main() -> None:
    """Measure, and write the table and the plot beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    measured_on = origin()
    rows = [measure(runners) for runners in RUNNERS]
    out.write_text(page(rows, measured_on))
    draw(rows, out.with_suffix(".png"))
    print(out.read_text())


if __name__ == "__main__":
    main()
