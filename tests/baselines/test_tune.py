"""The command of a search for settings."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from optuna.trial import TrialState

from baselines import train, tune
from baselines.results.run_folder import read_rows
from baselines.sweeps.study import Store
from baselines.sweeps.trials import RUN

SETTINGS = {
    "algorithm": "ppo",
    "name": "small",
    "total_steps": 64,
    "num_envs": 4,
    "num_steps": 16,
    "hidden": [4],
    "eval_episodes": 2,
}
SPACE = {"learning_rate": {"low": 1e-4, "high": 1e-2, "log": True}, "gamma": [0.9, 0.99]}
REPOSITORY = Path(__file__).parents[2]
STEPS, INTERVAL, TRIALS = 40_960, 1_024, 4


@pytest.fixture
def order(tmp_path) -> list[str]:
    """Arguments of a small study."""
    for name, content in (("small", SETTINGS), ("space", SPACE)):
        (tmp_path / f"{name}.yaml").write_text(yaml.dump(content))
    files = str(tmp_path / "small.yaml"), "--space", str(tmp_path / "space.yaml")
    return [*files, "--runs", str(tmp_path / "runs")]


def test_trials_are_trained_ranked_and_the_best_is_a_config(order, tmp_path, capsys) -> None:
    folder = tmp_path / "runs" / "small-study"
    assert tune.main([*order, "--trials", "1", "--ent-coef", "0"]) == 0
    assert "1 trials, of which 0 have ended" in capsys.readouterr().out
    assert tune.main([*order, "--trials", "2", "--ent-coef", "0"]) == 0
    told = capsys.readouterr().out
    assert "2 trials, of which 1 have ended" in told
    assert "best: " in told
    assert {path.name for path in folder.glob("run-*")} == {"run-0", "run-1"}
    assert "| 2 | run-" in (folder / "study.md").read_text()
    config = train.load_config(folder / "best.yaml", [])
    values = [json.loads((folder / f"run-{i}" / "trial.json").read_text()) for i in range(2)]
    best = max(values, key=lambda told: told["value"])["values"]
    assert (config.learning_rate, config.gamma) == (best["learning_rate"], best["gamma"])
    assert (config.ent_coef, config.total_steps) == (0, 64)


def test_trials_train_with_seeds_that_no_reported_run_has(order, tmp_path) -> None:
    assert tune.main([*order, "--trials", "1", "--seeds", "2"]) == 0
    run = tmp_path / "runs" / "small-study" / "run-0"
    assert {path.name for path in run.glob("seed*")} == {"seed101", "seed102"}


@pytest.mark.skipif(os.name != "posix", reason="kills a group of processes")
def test_a_study_killed_in_the_middle_goes_on_and_nothing_is_lost_or_trained_twice(
    order, tmp_path
) -> None:
    settings = {"total_steps": STEPS, "checkpoint_interval": INTERVAL, "eval_interval": STEPS // 2}
    (tmp_path / "small.yaml").write_text(yaml.dump({**SETTINGS, **settings, "num_steps": 64}))
    folder = tmp_path / "runs" / "small-study"
    command = [sys.executable, "-m", "baselines.tune", *order, "--trials", str(TRIALS)]
    command += ["--workers", "2"]
    first = subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, start_new_session=True
    )
    _wait(lambda: len(_running(folder)) > 0 and len(_ended(folder)) > 0, first)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    _let_go(folder)
    store = Store(folder, "")
    begun = {trial.user_attrs[RUN]: trial.params for trial in store.study.trials}
    ended = {run: run.stat().st_mtime_ns for run in _ended(folder)}
    assert TRIALS > len(begun) > len(ended) > 0

    subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, check=True)
    trials = Store(folder, "").study.trials
    assert [trial.state for trial in trials] == [TrialState.COMPLETE] * TRIALS
    runs = {trial.user_attrs[RUN]: trial.params for trial in trials}
    assert sorted(runs) == [f"run-{i}" for i in range(TRIALS)]
    assert {name: runs[name] for name in begun} == begun
    assert {run: run.stat().st_mtime_ns for run in ended} == ended
    expected = list(range(256, STEPS + 1, 256))
    for name in runs:
        rows = read_rows(folder / name / "seed101" / "training.csv")
        assert [row["steps"] for row in rows] == expected


def _wait(holds, process) -> None:
    deadline = time.monotonic() + 300
    while not holds():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _ended(folder: Path) -> list[Path]:
    return sorted(folder.glob("run-*/trial.json"))


def _running(folder: Path) -> list[Path]:
    """Runs that have a checkpoint to go on from."""
    begun = {path.parents[2] for path in folder.glob("run-*/seed101/checkpoints/latest.json")}
    return sorted(begun - {path.parent for path in _ended(folder)})


def _let_go(folder: Path) -> None:
    """Remove the journal's lock, if the kill left it: others would wait half a minute for it."""
    (folder / "journal.log.lock").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--trials", "0"], "trials must be from 1 to 10,000, got 0"),
        (["--seeds", "0"], "seeds must be from 1 to 10,000, got 0"),
        (["--workers", "0"], "workers must be at least 1, got 0"),
        (["--seed", "3"], "seed: --first-seed and --seeds choose the seeds, got 3"),
        (["--on", "moon"], "on must be local, ray, ray://HOST:PORT or slurm, got 'moon'"),
        (["--first-seed", "199", "--seeds", "2"], "seed: Input should be less than 200, got 200"),
        (["--space", "nowhere"], "space must be a YAML file or one of"),
        (["--storage", "nowhere"], "storage cannot be opened: "),
        (["--study", "a/b"], "name: String should match pattern"),
    ],
)
def test_bad_options_are_refused_in_a_sentence(order, options, sentence, tmp_path, capsys) -> None:
    assert tune.main([*order, *options]) == 2
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.glob("runs/*/run-*"))


def test_another_plan_for_a_study_is_refused(order, capsys) -> None:
    assert tune.main([*order, "--trials", "1"]) == 0
    assert tune.main([*order, "--trials", "2", "--total-steps", "128"]) == 2
    told = capsys.readouterr().err
    assert "settings must stay" in told
    assert "choose another --study" in told


def test_a_study_in_which_every_trial_fails_says_so(order, tmp_path, capsys) -> None:
    space = tmp_path / "space.yaml"
    space.write_text("env_kwargs.gravity: [5.0]\n")  # upwards
    assert tune.main([*order, "--trials", "1"]) == 2
    assert "no trial of 1 is complete" in capsys.readouterr().err
