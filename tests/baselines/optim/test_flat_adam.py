"""Parameters gathered into a vector, and what a checkpoint keeps of their optimiser."""

import pytest
import torch
from torch import nn

from baselines.optim.flat_adam import (
    adam,
    gather,
    gradient_step,
    optimizer_tensors,
    restore_optimizer,
)
from baselines.runs.checkpoint import CheckpointError


def test_gathered_parameters_keep_their_numbers_and_layout_and_are_views_of_the_vector() -> None:
    convolution = nn.Conv2d(2, 3, 2).to(memory_format=torch.channels_last)
    before, stride = convolution.weight.detach().clone(), convolution.weight.stride()
    vector = gather(convolution.parameters())
    assert torch.equal(convolution.weight, before)
    assert convolution.weight.stride() == stride
    assert vector.shape == (3 * 2 * 2 * 2 + 3,)
    vector.data.zero_()
    assert not convolution.weight.any()
    convolution.bias.data.fill_(2.0)
    assert vector.tolist() == [0.0] * 24 + [2.0] * 3


def test_what_is_not_trained_is_not_gathered() -> None:
    fixed, free = nn.Parameter(torch.ones(2), requires_grad=False), nn.Parameter(torch.zeros(3))
    assert gather([fixed, free]).shape == (3,)
    assert fixed.tolist() == [1.0, 1.0]


def test_a_step_of_gathered_adam_is_one_of_adam_of_each_parameter() -> None:
    torch.manual_seed(0)
    apart = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))
    together = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))
    together.load_state_dict(apart.state_dict())
    reference = torch.optim.Adam(apart.parameters(), lr=0.01)
    optimizer = adam([(together.parameters(), 0.01)])
    x = torch.randn(4, 3)
    for _ in range(3):
        reference.zero_grad()
        apart(x).square().mean().backward()
        nn.utils.clip_grad_norm_(apart.parameters(), 0.1)
        reference.step()
        gradient_step(optimizer, together(x).square().mean(), 0.1)
    for ours, theirs in zip(together.parameters(), apart.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)


def trained(*sizes: int) -> torch.optim.Adam:
    groups = [nn.Parameter(torch.ones(size)) for size in sizes]
    optimizer = adam([([parameter], 0.1) for parameter in groups])
    gradient_step(optimizer, sum(parameter.sum() for parameter in groups), 1e9)
    return optimizer


def test_an_optimisers_state_survives_a_checkpoint() -> None:
    old, new = trained(3, 2), adam([([nn.Parameter(torch.zeros(n))], 0.1) for n in (3, 2)])
    restore_optimizer(new, optimizer_tensors(old))
    restored = optimizer_tensors(new)
    assert restored.keys() == optimizer_tensors(old).keys()
    # Gradients of 1, once: the first moment is 0.1, the second 0.001.
    assert restored["optimizer.1.exp_avg"].tolist() == pytest.approx([0.1, 0.1])
    assert restored["optimizer.0.exp_avg_sq"].tolist() == pytest.approx([0.001] * 3)
    assert restored["optimizer.0.step"] == 1


@pytest.mark.parametrize(
    ("sizes", "message"),
    [((3,), "other groups"), ((2, 2), r"optimizer\.0\.exp_avg must have shape \(2,\), got \(3,\)")],
)
def test_another_optimisers_state_is_refused(sizes, message) -> None:
    with pytest.raises(CheckpointError, match=message):
        restore_optimizer(trained(*sizes), optimizer_tensors(trained(3, 2)))
