"""A GPU for tests without one: the package's driver on the stand-in for libcuda."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import torch

from lander_envs.cuda import compiler, driver
from lander_envs.vector.device import lander, tensors

STREAM = 0x5EED  # of every launch, unless a test sets another


class Launch(NamedTuple):
    """One recorded launch."""

    kernel: str
    grid: int
    block: int
    stream: int


class Machine:
    """Stand-in for libcuda and NVRTC, and what it recorded."""

    def __init__(self, library: Path) -> None:
        self.library = ctypes.CDLL(str(library))
        self.library.test_launch.restype = ctypes.c_char_p
        self.library.test_compilation.restype = ctypes.c_char_p
        self.stream = STREAM

    def fail(self, function: str, code: int) -> None:
        """Let a function of the library return an error code from now on."""
        self.library.test_fail(function.encode(), code)

    def set_device(self, major: int, minor: int, count: int = 2) -> None:
        """Set the compute capability and the number of the GPUs."""
        self.library.test_set_device(major, minor, count)

    @property
    def launches(self) -> list[Launch]:
        """Launches since the session's start."""
        out = []
        for i in range(self.library.test_launches()):
            grid, block, stream = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint64()
            places = (ctypes.byref(place) for place in (grid, block, stream))
            name = self.library.test_launch(i, *places).decode()
            out.append(Launch(name, grid.value, block.value, stream.value))
        return out

    @property
    def compilations(self) -> list[str]:
        """Options of each call of NVRTC since the session's start."""
        count = self.library.test_compilations()
        return [self.library.test_compilation(i).decode() for i in range(count)]


@contextlib.contextmanager
def session(library: Path, cache: Path) -> Iterator[Machine]:
    """Run the package's driver on a stand-in; its "GPU memory" is the host's.

    Args:
        library: the stand-in (``build.py``).
        cache: folder for cubins.
    """
    machine = Machine(library)
    machine.library.test_forget()
    driver.gpu.cache_clear()
    with contextlib.ExitStack() as stack:
        for owner, name, value in (
            (driver, "driver_library", lambda: machine.library),
            (compiler, "nvrtc_library", lambda: machine.library),
            (driver, "current_stream", lambda index: machine.stream),
            (tensors, "cuda_device", lambda name: torch.device("cpu", 0)),
        ):
            stack.enter_context(mock.patch.object(owner, name, value))
        stack.enter_context(mock.patch.dict("os.environ", {compiler.CACHE_VARIABLE: str(cache)}))
        yield machine
    driver.gpu.cache_clear()
    assert lander.driver is driver  # the name that the environments look up
