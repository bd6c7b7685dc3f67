"""Flat parameters, gradient clipping, and the optimiser's state in checkpoints."""

import pytest
import torch
from torch import Tensor, nn

from baselines.optim.flat_adam import FlatAdam, NonFiniteError, flatten


def test_flat_parameters_keep_their_numbers_and_layout_and_are_views_of_the_vector() -> None:
    convolution = nn.Conv2d(2, 3, 2).to(memory_format=torch.channels_last)
    before, stride = convolution.weight.detach().clone(), convolution.weight.stride()
    vector = flatten(convolution.parameters())
    assert torch.equal(convolution.weight, before)
    assert convolution.weight.stride() == stride
    assert vector.shape == (3 * 2 * 2 * 2 + 3,)
    vector.data.zero_()
    assert not convolution.weight.any()
    convolution.bias.data.fill_(2.0)
    assert vector.tolist() == [0.0] * 24 + [2.0] * 3


def test_parameters_that_are_not_trained_stay_apart() -> None:
    fixed, free = nn.Parameter(torch.ones(2), requires_grad=False), nn.Parameter(torch.zeros(3))
    assert flatten([fixed, free]).shape == (3,)
    assert fixed.tolist() == [1.0, 1.0]


def descend(optimizer: FlatAdam, loss: Tensor, *max_grad_norms: float) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.clip_gradients(loss, *max_grad_norms)
    optimizer.step()


def test_gradients_are_clipped_together_or_by_group() -> None:
    for limits, expected in [((1.0,), [-0.6, -0.8]), ((1.0, 2.0), [-1.0, -2.0])]:
        pair = [nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))]
        optimizer = FlatAdam([([parameter], 1.0) for parameter in pair])
        # Gradients 3 and 4: a norm of 5 together, scaled to 1; or to 1 and 2 apart.
        loss = (-3 * pair[0] - 4 * pair[1]).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.clip_gradients(loss, *limits)
        assert [p.grad.item() for p in pair] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_stops_before_any_weight_moves(bad) -> None:
    parameter = nn.Parameter(torch.ones(3))
    optimizer = FlatAdam([([parameter], 0.1)])
    with pytest.raises(NonFiniteError, match="last checkpoint stays"):
        descend(optimizer, parameter.sum() * bad, 1.0)
    assert parameter.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("limits", [(0.5,), (100.0,), (0.5, 0.1), (100.0, 0.1)])
def test_steps_that_are_checked_later_move_the_weights_to_the_same_bytes(limits) -> None:
    results = []
    for checks_at_once in (True, False):
        torch.manual_seed(0)
        layers = nn.Linear(3, 5), nn.Linear(5, 2)
        optimizer = FlatAdam([(layer.parameters(), 0.1) for layer in layers[: len(limits)]])
        optimizer.checks_at_once = checks_at_once
        for _ in range(20):
            loss = layers[1](torch.tanh(layers[0](torch.randn(4, 3)))).square().mean()
            descend(optimizer, loss, *limits)
        optimizer.check_finite()
        results.append([vector.tolist() for vector in optimizer.vectors])
    assert results[0] == results[1]


@pytest.mark.parametrize("bad", [0, 2])
def test_steps_that_are_checked_later_are_all_checked(bad) -> None:
    parameter = nn.Parameter(torch.ones(3))
    optimizer = FlatAdam([([parameter], 0.1)])
    optimizer.checks_at_once = False
    for k in range(4):
        descend(optimizer, parameter.sum() * (float("nan") if k == bad else 1.0), 1.0)
    with pytest.raises(NonFiniteError, match="last checkpoint stays"):
        optimizer.check_finite()
    optimizer.check_finite()  # told once


def test_a_step_of_flat_adam_is_one_of_adam_over_each_parameter() -> None:
    torch.manual_seed(0)
    apart = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))
    together = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))
    together.load_state_dict(apart.state_dict())
    reference = torch.optim.Adam(apart.parameters(), lr=0.01)
    optimizer = FlatAdam([(together.parameters(), 0.01)])
    x = torch.randn(4, 3)
    for _ in range(3):
        reference.zero_grad()
        apart(x).square().mean().backward()
        nn.utils.clip_grad_norm_(apart.parameters(), 0.1)
        reference.step()
        descend(optimizer, together(x).square().mean(), 0.1)
    for ours, theirs in zip(together.parameters(), apart.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)


def trained(*sizes: int) -> FlatAdam:
    groups = [nn.Parameter(torch.ones(size)) for size in sizes]
    optimizer = FlatAdam([([parameter], 0.1) for parameter in groups])
    descend(optimizer, sum(parameter.sum() for parameter in groups), 1e9)
    return optimizer


def test_an_optimisers_state_survives_a_checkpoint() -> None:
    old, new = trained(3, 2), FlatAdam([([nn.Parameter(torch.zeros(n))], 0.1) for n in (3, 2)])
    new.load_tensors(old.tensors())
    restored = new.tensors()
    assert restored.keys() == old.tensors().keys()
    # Gradients of 1, once: the first moment is 0.1, the second 0.001.
    assert restored["optimizer.1.exp_avg"].tolist() == pytest.approx([0.1, 0.1])
    assert restored["optimizer.0.exp_avg_sq"].tolist() == pytest.approx([0.001] * 3)
    assert restored["optimizer.0.step"] == 1


@pytest.mark.parametrize(
    ("sizes", "message"),
    [((3,), "other groups"), ((2, 2), r"optimizer\.0\.exp_avg must have shape \(2,\), got \(3,\)")],
)
def test_another_optimisers_state_is_refused(sizes, message) -> None:
    with pytest.raises(ValueError, match=message):
        trained(*sizes).load_tensors(trained(3, 2).tensors())
