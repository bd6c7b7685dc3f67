"""The CNN of the DQN paper over whole frames."""

import pytest
import torch
from torch import nn

from baselines.networks.cnn import MixedPrecision
from baselines.networks.nature_cnn import NatureCNN
from tests.baselines.algorithms.test_recurrent_ppo import scramble

PIXELS = torch.randint(0, 256, (3, 4, 84, 84), generator=torch.Generator().manual_seed(0)).byte()


@pytest.mark.parametrize("frames", [1, 4])
def test_features_are_those_of_the_layers_written_out(frames) -> None:
    torch.manual_seed(0)
    network = NatureCNN(frames)
    scramble(network)
    layers = [
        (network.first.pixel_weight(), network.first.bias, 4),
        (network.second.weight, network.second.bias, 2),
        (network.third.weight, network.third.bias, 1),
    ]
    x = PIXELS[:, -frames:].double()
    for (weight, bias, stride), side in zip(layers, (20, 9, 7), strict=True):
        x = torch.relu(nn.functional.conv2d(x, weight.double(), bias.double(), stride))
        assert x.shape[2:] == (side, side)
    x = x.flatten(1)
    x = (x - x.mean(1, keepdim=True)) / (x.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    x = x * network.norm.weight + network.norm.bias
    assert torch.allclose(network(PIXELS[:, -frames:]), x.float(), atol=1e-4)


@pytest.mark.parametrize("frames", [1, 4])
def test_features_are_normalised_and_near_in_bfloat16(frames) -> None:
    torch.manual_seed(0)
    network = NatureCNN(frames)
    features = network(PIXELS[:, -frames:])
    assert features.shape == (3, NatureCNN.n_features)
    assert torch.allclose(features.mean(1), torch.tensor(0.0), atol=1e-5)
    mixed = MixedPrecision(network)(PIXELS[:, -frames:])
    assert mixed.dtype == torch.float32
    assert (mixed - features).norm() < 0.1 * features.norm()


def test_every_weight_has_a_gradient() -> None:
    torch.manual_seed(0)
    network = NatureCNN(4)
    # Not squares: their sum is constant after a LayerNorm.
    network(PIXELS).pow(3).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
