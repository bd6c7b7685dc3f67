"""CNN with spatial attention over whole frames."""

import pytest
import torch

from baselines.networks.attention_cnn import AttentionCNN, ResidualAttentionCNN, SpatialAttention
from baselines.networks.cnn import MixedPrecision
from tests.baselines.algorithms.test_recurrent_ppo import scramble

PIXELS = torch.randint(0, 256, (3, 4, 84, 84), generator=torch.Generator().manual_seed(0)).byte()


def test_attention_reports_what_and_where_the_one_bright_place_is() -> None:
    attention = SpatialAttention()
    with torch.no_grad():
        attention.scores.weight.fill_(1.0)  # every head likes bright features
    maps = torch.zeros(1, 32, 7, 7)
    maps[0, :, 1, 5] = 2.0
    features = attention(maps)[0]
    what, where = features[: 8 * 32].view(8, 32), features[8 * 32 :].view(8, 2)
    assert torch.allclose(what, torch.tensor(2.0), atol=1e-3)
    # Seven rows and columns run from -3 to 3 in steps of 1.
    assert torch.allclose(where, torch.tensor([-2.0, 2.0]), atol=1e-3)
    weights = attention.weights(maps)
    assert weights.shape == (1, 8, 7, 7)
    assert torch.allclose(weights.sum(dim=(2, 3)), torch.tensor(1.0))
    assert torch.allclose(weights[0, :, 1, 5], torch.tensor(1.0), atol=1e-3)


@pytest.mark.parametrize("kind", [AttentionCNN, ResidualAttentionCNN])
@pytest.mark.parametrize("frames", [1, 4])
def test_features_are_normalised_and_near_in_bfloat16(kind, frames) -> None:
    torch.manual_seed(0)
    network = kind(frames)
    features = network(PIXELS[:, -frames:])
    assert features.shape == (3, AttentionCNN.n_features)
    assert torch.allclose(features.mean(1), torch.tensor(0.0), atol=1e-5)
    mixed = MixedPrecision(network)(PIXELS[:, -frames:])
    assert mixed.dtype == torch.float32
    assert (mixed - features).norm() < 0.1 * features.norm()


@pytest.mark.parametrize("kind", [AttentionCNN, ResidualAttentionCNN])
def test_every_weight_has_a_gradient(kind) -> None:
    torch.manual_seed(0)
    network = kind(4)
    scramble(network.blocks, by=0.1)  # the last layer of a block starts at 0
    # Not squares: their sum is constant after a LayerNorm.
    network(PIXELS).pow(3).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


def test_residual_blocks_start_as_the_identity() -> None:
    plain, residual = AttentionCNN(1), ResidualAttentionCNN(1)
    residual.load_state_dict({**residual.state_dict(), **plain.state_dict()})
    assert torch.equal(residual(PIXELS[:, -1:]), plain(PIXELS[:, -1:]))
    assert len(list(residual.parameters())) > len(list(plain.parameters()))
