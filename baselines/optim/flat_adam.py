"""Gradient steps, with the parameters of a group in one vector.

Small networks' time goes into calls: zeroing, a norm, a scaling and Adam over a dozen tensors take
longer than their arithmetic. Over one vector, each of them is one operation.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from baselines.runs.checkpoint import CheckpointError

NORM_EPSILON = 1e-6  # as in torch.nn.utils.clip_grad_norm_, so that both scale alike


class NonFiniteError(RuntimeError):
    """A loss or gradient that is NaN or infinite: the run stops, its last checkpoint stays."""


def adam(
    groups: Iterable[tuple[Iterable[nn.Parameter], float]], eps: float = 1e-8
) -> torch.optim.Adam:
    """Adam over groups of parameters, each with its learning rate, and each gathered first.

    Adam scales each parameter by itself, so that several groups are several optimisers in one.
    """
    gathered = [{"params": [gather(parameters)], "lr": rate} for parameters, rate in groups]
    optimizer = torch.optim.Adam(gathered, eps=eps, fused=True)
    for vector in vectors(optimizer):
        # What Adam itself would begin with at its first step.
        optimizer.state[vector] = {
            "step": torch.zeros((), device=vector.device),
            "exp_avg": torch.zeros_like(vector),
            "exp_avg_sq": torch.zeros_like(vector),
        }
    return optimizer


def gather(parameters: Iterable[nn.Parameter]) -> nn.Parameter:
    """Move what is trained of ``parameters`` into one vector, and so with the gradients.

    The parameters become views of the vector, and their gradients views of its gradient, which
    has to stay where it is: zero it in place, and do not set it to None.
    """
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    # As they lie in memory, so that channels_last stays channels_last.
    flat = [p.detach().as_strided((p.numel(),), (1,)) for p in trained]
    vector = nn.Parameter(torch.cat(flat))
    vector.grad = torch.zeros_like(vector)
    ends = itertools.accumulate(p.numel() for p in trained)
    for parameter, end in zip(trained, ends, strict=True):
        part = slice(end - parameter.numel(), end)
        shape, stride = parameter.shape, parameter.stride()
        parameter.data = vector.detach()[part].as_strided(shape, stride)
        parameter.grad = vector.grad[part].as_strided(shape, stride)
    return vector


def gradient_step(optimizer: torch.optim.Optimizer, loss: Tensor, *max_grad_norms: float) -> None:
    """Descend on ``loss``; NonFiniteError, before any weight moves, if it or a gradient is not.

    Args:
        optimizer: of gathered parameters, a vector a group.
        loss: a scalar.
        max_grad_norms: one norm that the whole gradient is scaled down to, or one for each of the
            optimiser's groups.
    """
    gradients = [vector.grad for vector in vectors(optimizer) if vector.grad is not None]
    for gradient in gradients:
        gradient.zero_()
    loss.backward()
    # One transfer, as each of them waits for the device.
    numbers = torch.stack([loss.detach(), *map(torch.linalg.vector_norm, gradients)]).tolist()
    check_finite(numbers)
    norms = numbers[1:]
    if len(max_grad_norms) == 1:
        norms, max_grad_norms = [math.hypot(*norms)] * len(norms), max_grad_norms * len(norms)
    for gradient, norm, limit in zip(gradients, norms, max_grad_norms, strict=True):
        if norm > limit:
            gradient.mul_(limit / (norm + NORM_EPSILON))
    optimizer.step()


class PlainStep:
    """A gradient step on what ``loss`` says of some arguments.

    Args:
        loss: gives the loss, a scalar, and what to log of it.
        optimizer: of the loss's parameters, gathered.
        max_grad_norms: as of :func:`gradient_step`.
    """

    def __init__(
        self, loss: nn.Module, optimizer: torch.optim.Optimizer, *max_grad_norms: float
    ) -> None:
        self._loss = loss
        self._optimizer = optimizer
        self._max_grad_norms = max_grad_norms

    def __call__(self, *arguments: Any) -> dict[str, Tensor]:
        """Descend once; returns what to log, NonFiniteError if there is no way down."""
        loss, logged = self._loss(*arguments)
        gradient_step(self._optimizer, loss, *self._max_grad_norms)
        found: dict[str, Tensor] = logged
        return found


def check_finite(numbers: list[float]) -> None:
    """NonFiniteError unless a loss and the norms of its gradient are all finite."""
    if not all(map(math.isfinite, numbers)):
        raise NonFiniteError(
            f"the loss and the norms of its gradient are {numbers}: the run stops here, "
            "and its last checkpoint stays as it is"
        )


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Adam's moments and step counts, named by group."""
    return {
        f"optimizer.{group}.{key}": value
        for group, vector in enumerate(vectors(optimizer))
        for key, value in optimizer.state[vector].items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """The inverse of :func:`optimizer_tensors`; CheckpointError for another optimiser's tensors."""
    left = {key: value for key, value in tensors.items() if key.startswith("optimizer.")}
    for group, vector in enumerate(vectors(optimizer)):
        prefix = f"optimizer.{group}."
        for name in [key for key in left if key.startswith(prefix)]:
            value = left.pop(name)
            if value.ndim and value.shape != vector.shape:
                raise CheckpointError(
                    f"{name} must have shape {tuple(vector.shape)}, got {tuple(value.shape)}"
                )
            optimizer.state[vector][name.removeprefix(prefix)] = value.to(vector.device)
    if left:
        raise CheckpointError(f"the optimiser has other groups than the checkpoint: {min(left)}")


def vectors(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    """The gathered parameters, a vector a group."""
    return [vector for group in optimizer.param_groups for vector in group["params"]]
