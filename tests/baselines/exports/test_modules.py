"""Modules of exported agents: memories of stacks, and what is refused."""

import numpy as np
import pytest
import torch
from torch import nn

from baselines.exports.modules import GreedyQNetwork, exportable, in_full_precision
from baselines.networks.cnn import MixedPrecision
from baselines.networks.frame_memory import MapMemory, RecurrentEncoder
from baselines.results import pretrained
from baselines.results.pretrained import Trained


class Recorder(nn.Module):
    """Keeps the stack that it is given; the values are its first four numbers."""

    def forward(self, stack):
        self.stack = stack
        return stack.flatten(1)[:, :4]


def test_a_first_observation_fills_the_stack_and_later_ones_push_it() -> None:
    recorder = Recorder()
    module = GreedyQNetwork(recorder, history=3)
    obs = torch.tensor([[1.0, 2.0]])
    *_, memory = module(obs, torch.zeros(1, 5))
    assert recorder.stack.tolist() == [[1, 2, 1, 2, 1, 2]]
    assert memory.tolist() == [[1, 1, 2, 1, 2]]
    *_, memory = module(torch.tensor([[3.0, 4.0]]), memory)
    assert recorder.stack.tolist() == [[1, 2, 1, 2, 3, 4]]
    assert memory.tolist() == [[1, 1, 2, 3, 4]]


def test_a_stack_of_pictures_joins_their_channels_and_stays_uint8() -> None:
    recorder = Recorder()
    module = GreedyQNetwork(recorder, history=2)
    obs = torch.arange(8, dtype=torch.uint8).reshape(1, 2, 2, 2)
    *_, memory = module(obs, torch.zeros(1, 9, dtype=torch.uint8))
    assert recorder.stack.shape == (1, 4, 2, 2)
    assert recorder.stack.dtype == memory.dtype == torch.uint8
    assert memory.tolist() == [[1, 0, 1, 2, 3, 4, 5, 6, 7]]


def test_names_follow_the_kind_of_network() -> None:
    state = torch.zeros(2, 8)
    outputs = {
        name: exportable(pretrained.load_trained(name), state).outputs
        for name in ("lander_dqn", "lander_ppo", "lander_continuous_ppo", "lstm_fast")
    }
    assert outputs == {
        "lander_dqn": ["action", "q_values"],
        "lander_ppo": ["action", "probabilities", "value"],
        "lander_continuous_ppo": ["action", "value"],
        "lstm_fast": ["action", "probabilities", "value", "next_hidden_state"],
    }


def test_bfloat16_is_left_out() -> None:
    inner = nn.Linear(2, 2)
    recurrent = RecurrentEncoder(inner, MapMemory((1, 1, 1), 4.0), inner, mixed_precision=True)
    network = in_full_precision(nn.Sequential(MixedPrecision(inner), recurrent))
    assert network[0] is inner
    assert not network[1].mixed_precision


def test_an_agent_of_stable_baselines3_is_refused() -> None:
    config = pretrained.load_trained("lander_ppo").config
    with pytest.raises(ValueError, match="one of this project's algorithms"):
        exportable(Trained(nn.Linear(1, 1), config), torch.as_tensor(np.zeros((2, 8))))
