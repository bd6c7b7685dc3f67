"""Observations that networks take: pictures, and flat ones of several types."""

import json
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import torch
import yaml
from gymnasium import spaces
from torch import nn

from baselines import evaluate, export, train
from baselines.networks.observations import flat_size, in_float32, is_pictures
from baselines.runs.config import ConfigError

SMALL = {
    "ppo": {"num_steps": 16, "minibatch_size": 16},
    "recurrent_ppo": {"num_steps": 16, "minibatch_size": 4, "memory_size": 4},
    "dqn": {"buffer_size": 64, "learning_starts": 32, "batch_size": 8, "history": 2},
    "pqn": {"num_steps": 16, "minibatch_size": 16, "history": 2},
}


def test_pictures_are_levels_with_three_axes() -> None:
    assert is_pictures(spaces.Box(0, 255, (4, 84, 84), "uint8"))
    assert not is_pictures(spaces.Box(0, 1, (4, 84, 84)))
    assert not is_pictures(spaces.Box(0, 255, (8,), "uint8"))
    assert not is_pictures(spaces.Discrete(3))


@pytest.mark.parametrize("dtype", ["float64", "float16", "uint8", "int64"])
def test_flat_observations_of_another_type_are_cast(dtype) -> None:
    space = spaces.Box(0, 3, (2,), dtype)
    assert flat_size(space) == 2
    obs = torch.as_tensor(np.array([[3, 1], [0, 2]], dtype))
    for encoder in (in_float32(space, nn.Identity()), in_float32(space, nn.ReLU())):
        assert encoder(obs).dtype == torch.float32
        assert encoder(obs).tolist() == [[3, 1], [0, 2]]


def test_flat_observations_of_float32_are_left_alone() -> None:
    encoder = nn.Identity()
    assert in_float32(spaces.Box(-1, 1, (3,)), encoder) is encoder


@pytest.mark.parametrize("dtype", ["uint16", "uint64"])
def test_flat_observations_of_a_type_that_tensors_lack_are_refused(dtype) -> None:
    with pytest.raises(ConfigError, match=rf"must be of one of float16, .*, got Box.* {dtype}\)"):
        flat_size(spaces.Box(0, 3, (2,), dtype))


class Typed(gym.Env):
    """Four numbers of a type, the first of which is the action that pays; eight steps."""

    def __init__(self, kind: str) -> None:
        self.observation_space = spaces.Box(0, 1, (4,), kind)
        self.action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left = 8
        return self._draw(), {}

    def step(self, action):
        reward = float(action == self.obs[0])
        self.left -= 1
        return self._draw(), reward, self.left == 0, False, {}

    def _draw(self):
        self.obs = self.np_random.integers(0, 2, 4).astype(self.observation_space.dtype)
        return self.obs


@pytest.fixture
def typed():
    gym.register("test/Typed-v0", Typed)
    yield "test/Typed-v0"
    del gym.registry["test/Typed-v0"]


def trained(typed, algorithm, dtype, folder) -> Path:
    """A short run on observations of a type."""
    path = folder / "typed.yaml"
    base = {"env_id": typed, "env_kwargs": {"kind": dtype}, "total_steps": 64, "num_envs": 2}
    small = {"algorithm": algorithm, "name": "typed", "eval_episodes": 2, **SMALL[algorithm]}
    path.write_text(yaml.dump({**base, **small}))
    assert train.main([str(path), "--runs", str(folder)]) == 0
    return folder / "typed-seed1"


@pytest.mark.parametrize("algorithm", SMALL)
@pytest.mark.parametrize("dtype", ["float64", "uint8"])
def test_every_algorithm_of_ours_is_trained_and_scored_on_them(
    typed, algorithm, dtype, tmp_path, capsys
) -> None:
    run = trained(typed, algorithm, dtype, tmp_path)
    capsys.readouterr()
    assert evaluate.main([str(run), "--episodes", "2", "--json"]) == 0
    assert 0 <= json.loads(capsys.readouterr().out)["mean_return"] <= 8


@pytest.mark.parametrize("dtype", ["float64", "uint8"])
def test_an_agent_of_them_is_exported(typed, dtype, tmp_path) -> None:
    run = trained(typed, "ppo", dtype, tmp_path)
    order = ["--out", str(tmp_path), "--name", "typed", "--episodes", "2"]
    assert export.main([str(run), *order]) == 0
