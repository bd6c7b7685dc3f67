"""Compiled gradient steps: loss, gradient, clipping and Adam as one compiled function.

With small minibatches the time goes into calls, and a compiled loss still leaves those of autograd
and of the optimiser. ``torch.func`` makes the gradient a function too, so that all of it is one
call.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value

from baselines.optim.flat_adam import NORM_EPSILON, FlatAdam

Metrics = dict[str, Tensor]
Loss = Callable[..., tuple[Tensor, Metrics]]
"""Loss of a network and some arguments: a scalar, and metrics to log."""

# Shape, stride and offset of a parameter in its group's vector.
_Place = tuple[tuple[int, ...], tuple[int, ...], int]
_Moments = tuple[Tensor, Tensor, Tensor]  # step count, first and second moment of a group


class NoCompilerError(RuntimeError):
    """No C++ compiler, which ``torch.compile`` needs on processors."""


class CompiledStep:
    """Compiled gradient step; equal to the plain one but for rounding.

    The plain one is ``zero_grad``, ``backward``, ``clip_gradients`` and ``step`` of
    :class:`~baselines.optim.flat_adam.FlatAdam`. The first call compiles, in half a minute, for
    minibatches of any size.

    Args:
        loss: of ``network`` and the arguments of a call.
        network: its parameters are the optimiser's.
        optimizer: holds moments and learning rates.
        max_grad_norms: as of ``clip_gradients``.

    Raises:
        NoCompilerError: without a C++ compiler.
    """

    def __init__(
        self, loss: Loss, network: nn.Module, optimizer: FlatAdam, max_grad_norms: Sequence[float]
    ) -> None:
        find_compiler()
        self._optimizer = optimizer
        self._vectors = [vector.detach() for vector in optimizer.vectors]
        step = _GradientStep(_Bound(loss, network), optimizer, max_grad_norms)
        # Guards on global names are skipped; the libraries' functions do not change.
        unguarded: dict[str, Any] = {"guard_filter_fn": torch.compiler.skip_guard_on_globals_unsafe}
        self._step = torch.compile(step, dynamic=True, fullgraph=True, options=unguarded)

    def __call__(self, *arguments: Any) -> Metrics:
        """Takes one gradient step; returns the metrics to log."""
        groups = self._optimizer.param_groups
        # Numbers become tensors, since another number would be compiled anew.
        rates = torch.tensor([group["lr"] for group in groups])
        inputs = [torch.tensor(x) if isinstance(x, float) else x for x in arguments]
        states = [self._optimizer.state[vector] for vector in self._optimizer.vectors]
        moments = [(s["step"], s["exp_avg"], s["exp_avg_sq"]) for s in states]
        numbers, metrics = self._step(self._vectors, moments, rates, inputs)
        self._optimizer.examine(numbers)
        found: Metrics = metrics
        return found


def find_compiler(setting: str = "compile_update") -> str:
    """The C++ compiler that ``CXX`` names, or the system's; NoCompilerError without one."""
    compiler = os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "g++")
    if shutil.which(compiler) is None:
        raise NoCompilerError(f"{setting}: needs a C++ compiler, and there is no {compiler}")
    return compiler


class _Bound(nn.Module):
    """A loss as a module, so that ``functional_call`` can replace the network's weights."""

    def __init__(self, loss: Loss, network: nn.Module) -> None:
        super().__init__()
        self.loss, self.network = loss, network

    def forward(self, *arguments: Any) -> tuple[Tensor, Metrics]:
        return self.loss(self.network, *arguments)


class _GradientStep(nn.Module):
    """The compiled function; a module, since numbers that belong to one stay constants."""

    def __init__(
        self, loss: nn.Module, optimizer: FlatAdam, max_grad_norms: Sequence[float]
    ) -> None:
        super().__init__()
        self.loss = loss
        self.places = [_places(loss, vector) for vector in optimizer.vectors]
        self.decays = [(*group["betas"], group["eps"]) for group in optimizer.param_groups]
        self.max_grad_norms = max_grad_norms

    def forward(
        self, vectors: list[Tensor], moments: list[_Moments], rates: Tensor, arguments: list[Any]
    ) -> tuple[Tensor, Metrics]:
        """Move ``vectors`` and ``moments``; returns the loss and the norms, and the metrics."""
        weights = {
            name: vector.as_strided(*place)
            for vector, group in zip(vectors, self.places, strict=True)
            for name, place in group.items()
        }
        gradients, (loss, metrics) = grad_and_value(self._loss_of, has_aux=True)(weights, arguments)
        flat = [_flatten(gradients, group) for group in self.places]
        norms = torch.stack([torch.linalg.vector_norm(gradient) for gradient in flat])
        numbers = torch.cat((loss[None], norms))
        is_finite = numbers.isfinite().all()
        for i, scale in enumerate(_scales(norms, self.max_grad_norms)):
            moved = _adam(vectors[i], moments[i], flat[i] * scale, rates[i], *self.decays[i])
            for old, new in zip((vectors[i], *moments[i]), moved, strict=True):
                old.copy_(torch.where(is_finite, new, old))
        return numbers, metrics

    def _loss_of(self, weights: dict[str, Tensor], arguments: list[Any]) -> tuple[Tensor, Metrics]:
        found: tuple[Tensor, Metrics] = functional_call(self.loss, weights, tuple(arguments))
        return found


def _places(loss: nn.Module, vector: Tensor) -> dict[str, _Place]:
    """Places in ``vector`` of the loss's parameters, in order; others are not of its group."""
    whole = vector.untyped_storage().data_ptr()
    inside = [
        (name, (tuple(p.shape), p.stride(), int(p.storage_offset())))
        for name, p in loss.named_parameters()
        if p.untyped_storage().data_ptr() == whole
    ]
    return dict(sorted(inside, key=lambda named: named[1][2]))


def _flatten(gradients: dict[str, Tensor], group: dict[str, _Place]) -> Tensor:
    """Gradients of a group in one vector, each in its parameter's memory order."""
    return torch.cat(
        [
            gradients[name].permute(sorted(range(len(shape)), key=lambda d: -stride[d])).flatten()
            for name, (shape, stride, _) in group.items()
        ]
    )


def _scales(norms: Tensor, max_grad_norms: Sequence[float]) -> list[Tensor]:
    """Factor of each group's gradient; one limit is for all groups together."""
    if len(max_grad_norms) == 1:
        norms = torch.linalg.vector_norm(norms).expand_as(norms)
    limits = norms.new_tensor(max_grad_norms)
    return list((limits / (norms + NORM_EPSILON)).clamp(max=1.0))


def _adam(
    vector: Tensor,
    moments: _Moments,
    gradient: Tensor,
    rate: Tensor,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Vector, step count and moments after a step.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
    """
    count, mean, mean_square = moments
    count = count + 1
    mean = mean.lerp(gradient, 1 - beta_1)
    mean_square = mean_square * beta_2 + gradient.square() * (1 - beta_2)
    # In float32 the second correction would lose three of seven digits at the first steps.
    correction_1 = 1 - beta_1 ** count.double()
    correction_2 = 1 - beta_2 ** count.double()
    root = (mean_square / correction_2.float()).sqrt() + epsilon
    return vector - rate / correction_1.float() * mean / root, count, mean, mean_square
