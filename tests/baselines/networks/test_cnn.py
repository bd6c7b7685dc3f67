"""Features of pictures, against convolutions written out."""

import pytest
import torch
from torch import nn

from baselines.networks.cnn import Convolutions, MixedPrecision, take
from baselines.networks.motion_crop import look

PIXELS = torch.randint(0, 256, (3, 4, 84, 84), generator=torch.Generator().manual_seed(0)).byte()


@pytest.mark.parametrize("frames", [1, 2, 4])
def test_features_are_those_of_the_layers_written_out_over_two_looks(frames) -> None:
    torch.manual_seed(0)
    layers = Convolutions()
    squares, places = look(PIXELS[:, :frames])
    x = squares.double()
    for layer, padding in ((layers.first, 2), (layers.second, 1)):
        x = torch.relu(nn.functional.conv2d(x, layer.weight.double(), None, 2, padding))
    assert x.shape == (2 * 3, 32, 4, 4)
    x = (x.flatten(1) @ layers.last.weight.double().T).float()
    x = torch.cat((x[:3], x[3:], places), dim=1)
    x = (x - x.mean(1, keepdim=True)) / (x.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    features = layers(PIXELS[:, :frames])
    assert features.shape == (3, Convolutions.n_features) == (3, 2 * 128 + 4)
    assert torch.allclose(features, x, atol=1e-4)


def test_mixed_precision_keeps_features_within_a_hundredth_and_weights_in_float32() -> None:
    torch.manual_seed(0)
    layers = Convolutions()
    exact, mixed = layers(PIXELS), MixedPrecision(layers)(PIXELS)
    assert mixed.dtype == torch.float32
    assert (mixed - exact).norm() < 0.01 * exact.norm()
    mixed.sum().backward()
    assert layers.first.weight.grad.dtype == torch.float32


@pytest.mark.parametrize(
    "tensor", [torch.arange(5.0), torch.arange(10).view(5, 2), PIXELS[:, :3, :7, :7], PIXELS]
)
def test_rows_are_taken_as_by_indexing(tensor: torch.Tensor) -> None:
    rows = torch.tensor([1, 1, 0])
    assert torch.equal(take(tensor, rows), tensor[rows])
