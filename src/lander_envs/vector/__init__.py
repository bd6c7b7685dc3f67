"""Vector environments: what ``gym.make_vec`` builds for each id.

One function an id, because Gymnasium calls a vector entry point without telling it the id.
"""

from __future__ import annotations

from typing import Any

from gymnasium.vector import VectorEnv

from lander_envs.vector.sync import make_sync


def lander(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Vector form of ``lander_envs/Lander-v0``; see :func:`lander_envs.vector.sync.make_sync`."""
    return make_sync("lander_envs/Lander-v0", num_envs, **kwargs)


def masked_velocity(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Vector form of ``lander_envs/MaskedVelocityLander-v0``."""
    return make_sync("lander_envs/MaskedVelocityLander-v0", num_envs, **kwargs)


def normalized(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Vector form of ``lander_envs/NormalizedLander-v0``."""
    return make_sync("lander_envs/NormalizedLander-v0", num_envs, **kwargs)


def pixel(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Vector form of ``lander_envs/PixelLander-v0``."""
    return make_sync("lander_envs/PixelLander-v0", num_envs, **kwargs)


def shaped(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Vector form of ``lander_envs/ShapedLander-v0``."""
    return make_sync("lander_envs/ShapedLander-v0", num_envs, **kwargs)
