"""Vector entry points, one function per id: Gymnasium calls them without the id.

The native backend gives the classes of this package, ``backend="box2d"`` Gymnasium's SyncVectorEnv,
and ``device="cuda"`` the forms on a GPU.
"""

from __future__ import annotations

from typing import Any

from gymnasium.error import DependencyNotInstalled
from gymnasium.vector import VectorEnv

from lander_envs.backends import BACKENDS, DEFAULT_BACKEND
from lander_envs.checks import one_of, picture_size, shown
from lander_envs.transforms.pixels import OBS_SIZE, PictureSize
from lander_envs.vector.lander import LanderVectorEnv
from lander_envs.vector.pixel import PixelLanderVectorEnv
from lander_envs.vector.sync import make_sync
from lander_envs.vector.variants import (
    MaskedVelocityLanderVectorEnv,
    NormalizedLanderVectorEnv,
    ShapedLanderVectorEnv,
)

CPU = "cpu"  # the default device


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
    larger = not PictureSize(height, width, grayscale=True).fits_the_screen
    if larger and kwargs.get("device", CPU) == CPU:
        kwargs.pop("device", None)
        return make_sync("lander_envs/PixelLander-v0", num_envs, **kwargs)
    return _make(PixelLanderVectorEnv, "lander_envs/PixelLander-v0", num_envs, kwargs)


def shaped(num_envs: int = 1, **kwargs: Any) -> VectorEnv[Any, Any, Any]:
    """Build the vector form of ``lander_envs/ShapedLander-v0``."""
    return _make(ShapedLanderVectorEnv, "lander_envs/ShapedLander-v0", num_envs, kwargs)


def _make(
    native: type[LanderVectorEnv], env_id: str, num_envs: int, kwargs: dict[str, Any]
) -> VectorEnv[Any, Any, Any]:
    backend = one_of("backend", kwargs.pop("backend", DEFAULT_BACKEND), BACKENDS)
    device = kwargs.pop("device", CPU)
    if device != CPU:
        return _make_on_device(native, backend, num_envs, {**kwargs, "device": device})
    if backend == "native":
        return native(num_envs, **kwargs)
    return make_sync(env_id, num_envs, backend=backend, **kwargs)


def _make_on_device(
    native: type[LanderVectorEnv], backend: str, num_envs: int, kwargs: dict[str, Any]
) -> VectorEnv[Any, Any, Any]:
    if backend != DEFAULT_BACKEND:
        raise ValueError(
            f"device must be {CPU!r} with backend={backend!r}, got {shown(kwargs['device'])}"
        )
    try:
        from lander_envs.vector.device import device_form
    except ModuleNotFoundError as missing:
        if missing.name != "torch":
            raise
        raise DependencyNotInstalled(
            f"device={shown(kwargs['device'])} needs PyTorch: try `pip install torch`"
        ) from missing
    return device_form(native)(num_envs, **kwargs)
