"""skrl."""

import gymnasium as gym
import pytest
import torch
from skrl.envs.wrappers.torch import wrap_env

import lander_envs


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_every_batch_is_wrapped_and_stepped(backend, env_id) -> None:
    env = wrap_env(gym.make_vec(env_id, num_envs=2, backend=backend), verbose=False)
    obs, _ = env.reset()
    assert obs.shape[0] == 2
    is_discrete = isinstance(env.action_space, gym.spaces.Discrete)
    actions = torch.zeros((2, 1), dtype=torch.int64) if is_discrete else torch.zeros((2, 2))
    _, rewards, *_ = env.step(actions)
    assert rewards.shape == (2, 1)
