"""Operator of PyTorch that steps landers, which ``torch.compile`` keeps in its graph.

A compiler may drop a call whose results nobody reads, and reorder calls that share nothing. The
operator declares that it writes all memory of the landers, so that every step stays, in order. Its
results are new tensors: a graph reads nothing of that memory itself.
"""

from __future__ import annotations

import functools
import itertools
import weakref
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import torch
from torch import Tensor


class Steppable(Protocol):
    """Environments that the operator steps."""

    result_kinds: list[tuple[torch.Size, torch.dtype]]
    """Shape and dtype of each tensor that a step returns."""

    def step_in_graph(self, actions: Tensor, memory: list[Tensor]) -> list[Tensor]:
        """Launch a step that writes ``memory``; returns new tensors."""


_environments: weakref.WeakValueDictionary[int, Steppable] = weakref.WeakValueDictionary()
_numbers = itertools.count()


def register(envs: Steppable) -> int:
    """Number by which the operator finds environments, for as long as they live."""
    number = next(_numbers)
    _environments[number] = envs
    return number


@functools.cache
def step_operator(count: int) -> Callable[..., tuple[Tensor, ...]]:
    """Operator for environments whose step returns ``count`` tensors.

    Its arguments are the checked actions; the tensors that a step writes, in whose places the
    compiler may have put copies; and the number of the environments.
    """

    def step(actions: Tensor, memory: list[Tensor], number: int) -> tuple[Tensor, ...]:
        return tuple(_environments[number].step_in_graph(actions, memory))

    def kinds(actions: Tensor, memory: list[Tensor], number: int) -> tuple[Tensor, ...]:
        found = _environments[number].result_kinds
        return tuple(actions.new_empty(shape, dtype=dtype) for shape, dtype in found)

    returned = ", ".join(["Tensor"] * count)  # a list would not do: PyTorch functionalizes none
    operator = torch.library.custom_op(
        f"lander_envs::step_{count}",
        step,
        mutates_args={"memory"},
        schema=f"(Tensor actions, Tensor(a!)[] memory, int number) -> ({returned})",
    )
    operator.register_fake(kinds)
    return operator


# --- Nested results as lists of tensors -----------------------------------------------------------


def leaves(results: Any) -> list[Tensor]:
    """Tensors of nested tuples and dicts, in order."""
    if isinstance(results, Tensor):
        return [results]
    parts = results.values() if isinstance(results, dict) else results
    return [leaf for part in parts for leaf in leaves(part)]


def form(results: Any) -> Any:
    """Nested tuples and dicts with None in the place of each tensor."""
    if isinstance(results, Tensor):
        return None
    if isinstance(results, dict):
        return {key: form(part) for key, part in results.items()}
    return tuple(form(part) for part in results)


def filled(form: Any, tensors: Iterator[Tensor]) -> Any:
    """Nested tuples and dicts with the next tensor in the place of each None."""
    if form is None:
        return next(tensors)
    if isinstance(form, dict):
        return {key: filled(part, tensors) for key, part in form.items()}
    return tuple(filled(part, tensors) for part in form)
