"""The learning script of a machine with a GPU, on the stand-in for one."""

import sys

from tests.gpu import learning


def test_runs_are_trained_scored_and_told(machine, monkeypatch, tmp_path, capsys) -> None:
    jobs = [("lander_ppo_fast", 1, {"fused": False, "num_envs": 2, "num_steps": 16})]
    monkeypatch.setattr(learning, "JOBS", jobs)
    monkeypatch.setattr(learning, "EPISODES", 2)
    arguments = ["--device", "cpu:0", "--runs", str(tmp_path), "--total-steps", "64"]
    monkeypatch.setattr(sys, "argv", ["learning", *arguments])
    assert learning.main() == 1  # it has not learned
    assert "| lander_ppo_fast | 1 | 64 |" in capsys.readouterr().out
    assert machine.launches


def test_no_run_is_started_late(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["learning", "--runs", str(tmp_path), "--seconds", "0"])
    assert learning.main() == 0
    assert "(out of time)" in capsys.readouterr().out
