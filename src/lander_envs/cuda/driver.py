"""GPUs by NVIDIA's driver interface: loads the kernels and launches them on PyTorch's stream."""

from __future__ import annotations

import ctypes
import functools
from typing import Any

import torch

from lander_envs.cuda.compiler import MIN_CAPABILITY, Compiler
from lander_envs.cuda.libraries import driver_library

BLOCK = 128  # threads; the kernels are compiled for it (native/kernels/launch.h)
_CAPABILITY_ATTRIBUTES = (75, 76)  # major and minor compute capability


class CudaError(RuntimeError):
    """Call of NVIDIA's driver that failed."""


class Gpu:
    """One GPU with the kernels that were asked for.

    Args:
        index: number of the GPU, as PyTorch counts them.

    Raises:
        CudaError: if the driver refuses, or the GPU is older than Ampere.
        gymnasium.error.DependencyNotInstalled: if the driver or NVRTC is not installed.
    """

    def __init__(self, index: int) -> None:
        self.index = index
        self._cuda = driver_library()
        self._call("cuInit", 0)
        device = ctypes.c_int()
        self._call("cuDeviceGet", ctypes.byref(device), index)
        self._capability = self._capability_of(device)
        if self._capability < MIN_CAPABILITY:
            major, minor = self._capability
            raise CudaError(
                f"cuda:{index} must have compute capability {MIN_CAPABILITY[0]}."
                f"{MIN_CAPABILITY[1]} or higher, got {major}.{minor}"
            )
        self._context = ctypes.c_void_p()  # the one that PyTorch uses
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(self._context), device)
        self._compiler = Compiler()
        self._modules: dict[str, ctypes.c_void_p] = {}
        self._functions: dict[str, ctypes.c_void_p] = {}

    def load(self, kernels: str, *names: str) -> None:
        """Load kernels of a file in ``native/kernels``; compiles it if it is not in the cache."""
        if kernels in self._modules:
            return
        image = self._compiler.image(kernels, self._capability)
        module = ctypes.c_void_p()
        with self._current():
            self._call("cuModuleLoadData", ctypes.byref(module), image)
            for name in names:
                function = ctypes.c_void_p()
                self._call("cuModuleGetFunction", ctypes.byref(function), module, name.encode())
                self._functions[name] = function
        self._modules[kernels] = module

    def launch(self, name: str, threads: int, arguments: ctypes.Structure) -> None:
        """Launch a kernel on PyTorch's current stream, without waiting for it.

        Args:
            name: the kernel's name.
            threads: number of threads; the last block may have more.
            arguments: the kernel's one parameter, which is copied.
        """
        parameters = (ctypes.c_void_p * 1)(ctypes.addressof(arguments))
        stream = ctypes.c_void_p(current_stream(self.index))
        blocks = -(-threads // BLOCK)
        with self._current():
            self._call(
                *("cuLaunchKernel", self._functions[name]),
                *(blocks, 1, 1, BLOCK, 1, 1),
                *(0, stream, parameters, None),
            )

    def _capability_of(self, device: ctypes.c_int) -> tuple[int, int]:
        found = []
        for attribute in _CAPABILITY_ATTRIBUTES:
            value = ctypes.c_int()
            self._call("cuDeviceGetAttribute", ctypes.byref(value), attribute, device)
            found.append(value.value)
        return found[0], found[1]

    def _current(self) -> _CurrentContext:
        return _CurrentContext(self)

    def _call(self, name: str, *arguments: Any) -> None:
        """Call a function of the driver; CudaError if it fails."""
        code = getattr(self._cuda, name)(*arguments)
        if code != 0:
            text = ctypes.c_char_p()
            self._cuda.cuGetErrorName(code, ctypes.byref(text))
            reason = (text.value or b"an unknown error").decode()
            raise CudaError(f"{name} on cuda:{self.index} failed with {reason} ({code})")


class _CurrentContext:
    """Context manager: the GPU's context is the calling thread's."""

    def __init__(self, gpu: Gpu) -> None:
        self._gpu = gpu

    def __enter__(self) -> None:
        self._gpu._call("cuCtxPushCurrent_v2", self._gpu._context)

    def __exit__(self, *error: object) -> None:
        self._gpu._call("cuCtxPopCurrent_v2", ctypes.byref(ctypes.c_void_p()))


def current_stream(index: int) -> int:
    """Address of PyTorch's current stream on a GPU."""
    return int(torch.cuda.current_stream(index).cuda_stream)


@functools.cache
def gpu(index: int) -> Gpu:
    """The GPU with a number, opened once in a process."""
    return Gpu(index)
