"""Compiled gradient steps beside plain ones."""

import pytest
import torch
from torch import Tensor, nn

from baselines.optim.compiled import CompiledStep
from baselines.optim.flat_adam import NonFiniteError, PlainStep, adam, optimizer_tensors


class Squares(nn.Module):
    """Of what a convolution and a layer make of pictures, as a loss."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(2, 3, 2).to(memory_format=torch.channels_last)
        self.layer = nn.Linear(3, 2)
        self.fixed = nn.Parameter(torch.ones(2), requires_grad=False)

    def forward(self, pictures: Tensor, weight: float | Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        features = self.convolution(pictures).flatten(1)
        loss = weight * (self.layer(features) + self.fixed).square().mean()
        return loss, {"loss": loss.detach()}


def two_groups(loss: Squares) -> torch.optim.Adam:
    return adam([(loss.convolution.parameters(), 0.01), (loss.layer.parameters(), 0.1)])


# One limit for both groups together; one each, of which no gradient reaches the second.
@pytest.mark.parametrize("limits", [(0.5,), (0.1, 1e6)])
def test_a_compiled_step_is_a_plain_one_but_for_rounding(limits) -> None:
    torch.manual_seed(0)
    plain, compiled = Squares(), Squares()
    compiled.load_state_dict(plain.state_dict())
    optimizers = two_groups(plain), two_groups(compiled)
    steps = (
        PlainStep(plain, optimizers[0], *limits),
        CompiledStep(compiled, optimizers[1], *limits),
    )
    for size, weight in [(4, 1.0), (3, 2.0), (5, 2.0)]:
        pictures = torch.randn(size, 2, 2, 2)
        expected, found = (step(pictures, weight) for step in steps)
        assert found["loss"].item() == pytest.approx(expected["loss"].item(), rel=1e-5)
    for ours, theirs in zip(compiled.parameters(), plain.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)
    expected, found = map(optimizer_tensors, reversed(optimizers))
    for key, tensor in expected.items():
        assert torch.allclose(found[key], tensor, rtol=1e-3, atol=1e-7), key


def test_a_compiled_step_stops_before_weights_become_nan() -> None:
    loss = Squares()
    optimizer = two_groups(loss)
    step = CompiledStep(loss, optimizer, 1.0)
    step(torch.ones(2, 2, 2, 2), 1.0)
    before = [
        tensor.clone() for tensor in (*loss.parameters(), *optimizer_tensors(optimizer).values())
    ]
    with pytest.raises(NonFiniteError, match="last checkpoint stays"):
        step(torch.full((2, 2, 2, 2), torch.inf), 1.0)
    after = (*loss.parameters(), *optimizer_tensors(optimizer).values())
    for now, then in zip(after, before, strict=True):
        assert torch.equal(now, then)
