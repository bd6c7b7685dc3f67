"""Compiled gradient steps beside plain ones."""

import pytest
import torch
from torch import Tensor, nn

from baselines.optim.compiled import CompiledStep
from baselines.optim.flat_adam import FlatAdam, NonFiniteError


class Squares(nn.Module):
    """Convolution and layer over pictures, for a loss of squares."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(2, 3, 2).to(memory_format=torch.channels_last)
        self.layer = nn.Linear(3, 2)
        self.fixed = nn.Parameter(torch.ones(2), requires_grad=False)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layer(self.convolution(pictures).flatten(1)) + self.fixed


def loss_of(
    network: Squares, pictures: Tensor, weight: float | Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    loss = weight * network(pictures).square().mean()
    return loss, {"loss": loss.detach()}


def two_groups(network: Squares) -> FlatAdam:
    return FlatAdam([(network.convolution.parameters(), 0.01), (network.layer.parameters(), 0.1)])


def plain_step(network, optimizer, limits, pictures, weight) -> dict[str, Tensor]:
    loss, metrics = loss_of(network, pictures, weight)
    optimizer.zero_grad()
    loss.backward()
    optimizer.clip_gradients(loss, *limits)
    optimizer.step()
    return metrics


# One limit for both groups together; one each, of which no gradient reaches the second.
@pytest.mark.parametrize("limits", [(0.5,), (0.1, 1e6)])
def test_a_compiled_step_is_a_plain_one_but_for_rounding(limits) -> None:
    torch.manual_seed(0)
    plain, compiled = Squares(), Squares()
    compiled.load_state_dict(plain.state_dict())
    optimizers = two_groups(plain), two_groups(compiled)
    step = CompiledStep(loss_of, compiled, optimizers[1], limits)
    for size, weight in [(4, 1.0), (3, 2.0), (5, 2.0)]:
        pictures = torch.randn(size, 2, 2, 2)
        expected = plain_step(plain, optimizers[0], limits, pictures, weight)
        found = step(pictures, weight)
        assert found["loss"].item() == pytest.approx(expected["loss"].item(), rel=1e-5)
    for ours, theirs in zip(compiled.parameters(), plain.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)
    expected, found = (optimizer.tensors() for optimizer in optimizers)
    for key, tensor in expected.items():
        assert torch.allclose(found[key], tensor, rtol=1e-3, atol=1e-7), key


def test_a_compiled_step_stops_before_weights_become_nan() -> None:
    network = Squares()
    optimizer = two_groups(network)
    step = CompiledStep(loss_of, network, optimizer, (1.0,))
    step(torch.ones(2, 2, 2, 2), 1.0)
    before = [tensor.clone() for tensor in (*network.parameters(), *optimizer.tensors().values())]
    with pytest.raises(NonFiniteError, match="last checkpoint stays"):
        step(torch.full((2, 2, 2, 2), torch.inf), 1.0)
    after = (*network.parameters(), *optimizer.tensors().values())
    for now, then in zip(after, before, strict=True):
        assert torch.equal(now, then)
