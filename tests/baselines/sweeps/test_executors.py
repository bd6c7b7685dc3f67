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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seed", "7"], "seed: --first-seed and --seeds choose the seeds, got 7"),
        (["--seed=7"], "seed: --first-seed and --seeds choose the seeds, got 7"),
        (["--hours", "2"], "hours: only with --on slurm, got 2.0"),
        (["--on", "ray", "--hours", "2"], "hours: only with --on slurm, got 2.0"),
        (
            ["--on", "ray://head:1", "--partition", "cpu"],
            "partition: only with --on slurm, got cpu",
        ),
        (["--partition", "cpu"], "partition: only with --on slurm, got cpu"),
        (["--on", "ray", "--workers", "2"], "workers: only with --on local or slurm, got 2"),
    ],
)
def test_an_option_that_the_executor_would_drop_is_refused(arguments, sentence) -> None:
    options, _ = executors.make_parser("sweep", None, 1).parse_known_args(arguments)
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        executors.check(options)


@pytest.mark.parametrize("on", ["local", "slurm"])
def test_options_that_an_executor_takes_are_not_refused(on, tmp_path) -> None:
    arguments = ["--workers", "2", *(["--hours", "2", "--partition", "a"] if on == "slurm" else [])]
    arguments += ["--on", on, "--runs", str(tmp_path)]
    options, _ = executors.make_parser("sweep", None, 1).parse_known_args(arguments)
    executors.check(options)


def test_a_file_in_the_place_of_the_runs_is_refused() -> None:
    arguments = ["--runs", __file__]
    options, _ = executors.make_parser("sweep", None, 1).parse_known_args(arguments)
    with pytest.raises(
        OSError, match=r"^runs must be a folder that can be written to, got .*test_"
    ):
        executors.check(options)
