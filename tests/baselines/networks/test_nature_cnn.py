"""The CNN of the DQN paper over whole frames."""

import pytest
import torch

from baselines.networks.cnn import MixedPrecision
from baselines.networks.nature_cnn import NatureCNN

PIXELS = torch.randint(0, 256, (3, 4, 84, 84), generator=torch.Generator().manual_seed(0)).byte()


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
    network = NatureCNN(4)
    network(PIXELS).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())
