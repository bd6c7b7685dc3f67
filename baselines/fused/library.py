"""Compiles a C++ source for this processor and loads it."""

from __future__ import annotations

import ctypes
import functools
import subprocess
import tempfile
from pathlib import Path

from torch import Tensor

from baselines.optim.compiled import NoCompilerError, find_compiler

_HEADERS = f"-I{Path(__file__).parent}"
_OPTIONS = ("-std=c++20", "-O3", "-fno-math-errno", "-fPIC", "-shared", _HEADERS)
_PROCESSOR = "-march=native"  # left out for compilers that do not know it


def load_library(source: Path) -> ctypes.CDLL:
    """The compiled source, compiled once by a process.

    Raises:
        NoCompilerError: without a C++ compiler that compiles it.
    """
    return _load(find_compiler("fused"), _PROCESSOR, source)


@functools.cache
def _load(compiler: str, processor: str, source: Path) -> ctypes.CDLL:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{source.stem}.so"
        command = [compiler, *_OPTIONS, "-o", str(path), str(source)]
        for options in ([processor], []):
            run = [*command, *options]
            done = subprocess.run(run, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                break
        else:
            lines = done.stderr.splitlines()
            why = next((line for line in lines if "error:" in line), "it does not say why")
            raise NoCompilerError(f"fused: {compiler} could not compile {source.name}: {why}")
        try:
            return ctypes.CDLL(str(path))
        except OSError as error:
            what = f"what {compiler} made of {source.name}"
            raise NoCompilerError(f"fused: {what} cannot be loaded: {error}") from None


def address(tensor: Tensor | None) -> int:
    """Address of a tensor's numbers, which lie one after the other."""
    assert tensor is not None
    assert tensor.is_contiguous()
    return tensor.data_ptr()
