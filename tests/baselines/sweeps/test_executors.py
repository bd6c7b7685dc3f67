"""Executors by name."""

import argparse
from contextlib import contextmanager

import pytest

from baselines.sweeps import executors, local, ray_cluster, slurm


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("local", ["jobs", 3]),
        ("ray", ["jobs", "ray"]),
        ("ray://head:10001", ["jobs", "ray://head:10001"]),
        ("slurm", ["jobs", "executor of runs, 2.0, cpu, 3"]),
    ],
)
def test_an_executor_gets_its_options(on, expected, monkeypatch) -> None:
    @contextmanager
    def started(*arguments):
        yield list(arguments)

    for module in (local, ray_cluster, slurm):
        monkeypatch.setattr(module, "started", started)
    monkeypatch.setattr(
        slurm, "executor", lambda *given: "executor of " + ", ".join(map(str, given))
    )
    options = argparse.Namespace(on=on, workers=3, runs="runs", hours=2.0, partition="cpu")
    with executors.started("jobs", options) as tasks:
        assert tasks == expected
