"""Independent copies of environments, wrappers and their parts."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium.envs.registration import EnvSpec

_Copied = TypeVar("_Copied")


class IndependentCopies:
    """Mixin: a copy shares neither arrays nor random generators with the original.

    ``copy.copy`` is ``copy.deepcopy``. An unpickled object owns its arrays, whether pickle protocol
    5 restored them from its own, from shared or from read-only buffers.

    Example:
        >>> import copy
        >>> import numpy as np
        >>> from lander_envs.copies import IndependentCopies
        >>> class Counter(IndependentCopies):
        ...     def __init__(self):
        ...         self.counts = np.zeros(2, int)
        >>> counter = Counter()
        >>> copy.copy(counter).counts[0] = 5
        >>> counter.counts.tolist()
        [0, 0]
    """

    def __copy__(self: _Copied) -> _Copied:
        """Deep copy."""
        return copy.deepcopy(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Set the attributes, with arrays that the object owns."""
        self.__dict__.update(owned(state))


def owned(value: Any) -> Any:
    """Copy of ``value`` that owns its arrays; other objects in it stay the same.

    Arrays are looked for in dicts, lists, tuples, named tuples, spaces and env specs.
    """
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (gym.Space, EnvSpec)):
        return copy.deepcopy(value)
    if isinstance(value, dict):
        return {key: owned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [owned(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return value
