"""The command that exports agents."""

import json
import re

import pytest

from baselines import export
from lander_envs.agents import load


def test_an_exported_agent_is_loaded_with_its_score(tmp_path, capsys) -> None:
    assert (
        export.main(["lander_dqn", "--out", str(tmp_path), "--episodes", "3", "--weights", "int8"])
        == 0
    )
    assert capsys.readouterr().out == f"wrote {tmp_path / 'lander_dqn.onnx'}\n"
    policy = load(tmp_path / "lander_dqn.onnx")
    card = json.loads((tmp_path / "lander_dqn.json").read_text())
    assert card["env_id"] == policy.card.env_id == "lander_envs/Lander-v0"
    assert card["algorithm"] == "dqn"
    assert card["parameters"] == 8 * 64 + 64 + 64 * 64 + 64 + 5 * 65
    assert card["scores"]["native"]["episodes"] == 3
    assert card["hand_made_feature"] == ""


def test_the_card_of_an_exported_agent_names_its_hand_made_feature(tmp_path) -> None:
    name = "masked_velocity_lander_differences_dqn"
    assert export.main([name, "--out", str(tmp_path), "--episodes", "1"]) == 0
    card = json.loads((tmp_path / f"{name}.json").read_text())
    assert card["hand_made_feature"] == "differences"


def test_a_zip_is_written_for_stable_baselines3(tmp_path) -> None:
    assert export.main(["lander_dqn", "--out", str(tmp_path), "--format", "sb3"]) == 0
    assert (tmp_path / "lander_dqn.zip").is_file()


@pytest.mark.parametrize(("format", "suffix"), [("sb3", "zip"), ("onnx", "onnx"), ("onnx", "json")])
def test_a_folder_in_the_place_of_a_file_is_refused_before_the_work(
    format, suffix, tmp_path, capsys, monkeypatch
) -> None:
    (tmp_path / f"lander_dqn.{suffix}").mkdir()
    monkeypatch.setattr(export, "to_onnx", None)  # a call would raise
    monkeypatch.setattr(export, "to_sb3", None)
    assert export.main(["lander_dqn", "--out", str(tmp_path), "--format", format]) == 2
    assert f"lander_dqn.{suffix} is a folder; give the path of a file" in capsys.readouterr().err
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "exactly one of an agent and --all"),
        (["lander_dqn", "--all"], "exactly one of an agent and --all"),
        (["--all", "--name", "x"], "neither --name nor --format sb3"),
        (["--all", "--no-critic"], "neither --all nor --format sb3"),
        (["lander_ppo", "--no-critic", "--format", "sb3"], "neither --all nor --format sb3"),
        (["lander_ppo", "--weights", "int8", "--format", "sb3"], "stores float32 weights, got"),
        (["lander_dqn", "--no-critic"], "critic must be true for a Q-network"),
        (["lander_ppo", "--episodes", "9", "--format", "sb3"], "has no score, got --episodes 9"),
        (["lander_dqn", "--episodes", "0"], "episodes must be from 1 to 100,000, got 0"),
        (["lander_dqn", "--name", "a/b"], "name must be letters from A to Z, digits, underscores"),
        (["lander_dqn", "--name", "läufer"], "hyphens, and begin with none of the last two, got"),
        (["lander_dqn", "--name", ""], "name must be letters from A to Z, .*, got ''"),
        (["lander_dqm"], "there is no config, run or checkpoint 'lander_dqm'"),
    ],
)
def test_bad_options_end_with_status_2_and_a_sentence(arguments, told, capsys, tmp_path) -> None:
    assert export.main([*arguments, "--out", str(tmp_path)]) == 2
    assert re.search(told, capsys.readouterr().err)
