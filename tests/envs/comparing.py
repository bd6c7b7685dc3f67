"""Comparison of an env with a reference, step by step."""

from typing import Any

import gymnasium as gym
import pytest

from tests.comparing import same

ACTIONS = [2, 2, 0, 3, 2, 1, 0, 2] * 30


def same_episode(env: gym.Env[Any, Any], reference: gym.Env[Any, Any]) -> None:
    """Both give the same up to an episode's end; ``env`` may give more infos than its reference."""
    assert env.observation_space == reference.observation_space
    assert env.reset(seed=6)[0].tobytes() == reference.reset(seed=6)[0].tobytes()
    for action in ACTIONS:
        got, expected = env.step(action), reference.step(action)
        assert got[0].tobytes() == expected[0].tobytes()
        assert got[1:4] == expected[1:4]
        same({key: got[4][key] for key in expected[4]}, expected[4])
        if got[2]:
            return
    pytest.fail("ACTIONS end an episode")
