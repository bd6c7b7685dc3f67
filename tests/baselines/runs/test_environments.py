"""Environments of configs: made, or refused in a sentence."""

import pytest
import torch

from baselines.algorithms.ppo import PPOConfig
from baselines.runs.config import ConfigError
from baselines.runs.environments import make_batch, make_env
from tests.cuda.machine.fixtures import machine

__all__ = ["machine"]


def test_an_environment_is_made_with_its_arguments() -> None:
    env = make_env("lander_envs/Lander-v0", {"continuous": True})
    assert env.action_space.shape == (2,)
    env.close()
    envs, arrays = make_batch(PPOConfig(num_envs=3, env_kwargs={"gravity": -5.0}))
    assert envs.num_envs == 3
    assert arrays.on_host
    envs.close()


@pytest.mark.parametrize(
    ("env_id", "env_kwargs", "reason"),
    [
        ("lander_envs/Lander-v9", {}, "unknown environment 'lander_envs/Lander-v9'"),
        ("Nothing-v0", {}, "unknown environment 'Nothing-v0'"),
        ("no id", {}, "no id cannot be made"),
        ("lander_envs/Lander-v0", {"nothing": 1}, "cannot be made: .*nothing"),
        ("lander_envs/Lander-v0", {"gravity": "much"}, "cannot be made: gravity must be"),
        ("CartPole-v1", {"gravity": -5.0}, "cannot be made: .*gravity"),
    ],
)
def test_an_unknown_id_and_arguments_of_another_name_or_type_are_refused(
    env_id, env_kwargs, reason
) -> None:
    with pytest.raises(ConfigError, match=reason):
        make_env(env_id, env_kwargs)
    with pytest.raises(ConfigError, match=reason):
        make_batch(PPOConfig(env_id=env_id, env_kwargs=env_kwargs))


def test_environments_of_this_package_live_on_the_device(machine) -> None:
    envs, arrays = make_batch(PPOConfig(num_envs=2, device="cuda"))
    assert isinstance(envs.reset(seed=0)[0], torch.Tensor)
    assert arrays.device == "cuda"


def test_other_environments_stay_on_the_host() -> None:
    envs, arrays = make_batch(PPOConfig(num_envs=2, env_id="CartPole-v1", device="cuda"))
    assert envs.num_envs == 2
    assert arrays.on_host


def test_what_has_no_form_on_a_gpu_is_refused(machine) -> None:
    with pytest.raises(ConfigError, match="device must be 'cpu' with backend='box2d'"):
        make_batch(PPOConfig(num_envs=2, device="cuda", env_kwargs={"backend": "box2d"}))
