"""Multilayer perceptrons."""

import pytest
import torch
from torch import nn

from baselines.networks.mlp import mlp


def test_an_mlp_has_activations_between_its_layers_only() -> None:
    kinds = [type(layer) for layer in mlp([3, 8, 8, 2], "elu", 1.0)]
    assert kinds == [nn.Linear, nn.ELU, nn.Linear, nn.ELU, nn.Linear]


def test_weights_start_orthogonal_with_their_gains_and_biases_at_zero() -> None:
    first, _, last = mlp([3, 8, 2], "tanh", 0.01)
    # Columns of length sqrt(2) that stand at right angles; rows of length 0.01.
    assert torch.allclose(first.weight.T @ first.weight, 2 * torch.eye(3), atol=1e-5)
    assert torch.allclose(last.weight @ last.weight.T, 1e-4 * torch.eye(2), atol=1e-7)
    assert first.bias.abs().sum().item() == pytest.approx(0.0)
