"""Kernels of the custom calls on GPUs: compiled, and handed to the engine."""

from __future__ import annotations

import ctypes
import functools

import jax

from lander_envs import _native
from lander_envs.cuda.compiler import MIN_CAPABILITY, Compiler
from lander_envs.cuda.libraries import driver_library

KERNELS = "pure_kernels"

# Functions of libcuda, in the order of CudaFunctions (native/python/jax_cuda_targets.h).
_FUNCTIONS = (
    *("cuDeviceGet", "cuDevicePrimaryCtxRetain", "cuCtxPushCurrent_v2", "cuCtxPopCurrent_v2"),
    *("cuModuleLoadData", "cuModuleGetFunction", "cuLaunchKernel"),
)


def load_kernels() -> None:
    """Compile and load the kernels, if JAX's default device is an NVIDIA GPU.

    Raises:
        RuntimeError: if the GPU is older than Ampere.
        gymnasium.error.DependencyNotInstalled: if the driver or NVRTC is not installed.
    """
    device = jax.devices()[0]
    if device.platform == "gpu":
        load_for(str(device.compute_capability))


@functools.cache
def load_for(capability: str) -> None:
    """Compile and load the kernels for a compute capability such as "9.0", once in a process."""
    major, minor = map(int, capability.split("."))
    if (major, minor) < MIN_CAPABILITY:
        least = ".".join(map(str, MIN_CAPABILITY))
        raise RuntimeError(
            f"the GPU must have compute capability {least} or higher, got {capability}"
        )
    cubin = Compiler().cubin(KERNELS, (major, minor))
    library = driver_library()
    addresses = [ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in _FUNCTIONS]
    _native.start_jax_cuda([address or 0 for address in addresses], cubin)
