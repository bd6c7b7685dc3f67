"""Argument checks, each refusing a bad value in one sentence.

Every sentence names the argument, the value it got and what is allowed.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np


def flag(name: str, value: Any) -> bool:
    """Return ``value`` as a bool, or raise ValueError if it is not one."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def real(name: str, value: Any) -> float:
    """Return ``value`` as a float, or raise ValueError if it is not a finite number."""
    try:
        number = float(value) if not isinstance(value, (str, bytes)) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return number


def between(name: str, value: Any, low: float, high: float, *, closed: bool = True) -> float:
    """Return ``value`` as a float inside ``[low, high]`` (``(low, high)`` if not ``closed``)."""
    number = real(name, value)
    inside = low <= number <= high if closed else low < number < high
    if not inside:
        ends = "including the ends" if closed else "excluding the ends"
        raise ValueError(f"{name} must be between {low:g} and {high:g}, {ends}, got {value!r}")
    return number


def whole(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Return ``value`` as an int of at least ``low`` and at most ``high``."""
    allowed = f"at least {low}" if high is None else f"from {low} to {high}"
    try:
        number = low - 1 if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        number = low - 1
    if number < low or (high is not None and number > high):
        raise ValueError(f"{name} must be an integer {allowed}, got {value!r}")
    return number


def one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    """Return ``value`` if it is one of the ``allowed`` strings."""
    if not isinstance(value, str) or value not in allowed:
        choices = ", ".join(repr(choice) for choice in allowed)
        raise ValueError(f"{name} must be one of {choices}, got {value!r}")
    return value


def picture_size(name: str, value: Any) -> tuple[int, int]:
    """Return ``(height, width)`` from one integer or a pair of integers, in pixels."""
    largest = 4096  # pixels a side: ten times the screen, and 16 MB a grey frame
    sides = value if isinstance(value, (list, tuple)) else (value, value)
    if len(sides) != 2:
        raise ValueError(f"{name} must be an integer or a pair [height, width], got {value!r}")
    return whole(name, sides[0], 1, largest), whole(name, sides[1], 1, largest)
