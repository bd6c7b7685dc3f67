"""Agents of a service: known by name, loaded late, refused in a sentence."""

import shutil

import pytest

from baselines.results import pretrained
from baselines.runs.checkpoint import CheckpointError
from baselines.runs.config import ConfigError
from baselines.service.agents import Agents
from baselines.service.problems import ProblemError


def described(agents, name):
    return next(agent for agent in agents.describe() if agent.name == name)


def test_all_committed_agents_of_this_packages_environments_can_be_named(agents) -> None:
    names = [agent.name for agent in agents.describe()]
    assert names == [name for name in pretrained.committed() if name != "cartpole_dqn"]


def test_the_served_agent_answers_where_none_is_named(agents) -> None:
    assert agents.get(None) is agents.get("lander_dqn")
    assert agents.card().relative_path == "lander_dqn/final.json"


@pytest.mark.parametrize(
    ("name", "observation", "continuous", "has_memory"),
    [
        ("lander_dqn", "state", False, False),
        ("lander_continuous_ppo", "state", True, False),
        ("masked_velocity_lander_lstm_ppo", "state", False, True),
        ("masked_velocity_lander_dqn", "state", False, True),  # a stack of observations
        ("pixel_lander_motion_crop_ppo", "pixels", False, False),
    ],
)
def test_an_agent_is_described_without_being_loaded(
    agents, name, observation, continuous, has_memory
) -> None:
    found = described(Agents(), name)
    assert (found.observation, found.continuous, found.has_memory) == (
        observation,
        continuous,
        has_memory,
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
