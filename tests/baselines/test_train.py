"""The training command: configs, runs, kills and resumption."""

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from baselines import train
from baselines.algorithms.ppo import PPO, PPOConfig
from baselines.optim.flat_adam import NonFiniteError
from baselines.runs import checkpoint as checkpoints
from baselines.runs.config import build

TINY = """
algorithm: ppo
name: tiny
total_steps: 1024
num_envs: 4
num_steps: 64
minibatch_size: 64
update_epochs: 1
hidden: [8]
eval_interval: 512
eval_episodes: 2
checkpoint_interval: 256
"""


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


@pytest.fixture
def tiny(tmp_path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


def test_the_command_line_overrides_the_file(tiny) -> None:
    config = train.load_config(tiny, ["--learning-rate", "2e-4", "--seed", "9"])
    assert (config.learning_rate, config.seed, config.num_envs) == (2e-4, 9, 4)


def test_a_wrong_option_is_answered_with_the_nearest(tiny, capsys) -> None:
    with pytest.raises(SystemExit):
        train.load_config(tiny, ["--learning-rat", "0.1"])
    shown = capsys.readouterr()
    assert "--learning-rate" in shown.err + shown.out


def test_an_impossible_override_is_refused(tiny, capsys) -> None:
    with pytest.raises(SystemExit):
        train.load_config(tiny, ["--gamma", "2"])
    shown = capsys.readouterr()
    assert "less than or equal to 1" in shown.err + shown.out


def test_a_run_leaves_checkpoints_tables_events_and_its_description(tiny, tmp_path) -> None:
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 0
    run = tmp_path / "tiny-seed1"
    assert {path.stem for path in (run / "checkpoints").glob("*.json")} == {
        "latest",
        "best",
        "final",
    }
    description = json.loads((run / "run.json").read_text())
    assert description["config"]["num_envs"] == 4
    assert description["versions"]["torch"] == torch.__version__
    assert description["machine"]["cores"] >= 1
    training = rows_of(run / "training.csv")
    assert [int(row["steps"]) for row in training] == [256, 512, 768, 1024]
    assert {
        "approx_kl",
        "clip_fraction",
        "entropy",
        "explained_variance",
        "steps_per_second",
    } <= set(training[0])
    evaluation = rows_of(run / "evaluation.csv")
    assert [int(row["steps"]) for row in evaluation] == [512, 1024]
    assert list((run / "tensorboard").glob("events*"))


def test_the_same_seed_trains_the_same_weights(tiny, tmp_path) -> None:
    weights = []
    for attempt in ("a", "b"):
        assert train.main([str(tiny), "--runs", str(tmp_path / attempt)]) == 0
        weights.append(
            checkpoints.load(tmp_path / attempt / "tiny-seed1/checkpoints/final.json")[0]
        )
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_a_folder_that_holds_a_run_is_not_overwritten(tiny, tmp_path, capsys) -> None:
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 0
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 2
    assert "--resume" in capsys.readouterr().err


def test_a_killed_run_resumes_and_loses_at_most_one_interval(tiny, tmp_path) -> None:
    command = [sys.executable, "-m", "baselines.train"]
    longer = [str(tiny), "--runs", str(tmp_path), "--total-steps", "40960"]
    process = subprocess.Popen([*command, *longer])
    latest = tmp_path / "tiny-seed1" / "checkpoints" / "latest.json"
    while not latest.exists() and process.poll() is None:
        time.sleep(0.05)
    process.kill()
    process.wait()
    steps = checkpoints.load(latest)[1]["progress"]["steps"]
    logged = max(int(row["steps"]) for row in rows_of(tmp_path / "tiny-seed1" / "training.csv"))
    assert logged - steps <= 256 + 256  # an interval, and the update that was under way
    assert train.main(["--resume", str(tmp_path / "tiny-seed1")]) == 0
    final = checkpoints.load(tmp_path / "tiny-seed1" / "checkpoints" / "final.json")[1]
    assert final["progress"]["steps"] == 40960
    rows = [int(row["steps"]) for row in rows_of(tmp_path / "tiny-seed1" / "training.csv")]
    assert rows == list(range(256, 40961, 256))


def test_resuming_restores_weights_optimiser_and_random_numbers(tiny, tmp_path) -> None:
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 0
    tensors, facts = checkpoints.load(tmp_path / "tiny-seed1" / "checkpoints" / "latest.json")
    trainer = PPO(build(PPOConfig, facts["config"], "test"))
    trainer.resume(tensors, facts)
    for name, parameter in trainer.agent.named_parameters():
        assert torch.equal(parameter, tensors[f"agent.{name}"])
    (vector,) = trainer.optimizer.param_groups[0]["params"]
    moments = trainer.optimizer.state[vector]
    assert moments["step"] == tensors["optimizer.0.step"] > 0
    assert torch.equal(moments["exp_avg"], tensors["optimizer.0.exp_avg"])
    assert torch.equal(torch.get_rng_state(), tensors["rng.torch"])
    assert trainer.progress.steps == 1024


def test_resume_takes_no_overrides(tmp_path, capsys) -> None:
    assert train.main(["--resume", str(tmp_path), "--seed", "2"]) == 2
    assert "no overrides" in capsys.readouterr().err


def test_resuming_without_a_checkpoint_says_so(tmp_path, capsys) -> None:
    assert train.main(["--resume", str(tmp_path)]) == 2
    assert "there is no checkpoint" in capsys.readouterr().err


def test_a_loss_that_is_not_finite_ends_the_run_and_keeps_its_checkpoint(
    tiny, tmp_path, monkeypatch, capsys
) -> None:
    updates = iter(range(10))
    real = PPO.update

    def update(trainer, rollout):
        if next(updates) == 2:
            raise NonFiniteError("the loss is nan")
        return real(trainer, rollout)

    monkeypatch.setattr(PPO, "update", update)
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 2
    assert "the loss is nan" in capsys.readouterr().err
    kept = checkpoints.load(tmp_path / "tiny-seed1" / "checkpoints" / "latest.json")[1]
    assert kept["progress"]["steps"] == 512
