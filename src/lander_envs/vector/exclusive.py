"""Mutual exclusion: several threads may call one batch, and each call is whole."""

from __future__ import annotations

import functools
import os
import threading
import weakref
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class Exclusive:
    """Mixin of batches whose calls exclude one another; decorate them with :func:`exclusive`.

    The lock is reentrant, because a call may use another.
    """

    def _make_lock(self) -> None:
        self._lock = threading.RLock()
        _locked_batches.add(self)


_Batch = TypeVar("_Batch", bound=Exclusive)


def exclusive(
    method: Callable[Concatenate[_Batch, _Arguments], _Result],
) -> Callable[Concatenate[_Batch, _Arguments], _Result]:
    """Decorate a method of an :class:`Exclusive` that reads or writes its batch.

    Example:
        >>> from lander_envs.vector.exclusive import Exclusive, exclusive
        >>> class Counter(Exclusive):
        ...     def __init__(self):
        ...         self._make_lock()
        ...         self.count = 0
        ...
        ...     @exclusive
        ...     def increase(self):
        ...         self.count += 1
        >>> counter = Counter()
        >>> counter.increase()
        >>> counter.count
        1
    """

    @functools.wraps(method)
    def locked(self: _Batch, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        with self._lock:
            return method(self, *args, **kwargs)

    return locked


_locked_batches: weakref.WeakSet[Exclusive] = weakref.WeakSet()


def _replace_locks() -> None:
    """Give every batch of a forked process a free lock: the thread that held it is not there."""
    for batch in list(_locked_batches):
        batch._make_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_replace_locks)
