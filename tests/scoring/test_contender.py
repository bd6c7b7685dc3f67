"""Scores of policies without training."""

import gymnasium as gym
import pytest

from lander_envs.scoring.contender import score, untrained

LANDER = "lander_envs/Lander-v0"


class ActionsFrom1(gym.Env):
    """An environment whose actions are 1 and 2."""

    observation_space = gym.spaces.Box(0, 1, (1,))
    action_space = gym.spaces.Discrete(2, start=1)


def test_episodes_that_end_are_reported() -> None:
    ended = []
    score(untrained("random", LANDER, {}), 5, on_ended=ended.append)
    assert sum(ended) == 5


def test_the_heuristic_needs_the_observation_of_lunar_lander() -> None:
    with pytest.raises(ValueError, match="not lander_envs/PixelLander-v0's"):
        untrained("heuristic", "lander_envs/PixelLander-v0", {})


@pytest.mark.parametrize(
    ("env_id", "env_kwargs"),
    [(LANDER, {"continuous": True}), ("lander_envs/LanderContinuous-v0", {})],
)
def test_the_heuristic_lands_with_throttles_too(env_id, env_kwargs) -> None:
    (episode,) = score(untrained("heuristic", env_id, env_kwargs), 1)
    assert episode.outcome == "landed"


def test_random_actions_need_a_space_from_0() -> None:
    gym.register("test/From1-v0", ActionsFrom1)
    with pytest.raises(ValueError, match="random: actions must be a Discrete from 0"):
        untrained("random", "test/From1-v0", {})
    del gym.registry["test/From1-v0"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((0,), "episodes must be an integer from 1 to 100000, got 0"),
        ((100_001,), "episodes must be an integer from 1 to 100000, got 100001"),
        ((1, -1), "first_seed must be an integer at least 0, got -1"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments, told) -> None:
    with pytest.raises(ValueError, match=told):
        score(untrained("random", LANDER, {}), *arguments)


def test_another_backend_is_that_of_our_own_environments_only() -> None:
    contender = untrained("random", LANDER, {})
    assert contender.on("box2d").described()["backend"] == "box2d"
    assert contender.on(None) is contender
    with pytest.raises(ValueError, match="has its own physics only, got 'box2d'"):
        contender._replace(env_id="CartPole-v1").on("box2d")
