"""Training runs in folders: started once, resumed, and brought to the end."""

import pytest

from baselines.algorithms import launch
from baselines.algorithms.ppo import PPO
from baselines.algorithms.registry import build_config
from baselines.results.run_folder import read_rows
from baselines.runs.config import ConfigError

TINY = {
    "total_steps": 128,
    "num_envs": 4,
    "num_steps": 16,
    "hidden": [4],
    "eval_interval": 64,
    "eval_episodes": 2,
    "checkpoint_interval": 64,
}


@pytest.fixture
def config():
    return build_config(TINY, "test")


def kill_after_first_update(config, folder, monkeypatch):
    update, calls = PPO.update, []

    def interrupted(self, rollout):
        calls.append(rollout)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return update(self, rollout)

    with monkeypatch.context() as patch:
        patch.setattr(PPO, "update", interrupted)
        with pytest.raises(KeyboardInterrupt):
            launch.start(config, folder)


def test_a_run_leaves_its_log_and_its_final_checkpoint(config, tmp_path) -> None:
    launch.start(config, tmp_path)
    assert [row["steps"] for row in read_rows(tmp_path / "training.csv")] == [64, 128]
    assert launch.has_checkpoint(tmp_path, "final")
    with pytest.raises(ConfigError, match="holds a run already"):
        launch.start(config, tmp_path)


def test_a_killed_run_is_brought_to_its_end_and_then_left_alone(
    config, tmp_path, monkeypatch
) -> None:
    kill_after_first_update(config, tmp_path, monkeypatch)
    assert launch.has_checkpoint(tmp_path, "latest")
    assert not launch.has_checkpoint(tmp_path, "final")
    launch.finish(config, tmp_path)
    assert [row["steps"] for row in read_rows(tmp_path / "training.csv")] == [64, 128]
    before = (tmp_path / "checkpoints" / "final.json").stat().st_mtime_ns
    launch.finish(config, tmp_path)
    assert (tmp_path / "checkpoints" / "final.json").stat().st_mtime_ns == before


def test_a_run_that_is_not_there_is_started(config, tmp_path) -> None:
    launch.finish(config, tmp_path / "new")
    assert launch.has_checkpoint(tmp_path / "new", "final")


@pytest.mark.parametrize("checkpoint", ["latest", "final"])
def test_a_run_with_other_settings_is_not_taken_for_the_one_that_is_asked_for(
    config, checkpoint, tmp_path, monkeypatch
) -> None:
    if checkpoint == "latest":
        kill_after_first_update(config, tmp_path, monkeypatch)
    else:
        launch.start(config, tmp_path)
    other = build_config({**TINY, "learning_rate": 0.5, "total_steps": 192}, "test")
    with pytest.raises(ConfigError, match="holds a run with another learning_rate, total_steps: "):
        launch.finish(other, tmp_path)
