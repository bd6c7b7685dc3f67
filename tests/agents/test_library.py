"""Agents in the package: one for each variant, small, and as good as told."""

import gymnasium as gym
import pytest

import lander_envs
from lander_envs.agents import AgentError, load, shipped
from lander_envs.agents.library import SHIPPED, find_card
from lander_envs.scoring.episodes import play

LARGEST = 150_000  # bytes of all models and cards
AGENTS = {
    "lander": "lander_envs/Lander-v0",
    "lander_continuous": "lander_envs/Lander-v0",
    "masked_velocity_lander": "lander_envs/MaskedVelocityLander-v0",
    "normalized_lander": "lander_envs/NormalizedLander-v0",
    "pixel_lander": "lander_envs/PixelLander-v0",
    "shaped_lander": "lander_envs/ShapedLander-v0",
}


def test_every_variant_has_an_agent() -> None:
    assert shipped() == sorted(AGENTS)
    assert {load(name).card.env_id for name in shipped()} == {*lander_envs.ENV_IDS}


def test_the_agents_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= LARGEST


@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_lands_as_its_card_says(name) -> None:
    policy = load(name)
    card = policy.card
    score = card.scores["native"]
    assert card.env_id == AGENTS[name]
    assert score["episodes"] == 1000
    assert score["mean_return"] > 250
    rates = ("landing_rate", "crash_rate", "out_of_bounds_rate", "timeout_rate")
    assert sum(score[rate] for rate in rates) == pytest.approx(1)
    episodes = play(policy, card.env_id, card.env_kwargs, 10, 2_000_000)
    error = score["std_return"] / 10**0.5  # of the mean of ten episodes
    mean = sum(episode.episodic_return for episode in episodes) / 10
    assert abs(mean - score["mean_return"]) <= 3 * error


@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_flies_a_single_environment(name) -> None:
    policy = load(name)
    env = gym.make(policy.card.env_id, **policy.card.env_kwargs)
    obs, _ = env.reset(seed=2_000_000)
    total, ended = 0.0, False
    while not ended:
        action, _ = policy(obs)
        obs, reward, terminated, truncated, info = env.step(action)
        total += info.get("raw_reward", reward)
        ended = terminated or truncated
    assert total > 200


def test_a_path_is_that_of_the_model_or_of_the_card(tmp_path) -> None:
    assert find_card(tmp_path / "a.onnx") == find_card(tmp_path / "a.json") == tmp_path / "a.json"
    assert load(SHIPPED / "lander.onnx").card == load("lander").card


@pytest.mark.parametrize("agent", [3, None, ["lander"], b"lander"], ids=str)
def test_what_is_neither_a_name_nor_a_path_is_refused(agent) -> None:
    with pytest.raises(AgentError, match=r"^agent must be a string or a path, got "):
        load(agent)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(AgentError, match=r"agent must be one of lander, .*did you mean 'lander'\?"):
        load("landr")
