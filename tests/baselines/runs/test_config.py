"""Configs: shipped files, wrong keys and values."""

import pytest
import yaml

from baselines.algorithms.ppo import PPOConfig
from baselines.algorithms.registry import build_config
from baselines.runs.config import CONFIGS, ConfigError, build, read_yaml

FILES = sorted(CONFIGS.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_config_is_valid(path) -> None:
    assert build_config(read_yaml(path), path.name).name == path.stem


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("learning_rat: 0.1", r"unknown key 'learning_rat'; the nearest is 'learning_rate'"),
        ("gama: 0.9", r"unknown key 'gama'; the nearest is 'gamma'"),
        ("gamma: 1.5", r"gamma: .*less than or equal to 1.*, got 1.5"),
        ("num_envs: many", r"num_envs: .*integer.*, got 'many'"),
        ("num_envs: 0", r"num_envs: .*greater than 0"),
        ("seed: 200", r"seed: .*less than 200"),
        ("device: tpu", r"device: .*got 'tpu'"),
        ("name: ../up", r"name: "),
        ("env_kwargs: {grayscale: false}", r"env_kwargs: .*grayscale must be true.*, got {'gray"),
        ("learning_rate: .nan", r"learning_rate: "),
    ],
)
def test_a_wrong_key_or_value_is_refused_by_name(line, message) -> None:
    with pytest.raises(ConfigError, match=message):
        build(PPOConfig, yaml.safe_load(line), "here")


@pytest.mark.parametrize(
    ("content", "message"), [("[1, 2]", "mapping"), ("{", "not YAML"), (None, "cannot be read")]
)
def test_a_file_that_holds_no_config_is_refused(tmp_path, content, message) -> None:
    path = tmp_path / "x.yaml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=message):
        read_yaml(path)


def test_every_problem_has_a_line() -> None:
    with pytest.raises(ConfigError) as refused:
        build(PPOConfig, {"gamma": 2, "num_envs": 0}, "here")
    lines = str(refused.value).splitlines()
    assert [line.split(":")[:2] for line in lines] == [["here", " num_envs"], ["here", " gamma"]]
