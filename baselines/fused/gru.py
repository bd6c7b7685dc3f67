"""GRU in C++, forward and backward, for the gradient steps of recurrent agents on the CPU.

PyTorch runs a GRU on a processor gate by gate and step by step. ``gru.cpp`` makes a whole sequence
one call, and the products of inputs and gradients with weights are one for all steps.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from baselines.fused.library import address, load_library
from baselines.runs.config import ConfigError

_SOURCE = Path(__file__).with_suffix(".cpp")
_WIDEST = 16  # numbers in the widest vectors: units have to fill them
# The source reads float32, whatever autocast is around it.
_in_float32 = functools.partial(torch.autocast, "cpu", enabled=False)
_PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")  # PyTorch's names


class FusedGRU:
    """Sequences through a GRU, equal to PyTorch's but for rounding.

    No gradient flows through the states after the last step, which truncated backpropagation
    through time needs none of.

    Args:
        cell: holds the parameters.

    Raises:
        ConfigError: for units that do not fill vectors, and for a GPU.
        NoCompilerError: without a C++ compiler that compiles the source.
    """

    def __init__(self, cell: nn.GRU) -> None:
        if cell.hidden_size % _WIDEST:
            raise ConfigError(
                f"memory_size: must be a multiple of {_WIDEST} with fused, got {cell.hidden_size}"
            )
        if cell.get_parameter("weight_ih_l0").device.type != "cpu":
            raise ConfigError("fused: only with device: cpu, got True")
        self._cell = cell
        self._library = load_library(_SOURCE)

    def __reduce__(self) -> tuple[type[FusedGRU], tuple[nn.GRU]]:
        """Copies have the copied cell; a library cannot be copied."""
        return FusedGRU, (self._cell,)

    def __call__(self, inputs: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs (steps, n, size) of inputs (steps, n, n_in), and states (layers, n, size)."""
        last = []
        with _in_float32():
            inputs = inputs.float()
            for layer, first in enumerate(states.float()):
                parameters = [self._cell.get_parameter(f"{name}_l{layer}") for name in _PARAMETERS]
                inputs = _unrolled(self._library, inputs, first, *parameters)
                last.append(inputs[-1].detach())
        return inputs, torch.stack(last)


class _Sequence(ctypes.Structure):
    """The source's structure, field by field."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in ("steps", "n", "size")),
        *((name, ctypes.c_void_p) for name in ("first", "gates", "states", "candidates_of_state")),
    ]


class _Layer(torch.autograd.Function):
    """One layer of a GRU over sequences of inputs (steps, n, n_in), from first states (n, size)."""

    @staticmethod
    def forward(
        ctx: Any,
        library: ctypes.CDLL,
        inputs: Tensor,
        first: Tensor,
        weight_ih: Tensor,
        weight_hh: Tensor,
        bias_ih: Tensor,
        bias_hh: Tensor,
    ) -> Tensor:
        gates = nn.functional.linear(inputs, weight_ih, bias_ih)
        states = inputs.new_empty((*inputs.shape[:2], first.shape[1]))
        first, share = first.contiguous(), torch.empty_like(states)
        sequence = _Sequence(*states.shape, *map(address, (first, gates, states, share)))
        weights = weight_hh.t().contiguous()
        if library.forward(ctypes.byref(sequence), *map(_pointer, (weights, bias_hh))):
            raise MemoryError("minibatch_size: there is not enough memory for its sequences")
        ctx.library = library
        ctx.save_for_backward(inputs, weight_ih, weight_hh, first, gates, states, share)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (of_outputs,) = gradients
        inputs, weight_ih, weight_hh, *known = ctx.saved_tensors
        first, gates, states, _ = known
        of_inputs, of_states = torch.empty_like(gates), torch.empty_like(gates)
        of_first = torch.zeros_like(first)
        sequence = _Sequence(*states.shape, *map(address, known))
        given = (weight_hh.contiguous(), of_outputs.contiguous())
        pointers = map(_pointer, (*given, of_inputs, of_states, of_first))
        ctx.library.backward(ctypes.byref(sequence), *pointers)
        before = torch.cat((first[None], states[:-1])).flatten(0, 1)
        own, of_states = of_inputs.flatten(0, 1), of_states.flatten(0, 1)
        with _in_float32():
            return (
                None,  # of the library
                of_inputs @ weight_ih if ctx.needs_input_grad[1] else None,
                of_first,
                own.t() @ inputs.flatten(0, 1),
                of_states.t() @ before,
                own.sum(0),
                of_states.sum(0),
            )


def _pointer(tensor: Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(address(tensor))


# PyTorch's apply has no types.
_unrolled: Callable[..., Tensor] = _Layer.apply
