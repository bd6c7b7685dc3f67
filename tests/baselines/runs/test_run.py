"""A run's folder: its clock, tables and description."""

import csv
import io
import json
import math
import re

import pytest
from rich.console import Console

from baselines.algorithms.ppo import PPOConfig
from baselines.runs import run as runs
from baselines.runs.run import Display, Run, machine, sparkline, versions

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


def test_a_resumed_run_keeps_its_first_origin_and_lists_the_others(tmp_path, monkeypatch) -> None:
    for name, steps in [("a", 0), ("a", 64), ("b", 128), ("a", 192), ("b", 256)]:
        monkeypatch.setattr(runs, "machine", lambda name=name: {"processor": name})
        Run(tmp_path, CONFIG, steps, seconds=0.0).close()
    description = json.loads((tmp_path / "run.json").read_text())
    assert description["machine"] == {"processor": "a"}
    assert description["versions"] == versions()
    other = {"versions": versions(), "machine": {"processor": "b"}}
    assert description["resumed_on"] == [other]
    Run(tmp_path, CONFIG, steps=0, seconds=0.0).close()
    assert "resumed_on" not in json.loads((tmp_path / "run.json").read_text())


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_resumed_run_whose_description_is_lost_is_described_anew(tmp_path, content) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    Run(tmp_path, CONFIG, steps=64, seconds=0.0).close()
    assert json.loads((tmp_path / "run.json").read_text())["machine"] == machine()


@pytest.mark.parametrize(
    ("values", "shown"),
    [([], ""), ([5.0], "▁"), ([0.0, 7.0, 3.0], "▁█▄"), ([-200.0, -100.0, 0.0, 100.0], "▁▃▆█")],
)
def test_a_sparkline_has_a_block_a_value_from_the_lowest_to_the_highest(values, shown) -> None:
    assert sparkline(values) == shown


def test_a_terminal_shows_the_returns_of_the_run_so_far_and_the_speed(monkeypatch) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=160)
    monkeypatch.setattr(runs, "Console", lambda: console)
    with Display(total_steps=2400, steps=0) as display:
        # Each of 24 blocks is for 100 steps; the second return of a block replaces the first.
        for steps, mean_return in [(50, -7.0), (90, 0.0), (150, math.nan), (250, 7.0)]:
            display.update(steps, mean_return, 1234.5)
    assert "return ▁█ 7, 1,234 steps/s" in screen.getvalue()
