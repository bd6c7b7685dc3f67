"""Adam over flat parameters: all parameters of a group in one vector.

Small networks spend their time in calls: zeroing, norm, scaling and Adam over a dozen tensors take
longer than their arithmetic. Over one vector, each is one operation.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

NORM_EPSILON = 1e-6  # as in torch.nn.utils.clip_grad_norm_, so that both scale alike


class NonFiniteError(RuntimeError):
    """Loss or gradient that is NaN or infinite: the run stops, its last checkpoint stays."""


class FlatAdam(torch.optim.Adam):
    """Adam with flat parameters.

    Adam scales each parameter by itself, so that several groups are several optimisers in one.

    Attributes:
        checks_at_once: read the norms of each gradient step. Otherwise no step waits for a GPU, and
            :meth:`check_finite` reads those of all steps since its last call.

    Args:
        groups: parameters and learning rate of each group; the parameters become views of the
            group's vector.
        eps: added to the root of the second moment.
    """

    def __init__(
        self, groups: Iterable[tuple[Iterable[nn.Parameter], float]], eps: float = 1e-8
    ) -> None:
        flat = [{"params": [flatten(parameters)], "lr": rate} for parameters, rate in groups]
        super().__init__(flat, eps=eps, fused=True)
        self.checks_at_once = True
        self._unchecked: list[Tensor] = []  # loss and norms of gradient steps
        for vector in self.vectors:
            # Adam's own state before its first step.
            self.state[vector] = {
                "step": torch.zeros((), device=vector.device),
                "exp_avg": torch.zeros_like(vector),
                "exp_avg_sq": torch.zeros_like(vector),
            }

    @property
    def vectors(self) -> list[nn.Parameter]:
        """Flat parameters, a vector a group."""
        return [vector for group in self.param_groups for vector in group["params"]]

    @property
    def gradients(self) -> list[Tensor]:
        """Flat gradients, a vector a group."""
        return [vector.grad for vector in self.vectors if vector.grad is not None]

    def zero_grad(self, set_to_none: bool = False) -> None:
        """Zero the gradients in place: the parameters' gradients are views of them."""
        for gradient in self.gradients:
            gradient.zero_()

    def clip_gradients(self, loss: Tensor, *max_grad_norms: float) -> None:
        """Gradient clipping by norm.

        Args:
            loss: scalar that the gradients are of.
            max_grad_norms: one norm for the whole gradient, or one for each group.

        Raises:
            NonFiniteError: if the loss or a gradient is not finite, and ``checks_at_once``.
        """
        gradients = self.gradients
        # One transfer, as each of them waits for the device.
        numbers = torch.stack([loss.detach(), *map(torch.linalg.vector_norm, gradients)])
        read = self.examine(numbers)
        if not read:
            _clip_on_device(gradients, numbers[1:].double(), max_grad_norms)
            return
        norms = read[1:]
        if len(max_grad_norms) == 1:
            norms, max_grad_norms = [math.hypot(*norms)] * len(norms), max_grad_norms * len(norms)
        for gradient, norm, limit in zip(gradients, norms, max_grad_norms, strict=True):
            if norm > limit:
                gradient.mul_(limit / (norm + NORM_EPSILON))

    def examine(self, numbers: Tensor) -> list[float]:
        """Loss and norms of a gradient step, or an empty list until :meth:`check_finite`.

        Raises:
            NonFiniteError: if one of them is not finite, and ``checks_at_once``.
        """
        if not self.checks_at_once:
            self._unchecked.append(numbers)
            return []
        read: list[float] = numbers.tolist()
        _require_finite(read)
        return read

    def check_finite(self) -> None:
        """Check the gradient steps since the last call.

        Raises:
            NonFiniteError: if the loss or a norm of one of them is not finite.
        """
        waiting, self._unchecked = self._unchecked, []
        if waiting:
            for read in torch.stack(waiting).tolist():
                _require_finite(read)

    def tensors(self) -> dict[str, Tensor]:
        """Moments and step counts for a checkpoint, named by group."""
        return {
            f"optimizer.{group}.{key}": value
            for group, vector in enumerate(self.vectors)
            for key, value in self.state[vector].items()
        }

    def load_tensors(self, tensors: dict[str, Tensor]) -> None:
        """Inverse of :meth:`tensors`; ValueError for tensors of another optimiser."""
        left = {key: value for key, value in tensors.items() if key.startswith("optimizer.")}
        for group, vector in enumerate(self.vectors):
            prefix = f"optimizer.{group}."
            for name in [key for key in left if key.startswith(prefix)]:
                value = left.pop(name)
                if value.ndim and value.shape != vector.shape:
                    raise ValueError(
                        f"{name} must have shape {tuple(vector.shape)}, got {tuple(value.shape)}"
                    )
                self.state[vector][name.removeprefix(prefix)] = value.to(vector.device)
        if left:
            raise ValueError(f"the optimiser has other groups than the checkpoint: {min(left)}")


def flatten(parameters: Iterable[nn.Parameter]) -> nn.Parameter:
    """One vector of all trained ``parameters``, and one of their gradients.

    The parameters become views of the vector, and their gradients views of its gradient, which
    must stay where it is: zero it in place.
    """
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    # In memory order, so that channels_last stays channels_last.
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


def _require_finite(numbers: list[float]) -> None:
    if not all(map(math.isfinite, numbers)):
        raise NonFiniteError(
            f"the loss and the norms of its gradient are {numbers}: the run stops here, "
            "and its last checkpoint stays as it is"
        )


def _clip_on_device(
    gradients: list[Tensor], norms: Tensor, max_grad_norms: tuple[float, ...]
) -> None:
    """Gradient clipping as in :meth:`FlatAdam.clip_gradients`, which reads no number."""
    if len(max_grad_norms) == 1:
        norms = torch.linalg.vector_norm(norms).expand_as(norms)
        max_grad_norms = max_grad_norms * len(norms)
    for gradient, norm, limit in zip(gradients, norms, max_grad_norms, strict=True):
        scale = torch.where(norm > limit, limit / (norm + NORM_EPSILON), 1.0)
        gradient.mul_(scale)
