"""Requirements of ``lander_envs.jax``: a supported jax, and an engine that was built for it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from lander_envs import _native

OLDEST_JAX = (0, 8, 0)


def import_jax() -> ModuleType:
    """Import jax.

    Raises:
        ImportError: if it is missing, or older than ``OLDEST_JAX``.
    """
    oldest = ".".join(map(str, OLDEST_JAX))
    try:
        jax = importlib.import_module("jax")
    except ImportError as missing:
        raise ImportError(
            f"lander_envs.jax needs jax {oldest} or later: pip install 'lander-envs[jax]' "
            f"({missing})"
        ) from missing
    if jax.__version_info__ < OLDEST_JAX:
        raise ImportError(
            f"lander_envs.jax needs jax {oldest} or later, but jax {jax.__version__} is installed"
        )
    return jax


def register_targets(jax: Any, targets: Mapping[str, Any], platform: str = "cpu") -> None:
    """Register the engine's custom calls with XLA.

    Args:
        jax: the module jax.
        targets: capsules by name, from the engine.
        platform: "cpu" or "CUDA".

    Raises:
        ImportError: if the engine was built without them, or this jax refuses them.
    """
    if not targets:
        raise ImportError(
            "this build of lander_envs has no custom calls for JAX: install a wheel for your "
            "platform, or build with the environment variable LANDER_ENVS_JAX=1, which takes XLA's "
            "headers from jaxlib"
        )
    for name, target in targets.items():
        try:
            jax.ffi.register_ffi_target(name, target, platform=platform)
        except Exception as refused:
            raise ImportError(
                f"jax {jax.__version__} refuses the custom calls of this build of lander_envs: "
                f"install another release of one of them ({refused})"
            ) from refused


register_targets(import_jax(), _native.jax_targets())
register_targets(import_jax(), _native.jax_cuda_targets(), "CUDA")
