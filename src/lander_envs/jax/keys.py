"""Keys of JAX as seeds of the engine's random stream."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from lander_envs import checks

_WORD_BITS = 32
_MAX_SEED = 2**64 - 1


def seed_key(seed: int) -> NDArray[np.uint32]:
    """Key with which an episode starts as Gymnasium's ``reset(seed=seed)`` starts it.

    Args:
        seed: integer from 0 to ``2**64 - 1``.

    Returns:
        The seed's 32-bit words, lowest first: uint32 of shape (2,).

    Raises:
        ValueError: if ``seed`` is outside its range.

    Example:
        >>> from lander_envs.jax import seed_key
        >>> seed_key(7).tolist()
        [7, 0]
    """
    number = checks.whole("seed", seed, 0, _MAX_SEED)
    return np.array([number % 2**_WORD_BITS, number >> _WORD_BITS], np.uint32)


def key_words(key: Any) -> jax.Array:
    """Words of a key, uint32 of shape (words,).

    Args:
        key: one key of ``jax.random.key`` or ``jax.random.PRNGKey``, or words, lowest first.

    Raises:
        ValueError: if ``key`` is not one key.
    """
    typed = isinstance(key, jax.Array) and jnp.issubdtype(key.dtype, jax.dtypes.prng_key)
    words = jax.random.key_data(key) if typed else key
    if getattr(words, "dtype", None) != np.uint32 or words.ndim != 1 or words.size == 0:
        kind = getattr(key, "dtype", type(key).__name__)
        raise ValueError(
            "key must be one key of JAX or uint32 words of shape (words,), got "
            f"{kind} of shape {getattr(key, 'shape', ())}; seed_key(seed) makes one of a seed, and "
            "jax.vmap takes several"
        )
    return jnp.asarray(words)
