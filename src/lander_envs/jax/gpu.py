"""Kernels of the custom calls on GPUs: compiled, and handed to the engine."""

from __future__ import annotations

import ctypes
import functools

import jax

from lander_envs import _native
from lander_envs.cuda.compiler import MIN_CAPABILITY, Compiler
from lander_envs.cuda.libraries import driver_library
from lander_envs.transforms.pixels import PictureSize

KERNELS = "pure_kernels"
PICTURE_KERNELS = "pure_picture_kernels"

# Functions of libcuda, in the order of CudaFunctions (native/python/jax_cuda.h).
_FUNCTIONS = (
    *("cuDeviceGet", "cuDevicePrimaryCtxRetain", "cuCtxPushCurrent_v2", "cuCtxPopCurrent_v2"),
    *("cuModuleLoadData", "cuModuleGetFunction", "cuLaunchKernel"),
    *("cuMemcpyDtoDAsync_v2", "cuMemsetD8Async"),
    *("cuMemAlloc_v2", "cuMemcpyHtoDAsync_v2", "cuStreamSynchronize"),
)


def load_kernels(picture: PictureSize | None) -> None:
    """Compile and load the kernels of a variant, if JAX's default device is an NVIDIA GPU.

    Args:
        picture: size of the pictures; None for a variant without.

    Raises:
        ValueError: if a thread of a GPU cannot draw a cell of the pictures.
        RuntimeError: if the GPU is older than Ampere.
        gymnasium.error.DependencyNotInstalled: if the driver or NVRTC is not installed.
    """
    device = jax.devices()[0]
    if device.platform != "gpu":
        return
    capability = str(device.compute_capability)
    if picture is not None:
        _native.check_gpu_picture(picture.height, picture.width)
        load_for(capability, PICTURE_KERNELS)
    load_for(capability, KERNELS)


@functools.cache
def load_for(capability: str, kernels: str) -> None:
    """Compile and load a file of kernels for a compute capability such as "9.0", once a process."""
    major, minor = map(int, capability.split("."))
    if (major, minor) < MIN_CAPABILITY:
        least = ".".join(map(str, MIN_CAPABILITY))
        raise RuntimeError(
            f"the GPU must have compute capability {least} or higher, got {capability}"
        )
    image = Compiler().image(kernels, (major, minor))
    library = driver_library()
    addresses = [ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in _FUNCTIONS]
    _native.start_jax_cuda([address or 0 for address in addresses], kernels, image)
