"""Vector entry points, one function per id: Gymnasium calls them without the id.

The native backend gives the classes of this package, ``backend="box2d"`` Gymnasium's SyncVectorEnv.
"""

from __future__ import annotations

from typing import Any

from gymnasium.vector import VectorEnv

from lander_envs.backends import BACKENDS, DEFAULT_BACKEND
from lander_envs.checks import one_of, picture_size
from lander_envs.transforms.pixels import OBS_SIZE, PictureSize
from lander_envs.vector.lander import LanderVectorEnv
from lander_envs.vector.pixel import PixelLanderVectorEnv
from lander_envs.vector.sync import make_sync
from lander_envs.vector.variants import (
    MaskedVelocityLanderVectorEnv,
    NormalizedLanderVectorEnv,
    ShapedLanderVectorEnv,
)


def lander(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Build the vector form of ``lander_envs/Lander-v0``."""
    return _make(LanderVectorEnv, "lander_envs/Lander-v0", num_envs, kwargs)


def lander_continuous(
    num_envs: int = 1, continuous: bool = True, **kwargs: Any
) -> VectorEnv[Any, Any, Any]:
    """Build the vector form of ``lander_envs/LanderContinuous-v0``."""
    kwargs["continuous"] = continuous
    return _make(LanderVectorEnv, "lander_envs/LanderContinuous-v0", num_envs, kwargs)


def masked_velocity(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Build the vector form of ``lander_envs/MaskedVelocityLander-v0``."""
    env_id = "lander_envs/MaskedVelocityLander-v0"
    return _make(MaskedVelocityLanderVectorEnv, env_id, num_envs, kwargs)


def normalized(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Build the vector form of ``lander_envs/NormalizedLander-v0``."""
    return _make(NormalizedLanderVectorEnv, "lander_envs/NormalizedLander-v0", num_envs, kwargs)


def pixel(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Build the vector form of ``lander_envs/PixelLander-v0``.

    A SyncVectorEnv if a side of the frames is longer than the screen's: the native engine does not
    draw such frames.
    """
    height, width = picture_size("obs_size", kwargs.get("obs_size", OBS_SIZE))
    if not PictureSize(height, width, grayscale=True).fits_the_screen:
        return make_sync("lander_envs/PixelLander-v0", num_envs, **kwargs)
    return _make(PixelLanderVectorEnv, "lander_envs/PixelLander-v0", num_envs, kwargs)


def shaped(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Build the vector form of ``lander_envs/ShapedLander-v0``."""
    return _make(ShapedLanderVectorEnv, "lander_envs/ShapedLander-v0", num_envs, kwargs)


def _make(
    native: type[LanderVectorEnv], env_id: str, num_envs: int, kwargs: dict[str, Any]
) -> VectorEnv[Any, Any, Any]:
    backend = one_of("backend", kwargs.pop("backend", DEFAULT_BACKEND), BACKENDS)
    if backend == "native":
        return native(num_envs, **kwargs)
    return make_sync(env_id, num_envs, backend=backend, **kwargs)
