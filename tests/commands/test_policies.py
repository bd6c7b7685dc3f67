"""Policies by name."""

import dataclasses
import shutil

import pytest

from lander_envs.agents.library import SHIPPED, load
from lander_envs.commands.policies import contender, flier, full_id


def test_an_agent_brings_its_environment() -> None:
    found = contender("lander_continuous")
    assert found.described()["env_id"] == "lander_envs/Lander-v0"
    assert found.env_kwargs == {"continuous": True}


def test_untrained_policies_fly_any_environment() -> None:
    assert contender("random", "PixelLander-v0").env_id == "lander_envs/PixelLander-v0"
    assert contender("heuristic", continuous=True).env_kwargs == {"continuous": True}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("lander", "Lander-v0"), "an agent brings its environment, got 'lander'"),
        (("landr",), "agent must be one of lander, .*did you mean 'lander'"),
        (("random", "Landr-v0"), "env-id must be one of .*did you mean 'lander_envs/Lander-v0'"),
        (("heuristic", "PixelLander-v0"), "not lander_envs/PixelLander-v0's"),
    ],
)
def test_other_names_are_refused(arguments, told) -> None:
    with pytest.raises(ValueError, match=told):
        contender(*arguments)


def test_an_id_needs_no_namespace() -> None:
    assert full_id("Lander-v0") == full_id("lander_envs/Lander-v0") == "lander_envs/Lander-v0"


def test_an_agent_of_another_environment_flies_no_lander(tmp_path) -> None:
    card = dataclasses.replace(load("lander").card, env_id="CartPole-v1")
    (tmp_path / "lander.json").write_text(card.to_json())
    shutil.copy(SHIPPED / "lander.onnx", tmp_path)
    with pytest.raises(ValueError, match="one that flies a lander, got one of CartPole-v1"):
        flier(str(tmp_path / "lander.onnx"))
    assert flier("lander").env_id == "lander_envs/Lander-v0"
