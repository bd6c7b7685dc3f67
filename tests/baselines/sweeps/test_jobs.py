"""Jobs of a sweep."""

import csv
import json
from pathlib import Path

import pytest

from baselines.algorithms.launch import has_checkpoint
from baselines.runs.config import ConfigError
from baselines.sweeps import jobs
from baselines.sweeps.jobs import TrainingJob
from tests.baselines.sweeps.small import few_episodes, lose, small_jobs

__all__ = ["few_episodes"]


def test_a_job_names_its_run_and_its_steps(tmp_path) -> None:
    first, second = small_jobs(tmp_path)
    assert (first.name, second.name) == ("small-seed1", "small-seed2")
    assert Path(first.directory) == tmp_path / "small-seed1"
    assert first.total_steps == 64
    assert json.loads(json.dumps(first)) == [first.settings, first.directory]


def test_a_job_is_trained_and_scored_once(tmp_path, few_episodes, monkeypatch) -> None:
    (job,) = small_jobs(tmp_path, seeds=1)
    assert job.steps() == 0
    job.run()
    assert job.is_finished()
    assert job.steps() == 64
    with (tmp_path / "small-seed1" / "episodes.csv").open() as file:
        assert [row["seed"] for row in csv.DictReader(file)] == ["2000000", "2000001", "2000002"]
    monkeypatch.setattr(jobs, "finish_and_score", None)  # another call would raise
    job.run()


def test_a_score_without_its_checkpoint_finishes_no_job(tmp_path, few_episodes) -> None:
    (job,) = small_jobs(tmp_path, seeds=1)
    score = tmp_path / "small-seed1" / "episodes.csv"
    score.parent.mkdir()
    score.write_text("of an earlier run")
    assert not job.is_finished()
    job.run()
    assert job.is_finished()
    assert score.read_text() != "of an earlier run"


def test_a_lost_job_goes_on_from_its_checkpoint(tmp_path, few_episodes, monkeypatch) -> None:
    (whole,) = small_jobs(tmp_path / "whole", seeds=1, eval_interval=64, total_steps=256)
    (cut,) = small_jobs(tmp_path / "cut", seeds=1, eval_interval=64, total_steps=256)
    whole.run()
    lose(cut, monkeypatch, steps=128)
    assert has_checkpoint(Path(cut.directory), "latest")
    assert not has_checkpoint(Path(cut.directory), "final")
    cut.run()
    assert cut.is_finished()
    logs = [Path(job.directory, "training.csv").read_text().split("\n") for job in (whole, cut)]
    steps = [[line.split(",")[0] for line in log] for log in logs]
    assert steps[0] == steps[1] == ["steps", "64", "128", "192", "256", ""]
    returns = [[line.split(",")[2] for line in log[1:3]] for log in logs]
    assert returns[0] == returns[1]  # up to the checkpoint


def test_a_row_half_written_counts_no_steps(tmp_path) -> None:
    (job,) = small_jobs(tmp_path, seeds=1)
    folder = Path(job.directory)
    folder.mkdir()
    (folder / "training.csv").write_text("steps,seconds\n16,0.1\n32,0.2\n")
    assert job.steps() == 32
    (folder / "training.csv").write_text("steps,seconds\n16,0.1\n3x")
    assert job.steps() == 0


def test_settings_of_another_kind_are_refused(tmp_path) -> None:
    with pytest.raises(ConfigError, match="learning_rat"):
        TrainingJob({"algorithm": "ppo", "learning_rat": 1}, str(tmp_path / "x")).run()
