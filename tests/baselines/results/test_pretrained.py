"""Pretrained agents: loaded by name, folder or file, and refused where they are broken."""

import json
import shutil

import pytest
import torch

from baselines.results import pretrained as agents
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import CheckpointError
from baselines.runs.config import ConfigError
from tests.baselines import made_up

LIMIT = 12_000_000  # bytes that all weights may take in the repository


@pytest.fixture
def copy(tmp_path):
    """A committed agent's folder, to break."""
    return shutil.copytree(agents.COMMITTED / "lander_dqn", tmp_path / "lander_dqn")


def changed(folder, **facts) -> None:
    made_up.change(folder / "final.json", **facts)


def config_of(folder):
    return json.loads((folder / "final.json").read_text())["config"]


@pytest.mark.parametrize("name", agents.committed())
def test_a_committed_agent_holds_its_weights_alone(name) -> None:
    tensors, facts = checkpoints.load(agents.COMMITTED / name / "final.json")
    assert {key.split(".")[0] for key in tensors} == {"agent"}  # nothing of an optimiser's
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float32}
    assert facts["config"]["name"] == name


def test_all_weights_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in agents.COMMITTED.rglob("*.*")) < LIMIT


def test_an_agent_is_loaded_by_name_by_folder_and_by_file(copy) -> None:
    for where in ("lander_dqn", copy, str(copy / "final.json")):
        assert agents.load(where).config.name == "lander_dqn"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"no config, run or checkpoint 'lander_dqm'.*lander_dqn"):
        agents.load("lander_dqm")


def test_truncated_weights_are_refused(copy) -> None:
    weights = next(copy.glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match="truncated or changed"):
        agents.load(copy)


def test_weights_of_another_version_are_refused(copy) -> None:
    path = copy / "final.json"
    path.write_text(path.read_text().replace("checkpoint 2", "checkpoint 3"))
    with pytest.raises(CheckpointError, match="must have format 'lander_envs checkpoint 2'"):
        agents.load(copy)


def test_weights_of_another_shape_are_refused(copy) -> None:
    changed(copy, config={**config_of(copy), "hidden": [128, 64]})
    with pytest.raises(CheckpointError, match="fit another network"):
        agents.load(copy)


def test_weights_of_another_environment_are_refused(copy) -> None:
    changed(copy, config={**config_of(copy), "env_id": "CartPole-v1"})
    with pytest.raises(CheckpointError, match="fit another network"):
        agents.load(copy)


def test_an_environment_that_does_not_exist_is_named(copy) -> None:
    changed(copy, config={**config_of(copy), "env_id": "lander_envs/Lander-v9"})
    with pytest.raises(ConfigError, match=r"unknown environment '.*v9'"):
        agents.load(copy)
