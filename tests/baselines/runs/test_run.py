"""A run's folder: its clock, tables and description."""

import csv
import json
import re

from baselines.algorithms.ppo import PPOConfig
from baselines.runs import run as runs
from baselines.runs.run import Run, machine, versions

CONFIG = PPOConfig(name="tiny")


def test_the_clock_stands_still_while_paused(tmp_path, monkeypatch) -> None:
    now = iter([0.0, 3.0, 10.0, 14.0])
    monkeypatch.setattr(runs.time, "perf_counter", lambda: next(now))
    run = Run(tmp_path, CONFIG, steps=0, seconds=100.0)
    with run.paused():  # from 3 s to 10 s
        assert run.seconds == 103.0
    assert run.seconds == 103.0 + 4.0
    run.close()


def test_rows_after_the_checkpoint_are_dropped_when_a_run_resumes(tmp_path) -> None:
    run = Run(tmp_path, CONFIG, steps=0, seconds=0.0)
    for steps in (64, 128, 192):
        run.log("training", steps, {"loss": steps / 64})
    run.close()
    Run(tmp_path, CONFIG, steps=128, seconds=1.0).close()
    with (tmp_path / "training.csv").open() as file:
        assert [(row["steps"], row["loss"]) for row in csv.DictReader(file)] == [
            ("64", "1.0"),
            ("128", "2.0"),
        ]


def test_a_run_describes_its_config_versions_and_machine(tmp_path) -> None:
    Run(tmp_path, CONFIG, steps=0, seconds=0.0).close()
    description = json.loads((tmp_path / "run.json").read_text())
    assert description["config"]["name"] == "tiny"
    assert description["versions"] == versions()
    assert {"python", "torch", "gymnasium", "stable-baselines3"} <= set(versions())
    assert re.fullmatch(r"[0-9a-f]{12,}(-dirty)?|no git checkout", versions()["commit"])
    assert description["machine"] == machine()
    assert machine()["cores"] >= 1
