"""Policies by name."""

import dataclasses
import shutil

import pytest

from lander_envs.agents import AgentError
from lander_envs.agents.library import SHIPPED, load
from lander_envs.commands import policies
from lander_envs.commands.policies import contender, flier, full_id
from lander_envs.scoring.contender import score


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
        (("heuristic", ""), "env-id must be one of .*, got ''"),
        (("heuristic", "PixelLander-v0"), "not lander_envs/PixelLander-v0's"),
    ],
)
def test_other_names_are_refused(arguments, told) -> None:
    with pytest.raises(ValueError, match=told):
        contender(*arguments)


def test_an_id_needs_no_namespace() -> None:
    assert full_id("Lander-v0") == full_id("lander_envs/Lander-v0") == "lander_envs/Lander-v0"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"env_id": "lander_envs/PixelLander-v0"}, r"observations float32 \(8,\) .*got .*Pixel"),
        ({"env_kwargs": {"continuous": True}}, "discrete actions, .*with {'continuous': True}"),
        ({"env_kwargs": {"nothing": 5}}, "env_kwargs of its card may hold .*, got 'nothing'$"),
        (
            {"env_kwargs": {"render_mode": "human"}},
            "^lander: env_kwargs of its card may hold continuous, .*, got 'render_mode'$",
        ),
        (
            {"env_kwargs": {"disable_env_checker": True}},
            "may hold .*terrain, randomize, max_episode_steps, got 'disable_env_checker'$",
        ),
        ({"env_kwargs": {"gravity": 5}}, "gravity must be between -12 and 0"),
    ],
)
def test_a_card_of_an_environment_that_the_model_cannot_fly_is_refused(
    changes, told, tmp_path
) -> None:
    card = dataclasses.replace(load("lander").card, **changes)
    (tmp_path / "lander.json").write_text(card.to_json())
    shutil.copy(SHIPPED / "lander.onnx", tmp_path)
    for take in (contender, flier):
        with pytest.raises(ValueError, match=told):
            take(str(tmp_path / "lander.onnx"))


@pytest.mark.parametrize(
    ("env_id", "env_kwargs", "told"),
    [
        ("CartPole-v1", {}, r"observations float32 \(8,\) and discrete .* has, got CartPole"),
        ("CartPole-v1", {"render_mode": "human"}, "may hold sutton_barto_reward, max_.*render_"),
        ("lander_envs/Nix-v0", {}, "must make an environment, got lander_envs/Nix-v0"),
        ("FrozenLake-v1", {"map_name": "x"}, "must make an environment, got FrozenLake-v1 with "),
        ("FrozenLake-v1", {"desc": 5}, "must make an environment, got FrozenLake-v1 with "),
    ],
)
def test_a_card_of_a_foreign_environment_is_refused_in_a_sentence(
    env_id, env_kwargs, told, tmp_path
) -> None:
    card = dataclasses.replace(load("lander").card, env_id=env_id, env_kwargs=env_kwargs)
    (tmp_path / "lander.json").write_text(card.to_json())
    shutil.copy(SHIPPED / "lander.onnx", tmp_path)
    with pytest.raises(AgentError, match=f"^lander: .*{told}"):
        contender(str(tmp_path / "lander.onnx"))
    with pytest.raises(ValueError, match=f"one that flies a lander, got one of {env_id}$"):
        flier(str(tmp_path / "lander.onnx"))


def test_a_card_may_hold_the_variants_own_arguments_and_a_time_limit(tmp_path) -> None:
    arguments = {"max_episode_steps": 20, "terrain": "flat", "randomize": {"gravity": [-9, -8]}}
    card = dataclasses.replace(load("lander").card, env_kwargs=arguments)
    (tmp_path / "lander.json").write_text(card.to_json())
    shutil.copy(SHIPPED / "lander.onnx", tmp_path)
    flown = contender(str(tmp_path / "lander.onnx"))
    assert [episode.length for episode in score(flown, 2)] == [20, 20]


def test_only_agents_of_this_packages_environments_fly(monkeypatch) -> None:
    monkeypatch.setattr(policies, "REGISTERED_IDS", ())
    with pytest.raises(ValueError, match="one that flies a lander, got one of lander_envs/Lander"):
        flier("lander")
