"""Q-networks against numbers worked by hand."""

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from baselines.networks.q_network import (
    QNetwork,
    StackStem,
    build_plain_encoder,
    build_stack_encoder,
    count_actions,
)
from baselines.runs.config import ConfigError


def test_a_dueling_network_adds_the_value_to_centred_advantages() -> None:
    network = QNetwork(nn.Identity(), 3, 2, (4,), "relu")
    with torch.no_grad():
        network.advantages[0].weight.zero_()
        network.advantages[0].bias.copy_(torch.tensor([1.0, 5.0]))
        network.value[0].weight.zero_()
        network.value[0].bias.fill_(10.0)
    assert network(torch.zeros(1, 3)).tolist() == [[10 + 1 - 3, 10 + 5 - 3]]


def test_a_network_over_pictures_takes_bytes() -> None:
    torch.manual_seed(0)
    encoder, n_features = build_stack_encoder(spaces.Box(0, 255, (1, 84, 84), np.uint8), 4, 0.0)
    network = QNetwork(encoder, n_features, 4, (8,), "relu")
    pictures = torch.randint(0, 256, (2, 4, 84, 84), dtype=torch.uint8)
    values = network(pictures)
    assert values.shape == (2, 4)
    assert torch.equal(network(pictures), network(pictures.float()))


def test_changes_are_those_from_each_earlier_observation_to_the_newest() -> None:
    encoder, n_features = build_stack_encoder(spaces.Box(-1, 1, (2,)), 3, 10.0)
    assert n_features == 6
    stack = torch.tensor([[0.50, 0.0, 0.52, 0.0, 0.53, -0.01]])
    # Newest (0.53, -0.01); changes (0.03, -0.01) and (0.01, -0.01), times 10 and squashed.
    changes = np.tanh([0.3, -0.1, 0.1, -0.1])
    assert encoder(stack)[0].tolist() == pytest.approx([0.53, -0.01, *changes], abs=1e-5)


@pytest.mark.parametrize(
    ("space", "history"),
    [(spaces.Box(-1, 1, (2,)), 1), (spaces.Box(0, 255, (1, 84, 84), np.uint8), 4)],
    ids=["one observation", "pictures"],
)
def test_a_gain_of_changes_that_there_are_not_is_refused(space, history) -> None:
    with pytest.raises(ConfigError, match=r"change_gain: only for flat .* of 2 or more, got 5.0"):
        build_stack_encoder(space, history, 5.0)


def test_observations_that_no_network_here_serves_are_refused() -> None:
    with pytest.raises(ConfigError, match="flat Box or pictures"):
        build_stack_encoder(spaces.Box(-1, 1, (3, 4)), 1, 0.0)


@pytest.mark.parametrize(
    ("space", "message"),
    [
        (spaces.Box(-1, 1, (2,)), "need discrete actions, got Box"),
        (spaces.Discrete(3, start=1), r"must start at 0, got Discrete\(3, start=1\)"),
    ],
)
def test_actions_that_have_no_values_are_refused(space, message) -> None:
    with pytest.raises(ConfigError, match=message):
        count_actions(space)
    assert count_actions(spaces.Discrete(3)) == 3


def test_a_stack_stem_amplifies_differences_and_could_be_folded_into_the_next_layer() -> None:
    stem = StackStem(history=2, change_gain=10.0)
    stacks = torch.tensor([[1.0, 2.0, 1.5, 2.0]])  # (1, 2), then (1.5, 2)
    assert stem(stacks).tolist() == [[-5.0, 0.0, 1.5, 2.0]]
    doubled = stem(2 * stacks)
    assert torch.equal(doubled, 2 * stem(stacks))  # linear, unlike tanh


def test_bare_stacks_stay_as_they_are_without_a_gain() -> None:
    space = spaces.Box(-1, 1, (2,))
    bare, size = build_plain_encoder(space, 3, "attention", 0.0, mixed_precision=False)
    assert (type(bare), size) == (torch.nn.Identity, 6)
    pictures = spaces.Box(0, 255, (1, 84, 84), np.uint8)
    cnn, size = build_plain_encoder(pictures, 4, "nature", 4.0, mixed_precision=False)
    assert cnn(torch.zeros((2, 4, 84, 84), dtype=torch.uint8)).shape == (2, size)
