"""Shared libraries of CUDA: the driver's, and the run-time compiler NVRTC."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path

from gymnasium.error import DependencyNotInstalled

_DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
_NVRTC_PATTERN = "nvrtc64_*_0.dll" if sys.platform == "win32" else "libnvrtc.so.1[2-9]"
_NVRTC_NAMES = ("libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so")


def driver_library() -> ctypes.CDLL:
    """Load NVIDIA's driver library.

    Raises:
        gymnasium.error.DependencyNotInstalled: if there is none.
    """
    found = _first_loaded([_DRIVER])
    if found is None:
        raise DependencyNotInstalled(
            f'device="cuda" needs NVIDIA\'s driver, whose library {_DRIVER} cannot be loaded'
        )
    return found


def nvrtc_library() -> ctypes.CDLL:
    """Load NVRTC: from a package of PyPI, or from where the system looks for libraries.

    Raises:
        gymnasium.error.DependencyNotInstalled: if there is none.
    """
    found = _first_loaded([*map(str, _packaged_nvrtc()), *_NVRTC_NAMES])
    if found is None:
        raise DependencyNotInstalled(
            'device="cuda" needs NVIDIA\'s compiler NVRTC, version 12 or later: try '
            "`pip install nvidia-cuda-nvrtc`"
        )
    return found


def _packaged_nvrtc() -> list[Path]:
    """Paths of NVRTC in NVIDIA's packages, the newest first."""
    spec = importlib.util.find_spec("nvidia")
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    found = [path for folder in folders for path in Path(folder).glob(f"*/*/{_NVRTC_PATTERN}")]
    return sorted(found, key=lambda path: path.name, reverse=True)


def _first_loaded(names: Iterable[str]) -> ctypes.CDLL | None:
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None
