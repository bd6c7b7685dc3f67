"""Gymnasium's vector wrappers that convert to other arrays."""

from typing import Any

import gymnasium as gym
import pytest
import torch
from gymnasium.wrappers.vector import JaxToNumpy, NumpyToTorch

import lander_envs
from lander_envs import Outcome
from tests.ecosystem.actions import no_engine

# Under SAME_STEP the wrappers fail on `final_obs`, an array of objects, of any environment.
MODES = ["NextStep", "Disabled"]


def episode(envs: gym.vector.VectorEnv, actions: Any) -> dict[str, Any]:
    """Infos of the last of 5 steps, which time out."""
    infos = envs.reset(seed=0)[1]
    for _ in range(5):
        assert set(infos) >= {"outcome", "on_pad"}
        infos = envs.step(actions)[4]
    return infos


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
@pytest.mark.parametrize("mode", MODES)
def test_infos_become_tensors(mode, env_id) -> None:
    envs = gym.make_vec(env_id, num_envs=2, autoreset_mode=mode, max_episode_steps=5)
    infos = episode(NumpyToTorch(envs), torch.from_numpy(no_engine(envs.action_space)))
    assert infos["outcome"].dtype == torch.int64
    assert infos["outcome"].tolist() == [Outcome.TIMEOUT] * 2


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
@pytest.mark.parametrize("mode", MODES)
def test_actions_may_come_from_jax(mode, env_id) -> None:
    envs = gym.make_vec(env_id, num_envs=2, autoreset_mode=mode, max_episode_steps=5)
    infos = episode(JaxToNumpy(envs), no_engine(envs.action_space))
    assert infos["outcome"].tolist() == [Outcome.TIMEOUT] * 2
