"""Recycled arrays: a step returns copies into arrays that nobody holds any more.

A fresh array of a megabyte costs its page faults, as much time as drawing a third of its pictures.
"""

from __future__ import annotations

import sys
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAX_ARRAYS = 4  # kept by a pool; a caller may hold more, which are then its own

# Reference counts say who holds an array in CPython with its global lock only.
_COUNTS_ARE_EXACT = (
    sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()
)


class RecycledArrays:
    """Pool of arrays of one shape and dtype.

    ``take`` returns views. An array is free once its views, and views of them, are gone; what a
    caller keeps is never handed out again.

    Args:
        shape: shape of the arrays.
        dtype: dtype of the arrays.

    Example:
        >>> import numpy as np
        >>> from lander_envs.vector.recycling import RecycledArrays
        >>> pool = RecycledArrays((2, 3), np.float32)
        >>> first, second = pool.take(), pool.take()
        >>> np.shares_memory(first, second)
        False
        >>> address = first.ctypes.data
        >>> del first
        >>> pool.take().ctypes.data == address
        True
    """

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self._shape = shape
        self._dtype = dtype
        self._arrays: deque[NDArray[Any]] = deque()

    def take(self) -> NDArray[Any]:
        """Return a view of an array that nobody else holds; its content is arbitrary."""
        for _ in range(len(self._arrays)):
            view = free_view(self._arrays)
            if view is not None:
                return view
        fresh = np.empty(self._shape, self._dtype)
        if _COUNTS_ARE_EXACT:
            self._arrays.append(fresh)
        if len(self._arrays) > _MAX_ARRAYS:
            self._arrays.popleft()
        return fresh.view()


def free_view(arrays: deque[NDArray[Any]]) -> NDArray[Any] | None:
    """Move the first array of a pool to its end; returns a view of it, or None if it is held.

    The array leaves the pool while its references are counted, and the view exists before it comes
    back, so that no other thread can take it too.
    """
    try:
        array = arrays.popleft()
    except IndexError:  # another thread has it
        return None
    view = array.view() if sys.getrefcount(array) <= _FREE else None
    arrays.append(array)
    return view


def references_of_a_free_array() -> int:
    """Reference count that ``free_view`` reads for an array that only it holds."""
    array = deque([np.empty(1)]).popleft()
    return sys.getrefcount(array)


_FREE = references_of_a_free_array()
