"""Environments of configs: made, or refused in a sentence."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode

from baselines.algorithms.ppo import PPOConfig
from baselines.runs.config import ConfigError
from baselines.runs.environments import Arrays, make_batch, make_env, to_host
from tests.cuda.machine.fixtures import machine

__all__ = ["machine"]

SAME_STEP = {"autoreset_mode": AutoresetMode.SAME_STEP}


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


def test_a_vector_environment_that_resets_within_a_step_is_refused() -> None:
    """Masks of rollouts and replay buffers are those of NEXT_STEP autoreset."""

    def make(num_envs, **kwargs):
        return gym.make_vec("CartPole-v1", num_envs, "sync", SAME_STEP, **kwargs)

    gym.register("SameStep-v0", vector_entry_point=make)
    try:
        with pytest.raises(ConfigError, match="SameStep-v0 must have NEXT_STEP autoreset, got A"):
            make_batch(PPOConfig(env_id="SameStep-v0"))
    finally:
        del gym.registry["SameStep-v0"]


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


# --- Arrays --------------------------------------------------------------------------------------

BOTH = [Arrays(), Arrays("cpu")]


@pytest.mark.parametrize("arrays", BOTH)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.int32, np.uint8, np.bool_])
def test_zeros_have_the_shape_and_the_dtype(arrays, dtype) -> None:
    zeros = arrays.zeros((2, 3), dtype)
    assert isinstance(zeros, np.ndarray) == arrays.on_host
    assert to_host(zeros).dtype == dtype
    assert to_host(zeros).tolist() == np.zeros((2, 3), dtype).tolist()


@pytest.mark.parametrize("arrays", BOTH)
def test_put_sets_the_rows_of_the_mask(arrays) -> None:
    target = arrays.array(np.zeros((3, 2, 2)))
    values = arrays.array(np.array([[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]))
    arrays.put(target, arrays.array(np.array([True, False, True])), values)
    expected = [[[1.0, 2.0]] * 2, [[0.0, 0.0]] * 2, [[5.0, 6.0]] * 2]
    assert to_host(target).tolist() == expected


def test_a_networks_output_is_an_array_of_the_environments() -> None:
    output = torch.tensor([1, 2])
    assert isinstance(Arrays().from_tensor(output), np.ndarray)
    assert Arrays("cpu").from_tensor(output) is output
