"""GRU in C++ beside PyTorch's."""

import copy
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from baselines.fused.gru import FusedGRU
from baselines.runs.config import ConfigError


def cell_of(n_in: int, size: int, layers: int = 1, scale: float = 1.0) -> nn.GRU:
    torch.manual_seed(0)
    cell = nn.GRU(n_in, size, layers)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.mul_(scale)
    return cell


def run(unroll: Any, cell: nn.GRU, inputs: Tensor, states: Tensor) -> list[Tensor]:
    """Outputs, last states, and gradients of weighted outputs in inputs, states, parameters."""
    leaves = [inputs.clone().requires_grad_(), states.clone().requires_grad_()]
    outputs, last = unroll(*leaves)
    weights = torch.linspace(-1, 1, outputs.numel()).view_as(outputs)
    gradients = torch.autograd.grad((outputs * weights).sum(), [*leaves, *cell.parameters()])
    return [outputs.detach(), last.detach(), *gradients]


def check(cell: nn.GRU, steps: int, n: int) -> None:
    inputs = torch.randn(steps, n, cell.input_size)
    states = torch.randn(cell.num_layers, n, cell.hidden_size).tanh()
    ours = run(FusedGRU(cell), cell, inputs, states)
    theirs = run(cell, cell, inputs, states)
    for one, other in zip(ours, theirs, strict=True):
        largest = other.abs().max().item()
        assert torch.allclose(one, other, rtol=1e-4, atol=1e-5 * largest)


@pytest.mark.parametrize("size", [16, 48, 64])
@pytest.mark.parametrize(("steps", "n"), [(1, 1), (2, 4), (9, 7)])
def test_outputs_and_gradients_are_pytorchs_but_for_rounding(size, steps, n) -> None:
    check(cell_of(5, size), steps, n)


def test_gates_that_saturate_do_not_overflow() -> None:
    check(cell_of(5, 16, scale=300.0), 6, 3)


def test_layers_lie_on_each_other() -> None:
    check(cell_of(5, 32, layers=3), 4, 2)


@pytest.mark.usefixtures("instructions")
def test_every_width_of_vectors_gives_the_same() -> None:
    check(cell_of(6, 48), 5, 6)


def test_a_step_worked_by_hand() -> None:
    cell = cell_of(1, 16, scale=0.0)  # gates of one half, and the bias decides the candidate
    with torch.no_grad():
        cell.bias_ih_l0[32:] = 0.5  # tanh(0.5 + 0.5 * 0.4) = 0.604368
        cell.bias_hh_l0[32:] = 0.4
    outputs, last = FusedGRU(cell)(torch.ones(1, 1, 1), torch.full((1, 1, 16), 0.2))
    assert outputs.flatten().tolist() == pytest.approx(16 * [0.402184])  # (0.604368 + 0.2) / 2
    assert torch.equal(last, outputs.detach())


def test_an_input_that_is_nan_is_not_hidden() -> None:
    outputs, _ = FusedGRU(cell_of(2, 16))(torch.full((2, 1, 2), torch.nan), torch.zeros(1, 1, 16))
    assert outputs.isnan().all()


def test_units_that_fill_no_vector_are_refused() -> None:
    sentence = "memory_size: must be a multiple of 16 with fused, got 20"
    with pytest.raises(ConfigError, match=sentence):
        FusedGRU(nn.GRU(3, 20))


def test_a_cell_elsewhere_than_on_the_cpu_is_refused() -> None:
    with pytest.raises(ConfigError, match="fused: only with device: cpu, got True"):
        FusedGRU(nn.GRU(3, 16, device="meta"))


def test_mixed_precision_around_it_changes_nothing() -> None:
    cell, inputs, states = cell_of(5, 16), torch.randn(3, 2, 5), torch.zeros(1, 2, 16)
    plain = run(FusedGRU(cell), cell, inputs, states)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = run(FusedGRU(cell), cell, inputs, states)
    for one, other in zip(mixed, plain, strict=True):
        assert torch.equal(one, other)


def test_second_derivatives_are_refused() -> None:
    cell, inputs = cell_of(5, 16), torch.randn(3, 2, 5)
    outputs, _ = FusedGRU(cell)(inputs, torch.zeros(1, 2, 16))
    loss = outputs.square().sum()
    (slope,) = torch.autograd.grad(loss, cell.weight_hh_l0, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()


def test_agents_with_it_can_be_copied_and_kept() -> None:
    fused = FusedGRU(cell_of(5, 16))
    inputs, states = torch.randn(3, 2, 5), torch.zeros(1, 2, 16)
    for again in (copy.deepcopy(fused), pickle.loads(pickle.dumps(fused))):
        assert torch.equal(again(inputs, states)[0], fused(inputs, states)[0])
