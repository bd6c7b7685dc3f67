"""Spaces of JAX environments, as gymnax has them: their samples are pure functions of a key."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from lander_envs.checks import NOT_CONVERTIBLE


class Discrete:
    """Integers from 0 to ``n - 1``, int32."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.shape: tuple[int, ...] = ()
        self.dtype = jnp.int32

    def sample(self, key: Any) -> jax.Array:
        """Uniform integer."""
        return jax.random.randint(key, self.shape, 0, self.n, self.dtype)

    def contains(self, x: Any) -> jax.Array:
        """Whether ``x`` is one integer of the space, a bool."""
        given = _array(x)
        if given is None or given.shape != () or given.dtype.kind not in "iu":
            return jnp.asarray(False)
        return jnp.asarray((given >= 0) & (given < self.n))


class Box:
    """Arrays between two bounds, as Gymnasium's Box."""

    def __init__(self, low: NDArray[Any], high: NDArray[Any]) -> None:
        self.low, self.high = low, high
        self.shape: tuple[int, ...] = low.shape
        self.dtype = low.dtype

    def sample(self, key: Any) -> jax.Array:
        """Uniform array; integers include both bounds."""
        low, high = jnp.asarray(self.low), jnp.asarray(self.high)
        if self.dtype.kind == "f":
            return jax.random.uniform(key, self.shape, self.dtype, low, high)
        whole = jax.random.randint(
            key, self.shape, low.astype(jnp.int32), high.astype(jnp.int32) + 1
        )
        return whole.astype(self.dtype)

    def contains(self, x: Any) -> jax.Array:
        """Whether ``x`` has the shape and lies between the bounds, a bool."""
        given = _array(x)
        if given is None or given.shape != self.shape or given.dtype.kind not in "fiub":
            return jnp.asarray(False)
        return jnp.asarray((given >= self.low).all() & (given <= self.high).all())


class Dict:
    """Dictionary of spaces."""

    def __init__(self, spaces: dict[str, Any]) -> None:
        self.spaces = spaces

    def sample(self, key: Any) -> dict[str, Any]:
        """Sample of each space."""
        keys = jax.random.split(key, len(self.spaces))
        return {
            name: space.sample(own)
            for own, (name, space) in zip(keys, self.spaces.items(), strict=True)
        }

    def contains(self, x: Any) -> jax.Array:
        """Whether ``x`` is a dict with the names and each part is in its space, a bool."""
        if not isinstance(x, dict) or x.keys() != self.spaces.keys():
            return jnp.asarray(False)
        return jnp.all(jnp.stack([space.contains(x[name]) for name, space in self.spaces.items()]))


def _array(x: object) -> jax.Array | NDArray[Any] | None:
    """Array of a value, with all bits that NumPy gives it; None if there is none."""
    if isinstance(x, jax.Array):
        return x
    try:
        return np.asarray(x)
    except NOT_CONVERTIBLE:
        return None


def from_gymnasium(space: gym.Space[Any]) -> Any:
    """Convert a Box, Discrete or Dict of Gymnasium."""
    if isinstance(space, gym.spaces.Dict):
        return Dict({name: from_gymnasium(part) for name, part in space.items()})
    if isinstance(space, gym.spaces.Discrete):
        return Discrete(int(space.n))
    if isinstance(space, gym.spaces.Box):
        return Box(np.asarray(space.low), np.asarray(space.high))
    raise TypeError(f"space must be a Box, Discrete or Dict, got {space}")
