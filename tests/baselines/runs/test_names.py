"""Names on the command line: configs, runs and checkpoints, the same for all commands."""

import json
import shutil

import pytest

from baselines.runs.checkpoint import CheckpointError
from baselines.runs.config import CONFIGS, ConfigError
from baselines.runs.names import (
    COMMITTED,
    find_checkpoint,
    find_config,
    find_run,
    resolve,
)


@pytest.fixture
def runs(tmp_path):
    """A folder of runs: one finished, two of one config, one under way."""
    names = ("lander_ppo_fast-seed1", "lstm_fast-seed1", "lstm_fast-seed2")
    for name in names:
        shutil.copytree(COMMITTED / "lander_ppo", tmp_path / name / "checkpoints")
        content = {"config": {"algorithm": "ppo", "name": name}}
        (tmp_path / name / "run.json").write_text(json.dumps(content))
    (tmp_path / "mine-seed1" / "checkpoints").mkdir(parents=True)
    (tmp_path / "mine-seed1" / "run.json").write_text("{")
    return tmp_path


def test_a_name_is_a_config_a_run_or_a_checkpoint(runs) -> None:
    run = runs / "lstm_fast-seed1"
    for name, kind, path in [
        ("lander_ppo", "config", CONFIGS / "lander_ppo.yaml"),
        (CONFIGS / "lander_ppo.yaml", "config", CONFIGS / "lander_ppo.yaml"),
        ("lstm_fast-seed1", "run", run),
        (run, "run", run),
        (run / "checkpoints", "checkpoint", run / "checkpoints" / "final.json"),
        (run / "checkpoints/final.json", "checkpoint", run / "checkpoints" / "final.json"),
        (COMMITTED / "lander_ppo", "checkpoint", COMMITTED / "lander_ppo" / "final.json"),
    ]:
        assert resolve(name, runs) == (kind, path), name


def test_an_unknown_name_is_answered_with_the_nearest(runs) -> None:
    with pytest.raises(ConfigError, match=r"'lander_pp0'; the nearest names are lander_ppo, "):
        resolve("lander_pp0", runs)
    with pytest.raises(ConfigError, match=r"the nearest names are lstm_fast-seed2, "):
        resolve("lstm_fast-seed22", runs)
    (runs / "empty").mkdir()
    with pytest.raises(ConfigError, match="empty holds no run and no checkpoint"):
        resolve(runs / "empty", runs)


def test_settings_are_those_of_the_file_the_run_or_the_checkpoint(runs) -> None:
    assert find_config("lander_ppo_fast", runs)["total_steps"] == 550_000
    assert find_config("lstm_fast-seed2", runs)["name"] == "lstm_fast-seed2"
    assert find_config(COMMITTED / "lander_ppo", runs)["name"] == "lander_ppo"


def test_a_broken_run_or_checkpoint_has_no_settings(runs) -> None:
    with pytest.raises(ConfigError, match=r"run.json cannot be read"):
        find_config("mine-seed1", runs)
    (runs / "mine-seed1" / "run.json").write_text("[]")
    with pytest.raises(ConfigError, match=r"run.json holds no config"):
        find_config("mine-seed1", runs)
    (runs / "x.json").write_text("{}")
    with pytest.raises(CheckpointError, match="must have format"):
        find_config(runs / "x.json", runs)


def test_the_checkpoint_of_a_name_is_the_committed_one_or_that_of_the_only_run(runs) -> None:
    assert find_checkpoint("lander_dqn", runs) == COMMITTED / "lander_dqn" / "final.json"
    for name in ("lander_ppo_fast", "lander_ppo_fast-seed1"):
        final = runs / "lander_ppo_fast-seed1" / "checkpoints" / "final.json"
        assert find_checkpoint(name, runs) == final
    with pytest.raises(ConfigError, match=r"lander_ppo_zoo has no run in .*; train it: "):
        find_checkpoint("lander_ppo_zoo", runs)


def test_a_run_that_is_not_finished_is_named_with_the_checkpoints_that_it_has(runs) -> None:
    with pytest.raises(ConfigError, match=r"no checkpoint .*final.json: it is not finished$"):
        find_checkpoint("mine-seed1", runs)
    (runs / "mine-seed1" / "checkpoints" / "latest.json").touch()
    with pytest.raises(ConfigError, match=r"not finished; it has .*latest.json"):
        find_checkpoint("mine-seed1", runs)


def test_the_run_of_a_name_is_found_by_folder_checkpoint_and_config(runs) -> None:
    run = runs / "lander_ppo_fast-seed1"
    latest = shutil.copy(run / "checkpoints" / "final.json", run / "checkpoints" / "latest.json")
    for name in (run, run.name, latest, "lander_ppo_fast"):
        assert find_run(name, runs) == run
    with pytest.raises(ConfigError, match=r"lstm_fast has several runs: .*seed1, .*seed2"):
        find_run("lstm_fast", runs)
    with pytest.raises(ConfigError, match=r"wanted here, or its checkpoint latest.json, got"):
        find_run(run / "checkpoints" / "final.json", runs)


def test_the_run_of_a_file_is_found_by_its_name_or_that_of_the_file(runs) -> None:
    for file, content in [("lander_ppo_fast.yaml", "{}"), ("x.yaml", "{name: lander_ppo_fast}")]:
        path = runs / file
        path.write_text(content)
        assert find_config(path, runs)["name"] == "lander_ppo_fast"
        assert find_run(path, runs) == runs / "lander_ppo_fast-seed1"
