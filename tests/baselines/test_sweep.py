"""The command of a sweep."""

import os
import subprocess
import sys
import time

import pytest
import yaml

from baselines import sweep
from baselines.runs.files import locked


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "small.yaml"
    settings = {"algorithm": "ppo", "name": "small", "total_steps": 64, "num_envs": 4}
    path.write_text(yaml.dump({**settings, "num_steps": 16, "hidden": [4], "eval_episodes": 2}))
    return str(path)


def test_all_seeds_are_trained_scored_and_reported_and_a_repetition_does_nothing(
    config, tmp_path, capsys
) -> None:
    runs = tmp_path / "runs"
    order = [
        config,
        "--seeds",
        "2",
        "--first-seed",
        "4",
        "--runs",
        str(runs),
        "--ent-coef",
        "0",
    ]
    assert sweep.main(order) == 0
    assert "2 runs, of which 0 are finished" in capsys.readouterr().out
    assert {path.name for path in runs.iterdir() if path.is_dir()} == {"small-seed4", "small-seed5"}
    assert "small" in (runs / sweep.REPORT).read_text()
    assert sweep.main(order) == 0
    assert "2 runs, of which 2 are finished" in capsys.readouterr().out


def test_a_failed_run_is_named_and_the_others_are_reported(config, tmp_path, capsys) -> None:
    runs = tmp_path / "runs"
    (runs / "small-seed1").mkdir(parents=True)
    (runs / "small-seed1" / "checkpoints").touch()  # a file where a folder must be
    assert sweep.main([config, "--seeds", "2", "--runs", str(runs)]) == 1
    assert "error: small-seed1:" in capsys.readouterr().err
    assert (runs / "small-seed2" / "episodes.csv").is_file()


def test_a_report_that_cannot_be_written_is_no_success(config, tmp_path, capsys) -> None:
    (tmp_path / sweep.REPORT).mkdir()  # a folder where a file must be
    assert sweep.main([config, "--runs", str(tmp_path)]) == 2
    assert "the results cannot be reported" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="the sweep is ended by a signal")
def test_a_terminated_sweep_ends_its_trainings_and_goes_on_when_repeated(config, tmp_path) -> None:
    run = tmp_path / "small-seed1"
    command = [sys.executable, "-m", "baselines.sweep", config, "--runs", str(tmp_path)]
    command += ["--total-steps", "1000000000"]
    for _ in range(2):
        (run / "training.csv").unlink(missing_ok=True)
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while not (run / "training.csv").exists():
            assert process.poll() is None
            time.sleep(0.1)
        process.terminate()
        assert process.communicate(timeout=60)[1] == "interrupted\n"
        assert process.returncode == 130
        with locked(run):
            pass  # by the training no longer


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--seeds", "0"], "seeds must be from 1 to 10,000, got 0"),
        (["--first-seed", "-1"], "first-seed must be at least 0, got -1"),
        (["--workers", "0"], "workers must be at least 1, got 0"),
        (["--hours", "nan"], "hours must be above 0 and at most 8760, got nan"),
        (["--seed", "3"], "seed: --first-seed and --seeds choose the seeds, got 3"),
        (["--on", "moon"], "on must be local, ray, ray://HOST:PORT or slurm, got 'moon'"),
    ],
)
def test_bad_options_are_refused_in_a_sentence(config, options, sentence, capsys) -> None:
    assert sweep.main([config, *options]) == 2
    assert sentence in capsys.readouterr().err


def test_an_unknown_config_is_refused_before_anything_runs(tmp_path, capsys) -> None:
    assert sweep.main(["lander_pop", "--runs", str(tmp_path)]) == 2
    assert "lander_ppo" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_runs_with_other_settings_are_refused_before_anything_runs(
    config, tmp_path, capsys
) -> None:
    runs = tmp_path / "runs"
    assert sweep.main([config, "--runs", str(runs)]) == 0
    capsys.readouterr()
    order = [config, "--seeds", "2", "--runs", str(runs), "--learning-rate", "0.5"]
    assert sweep.main(order) == 2
    assert "small-seed1 holds a run with another learning_rate" in capsys.readouterr().err
    assert not (runs / "small-seed2").exists()


def test_two_configs_of_one_name_are_refused_before_anything_runs(config, tmp_path, capsys) -> None:
    """Their runs would be one folder's."""
    assert sweep.main([config, config, "--runs", str(tmp_path / "runs")]) == 2
    assert "name: two configs must not have the same, got 'small'" in capsys.readouterr().err
    assert list((tmp_path / "runs").iterdir()) == []
