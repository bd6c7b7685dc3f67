"""Sine, cosine and hyperbolic tangent on a GPU against the host's, byte for byte.

    python -m tests.gpu.functions --arguments 100000000

The host's equal glibc's (``tox run -e math``).
"""

from __future__ import annotations

import argparse
import ctypes
import sys
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from lander_envs.cuda import compiler, driver
from tests.cuda.machine.build import MACHINE
from tests.native.build import UNFUSED, compile_cpp

HERE = Path(__file__).parent
PART = 10_000_000  # arguments at once
RANGES = (6.3, 1e-3, 100.0, 1e5)  # angles, small ones, wind, large ones
NAMES = ("sine", "cosine", "tanh")


class FunctionArguments(ctypes.Structure):
    """Argument of the kernel ``functions``."""

    _fields_ = (
        ("arguments", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("count", ctypes.c_longlong),
    )


def on_host(library: ctypes.CDLL, arguments: np.ndarray) -> np.ndarray:
    values = np.empty((3, arguments.size))
    call = FunctionArguments(arguments.ctypes.data, values.ctypes.data, arguments.size)
    library.functions_on_host(ctypes.byref(call))
    return values


def on_gpu(gpu: driver.Gpu, arguments: np.ndarray) -> np.ndarray:
    given = torch.from_numpy(arguments).cuda()
    values = torch.empty((3, arguments.size), dtype=torch.float64, device="cuda")
    call = FunctionArguments(given.data_ptr(), values.data_ptr(), arguments.size)
    gpu.launch("functions", arguments.size, call)
    return values.cpu().numpy()


def differences(count: int, gpu: driver.Gpu, library: ctypes.CDLL) -> dict[str, int]:
    """Values of each function whose bytes differ, over random arguments of each range."""
    found = dict.fromkeys(NAMES, 0)
    dice = np.random.default_rng(0)
    for part in range(-(-count // PART)):
        bound = RANGES[part % len(RANGES)]
        arguments = dice.uniform(-bound, bound, min(count - part * PART, PART))
        rows = zip(NAMES, on_gpu(gpu, arguments), on_host(library, arguments), strict=True)
        for name, got, expected in rows:
            found[name] += int((got.view(np.uint64) != expected.view(np.uint64)).sum())
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arguments", type=int, default=100_000_000)
    count = parser.parse_args().arguments
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "functions.so"
        flags = ["-O2", "-shared", "-fPIC", f"-I{MACHINE}", f"-I{HERE}", *UNFUSED.split()]
        compile_cpp(path, [HERE / "functions.cpp"], flags)
        library = ctypes.CDLL(str(path))
        cache = mock.patch.dict("os.environ", {compiler.CACHE_VARIABLE: folder})
        source = mock.patch.object(compiler, "source_file", return_value=HERE / "functions.cu")
        with cache, source:
            gpu = driver.gpu(torch.cuda.current_device())
            gpu.load("functions", "functions")
        found = differences(count, gpu, library)
    print(f"{count:,} arguments, values that differ: {found}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
