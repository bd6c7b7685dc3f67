"""Floating-point environment: rounding to nearest and subnormal numbers, whatever the caller set.

The engine has the same guard (native/host/floating_point.h); this one is for sums in Python and
NumPy, and for Box2D.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from lander_envs._native import default_floating_point

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

__all__ = ["default_floating_point", "in_default_floating_point"]


def in_default_floating_point(
    function: Callable[_Arguments, _Result],
) -> Callable[_Arguments, _Result]:
    """Decorate a function whose arithmetic must not depend on the caller's thread.

    Example:
        >>> from lander_envs.floating_point import in_default_floating_point
        >>> @in_default_floating_point
        ... def mean(first, second):
        ...     return (first + second) / 2
        >>> mean(1.0, 2.0)
        1.5
    """

    @functools.wraps(function)
    def computed(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        with default_floating_point:
            return function(*args, **kwargs)

    return computed
