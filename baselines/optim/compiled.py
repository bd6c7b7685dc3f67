"""A gradient step as one compiled function: loss, gradient, norm, scaling and Adam.

With small minibatches the time goes into calls, and a compiled loss still leaves those of autograd
and of the optimiser. Where the gradient is a function too, all of it becomes one call.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value

from baselines.optim.flat_adam import NORM_EPSILON, check_finite, vectors
from baselines.runs.config import ConfigError

# Of a parameter in its group's vector: shape, stride and offset.
_Place = tuple[tuple[int, ...], tuple[int, ...], int]
_Moments = tuple[Tensor, Tensor, Tensor]  # steps taken, and the two moments of a group


class CompiledStep:
    """A :class:`~baselines.optim.flat_adam.PlainStep` that is compiled; equal but for rounding.

    Compiled at the first call, for minibatches of any size, in half a minute.

    Args:
        loss: as there.
        optimizer: as there.
        max_grad_norms: as there.

    Raises:
        ConfigError: without a C++ compiler.
    """

    def __init__(
        self, loss: nn.Module, optimizer: torch.optim.Optimizer, *max_grad_norms: float
    ) -> None:
        _find_compiler()
        self._optimizer = optimizer
        self._vectors = [vector.detach() for vector in vectors(optimizer)]
        descent = _Descent(loss, optimizer, max_grad_norms)
        # What is global, the libraries' functions, is not asked for changes at each call.
        unguarded: dict[str, Any] = {"guard_filter_fn": torch.compiler.skip_guard_on_globals_unsafe}
        self._descend = torch.compile(descent, dynamic=True, fullgraph=True, options=unguarded)

    def __call__(self, *arguments: Any) -> dict[str, Tensor]:
        """As of a plain step."""
        groups = self._optimizer.param_groups
        # Tensors, as another number would be compiled anew.
        rates = torch.tensor([group["lr"] for group in groups])
        inputs = [torch.tensor(x) if isinstance(x, float) else x for x in arguments]
        states = [self._optimizer.state[vector] for vector in vectors(self._optimizer)]
        moments = [(s["step"], s["exp_avg"], s["exp_avg_sq"]) for s in states]
        numbers, logged = self._descend(self._vectors, moments, rates, inputs)
        check_finite(numbers.tolist())
        found: dict[str, Tensor] = logged
        return found


def _find_compiler() -> None:
    compiler = os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "g++")
    if shutil.which(compiler) is None:
        raise ConfigError(f"compile_update: needs a C++ compiler, and there is no {compiler}")


def _places(loss: nn.Module, vector: Tensor) -> dict[str, _Place]:
    """Where in ``vector`` the loss's parameters lie, in order; others are not of its group."""
    whole = vector.untyped_storage().data_ptr()
    inside = [
        (name, (tuple(p.shape), p.stride(), int(p.storage_offset())))
        for name, p in loss.named_parameters()
        if p.untyped_storage().data_ptr() == whole
    ]
    return dict(sorted(inside, key=lambda named: named[1][2]))


class _Descent(nn.Module):
    """What is compiled; a module, as numbers that belong to one stay constants."""

    def __init__(
        self, loss: nn.Module, optimizer: torch.optim.Optimizer, max_grad_norms: Sequence[float]
    ) -> None:
        super().__init__()
        self.loss = loss
        self.places = [_places(loss, vector) for vector in vectors(optimizer)]
        self.decays = [(*group["betas"], group["eps"]) for group in optimizer.param_groups]
        self.max_grad_norms = max_grad_norms

    def forward(
        self, gathered: list[Tensor], moments: list[_Moments], rates: Tensor, arguments: list[Any]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Move what is gathered, and the moments; the loss and the norms, and what to log."""
        weights = {
            name: vector.as_strided(*place)
            for vector, group in zip(gathered, self.places, strict=True)
            for name, place in group.items()
        }
        gradients, (loss, logged) = grad_and_value(self._loss_of, has_aux=True)(weights, arguments)
        flat = [_flatten(gradients, group) for group in self.places]
        norms = torch.stack([torch.linalg.vector_norm(gradient) for gradient in flat])
        numbers = torch.cat((loss[None], norms))
        going_on = numbers.isfinite().all()
        for i, scale in enumerate(_scales(norms, self.max_grad_norms)):
            moved = _adam(gathered[i], moments[i], flat[i] * scale, rates[i], *self.decays[i])
            for old, new in zip((gathered[i], *moments[i]), moved, strict=True):
                old.copy_(torch.where(going_on, new, old))
        return numbers, logged

    def _loss_of(
        self, weights: dict[str, Tensor], arguments: list[Any]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        found: tuple[Tensor, dict[str, Tensor]]
        found = functional_call(self.loss, weights, tuple(arguments))
        return found


def _flatten(gradients: dict[str, Tensor], group: dict[str, _Place]) -> Tensor:
    """The gradients of a group in one vector, each as its parameter lies in memory."""
    return torch.cat(
        [
            gradients[name].permute(sorted(range(len(shape)), key=lambda d: -stride[d])).flatten()
            for name, (shape, stride, _) in group.items()
        ]
    )


def _scales(norms: Tensor, max_grad_norms: Sequence[float]) -> list[Tensor]:
    """What each group's gradient is multiplied by; one limit is for all groups together."""
    if len(max_grad_norms) == 1:
        norms = torch.linalg.vector_norm(norms).expand_as(norms)
    limits = norms.new_tensor(max_grad_norms)
    return list((limits / (norms + NORM_EPSILON)).clamp(max=1.0))


def _adam(
    vector: Tensor,
    moments: _Moments,
    gradient: Tensor,
    rate: Tensor,
    decay: float,
    decay_of_squares: float,
    epsilon: float,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The vector, the count of steps and the moments after a step.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
    """
    count, mean, of_squares = moments
    count = count + 1
    mean = mean.lerp(gradient, 1 - decay)
    of_squares = of_squares * decay_of_squares + gradient.square() * (1 - decay_of_squares)
    # In float32 the second correction would lose three of seven digits at the first steps.
    bias = 1 - decay ** count.double()
    bias_of_squares = 1 - decay_of_squares ** count.double()
    root = (of_squares / bias_of_squares.float()).sqrt() + epsilon
    return vector - rate / bias.float() * mean / root, count, mean, of_squares
