"""TorchRL."""

import gymnasium as gym
import pytest
import torch
from torchrl.data import Unbounded
from torchrl.envs import GymEnv, GymWrapper, default_info_dict_reader
from torchrl.envs.utils import check_env_specs

import lander_envs

pytestmark = pytest.mark.filterwarnings("ignore")  # TorchRL's own


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_every_id_is_an_environment_of_torchrl(env_id) -> None:
    env = GymEnv(env_id)
    check_env_specs(env)
    assert env.rollout(8).shape == (8,)  # 8 decisions from pixels are 32 base steps


def test_the_raw_reward_of_shaped_lander_is_read_from_its_infos() -> None:
    env = GymEnv("lander_envs/ShapedLander-v0")
    spec = [Unbounded((), dtype=torch.float64)]
    env.set_info_dict_reader(default_info_dict_reader(["raw_reward"], spec=spec))
    check_env_specs(env)
    steps = env.rollout(20)
    assert steps["raw_reward"][0] == 0.0
    assert (steps["next", "raw_reward"] != 0.0).all()


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
@pytest.mark.parametrize("mode", ["SameStep", "Disabled"])  # TorchRL refuses NextStep
def test_a_batch_gives_its_infos_to_torchrl(mode, env_id) -> None:
    env = GymWrapper(gym.make_vec(env_id, num_envs=2, autoreset_mode=mode, max_episode_steps=8))
    spec = [Unbounded((2,), dtype=dtype) for dtype in (torch.int64, torch.bool)]
    env.set_info_dict_reader(default_info_dict_reader(["outcome", "on_pad"], spec=spec))
    check_env_specs(env)
    assert env.rollout(20, break_when_any_done=False).shape == (2, 20)
