"""Agents of a service: known by name, loaded late, refused in a sentence."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from baselines.results import pretrained
from baselines.runs.checkpoint import CheckpointError, sealed
from baselines.runs.config import ConfigError
from baselines.service.agents import Agents
from baselines.service.problems import ProblemError
from lander_envs.agents import AgentError, OnnxPolicy, load, shipped
from lander_envs.agents.library import SHIPPED


def described(agents, name):
    return next(agent for agent in agents.describe() if agent.name == name)


def test_all_committed_agents_of_this_packages_environments_can_be_named(agents) -> None:
    names = [agent.name for agent in agents.describe()]
    assert names == [name for name in pretrained.committed() if name != "cartpole_dqn"]


def test_the_served_agent_answers_where_none_is_named(agents) -> None:
    assert agents.get(None) is agents.get("lander_dqn")
    assert agents.card().relative_path == "lander_dqn/final.json"


@pytest.mark.parametrize(
    ("name", "observation", "continuous", "has_memory", "hand_made_feature"),
    [
        ("lander_dqn", "state", False, False, ""),
        ("lander_continuous_ppo", "state", True, False, ""),
        ("masked_velocity_lander_lstm_ppo", "state", False, True, ""),
        ("masked_velocity_lander_dqn", "state", False, True, ""),  # a stack of observations
        ("masked_velocity_lander_differences_dqn", "state", False, True, "differences"),
        ("pixel_lander_motion_crop_ppo", "pixels", False, False, "motion crop"),
        ("pixel_lander_cnn_ppo", "pixels", False, False, ""),
    ],
)
def test_an_agent_is_described_without_being_loaded(
    agents, name, observation, continuous, has_memory, hand_made_feature
) -> None:
    found = described(Agents(), name)
    assert (found.observation, found.continuous, found.has_memory, found.hand_made_feature) == (
        observation,
        continuous,
        has_memory,
        hand_made_feature,
    )
    assert not found.loaded


def test_a_run_is_served_under_its_own_name(short_run) -> None:
    agents = Agents(str(short_run), also=["lander_ppo"])
    assert agents.served == "short-seed1"
    assert agents.card().relative_path == "short-seed1/checkpoints/final.json"
    assert described(agents, "short-seed1").loaded
    latest = Agents(str(short_run / "checkpoints" / "latest.json"))
    assert latest.served == "short-seed1-latest"


def test_without_a_served_agent_requests_must_name_one() -> None:
    with pytest.raises(ProblemError, match="no agent is served") as raised:
        Agents().get(None)
    assert raised.value.status == 503


def test_an_unknown_name_is_an_invalid_request(agents) -> None:
    with pytest.raises(ProblemError, match=r"there is no agent '\.\./lander_dqn'") as raised:
        agents.get("../lander_dqn")
    assert raised.value.status == 422


def test_two_agents_of_one_name_are_refused(tmp_path) -> None:
    copy = shutil.copytree(pretrained.COMMITTED / "lander_dqn", tmp_path / "lander_dqn")
    with pytest.raises(ConfigError, match="two agents have the name lander_dqn"):
        Agents(str(copy))


@pytest.mark.parametrize("name", ["my läufer", "a" * 101, "two\n"])
def test_an_agent_that_no_request_could_name_is_refused(tmp_path, name) -> None:
    copy = shutil.copytree(pretrained.COMMITTED / "lander_dqn", tmp_path / name)
    with pytest.raises(ConfigError, match=r"a name must have 1 to 100 ASCII letters, digits"):
        Agents(str(copy))


def test_agents_of_other_environments_and_broken_ones_are_refused(tmp_path) -> None:
    with pytest.raises(ConfigError, match="env_id: only this package's can be served, got CartP"):
        Agents("cartpole_dqn")
    copy = shutil.copytree(pretrained.COMMITTED / "lander_dqn", tmp_path / "copy")
    next(copy.glob("*.safetensors")).write_bytes(b"")
    with pytest.raises(ProblemError, match="the agent copy cannot be loaded") as raised:
        Agents(str(copy))
    assert raised.value.status == 503
    (copy / "final.json").write_text("{}")
    with pytest.raises(CheckpointError, match="must have format"):
        Agents(str(copy))


@pytest.mark.parametrize("other", ["lander_continuous_ppo", "lander_ppo"])
def test_an_agent_that_changed_before_its_first_use_is_not_served_as_the_old_one(
    tmp_path, other
) -> None:
    folder = shutil.copytree(pretrained.COMMITTED / "lander_dqn", tmp_path / "copy")
    agents = Agents(also=[str(folder)])
    shutil.rmtree(folder)
    shutil.copytree(pretrained.COMMITTED / other, folder)
    with pytest.raises(ProblemError, match="copy has changed since the service began") as raised:
        agents.get("copy")
    assert raised.value.status == 503


PIXELS = {"env_id": "lander_envs/PixelLander-v0"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({**PIXELS, "env_kwargs": {"obs": "both"}}, "only states and pixels of uint8 can be"),
        (
            {"algorithm": "sb3", **PIXELS, "env_kwargs": {"channels_last": True}},
            "env_kwargs: pixels with channels_last cannot be served, got True",
        ),
    ],
)
def test_agents_of_other_observations_are_refused(tmp_path, changes, told) -> None:
    copy = shutil.copytree(pretrained.COMMITTED / "lander_dqn", tmp_path / "copy")
    card = json.loads((copy / "final.json").read_text())
    card["config"] = (card["config"] if "algorithm" not in changes else {}) | changes
    (copy / "final.json").write_text(json.dumps(sealed(card)))
    with pytest.raises(ConfigError, match=told):
        Agents(str(copy))


@pytest.mark.parametrize("name", shipped())
def test_an_onnx_file_is_served_like_its_agent(name) -> None:
    path = SHIPPED / f"{name}.onnx"
    served = [Agents(agent) for agent in (name, str(path))]
    assert [agents.served for agents in served] == [name, name]
    agent, policy = served[1].get(None), load(path)
    assert agent.card.has_memory == policy.has_memory
    assert agent.card.hand_made_feature == policy.card.hand_made_feature
    obs = np.stack([agent.card.observation_space.sample() for _ in range(3)])
    first, second = agent.new_policy(), agent.new_policy()
    for _ in range(2):  # memories move on alike, and apart from each other
        wanted = policy.decide(obs)
        for given in (first, second):
            assert given.decide(obs).actions.tolist() == wanted.actions.tolist()


def test_the_environment_of_a_foreign_card_is_not_even_made(tmp_path, monkeypatch) -> None:
    card = dataclasses.replace(load("lander").card, env_id="CartPole-v1")
    (tmp_path / "lander.json").write_text(card.to_json())
    shutil.copy(SHIPPED / "lander.onnx", tmp_path)
    monkeypatch.setattr(OnnxPolicy, "require_environment", None)  # a call would raise
    with pytest.raises(ConfigError, match="only this package's can be served, got CartPole-v1"):
        Agents(str(tmp_path / "lander.onnx"))


def test_a_damaged_onnx_file_is_refused(tmp_path) -> None:
    name = shipped()[0]
    shutil.copy(SHIPPED / f"{name}.json", tmp_path)
    (tmp_path / f"{name}.onnx").write_bytes(b"")
    with pytest.raises(AgentError, match="is truncated or changed"):
        Agents(str(tmp_path / f"{name}.onnx"))
