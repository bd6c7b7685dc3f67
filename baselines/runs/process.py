"""Settings of the whole process: seeds, threads, memory."""

from __future__ import annotations

import ctypes
import random
import sys
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

# Parameters of malloc.h: the size from which memory is mapped apart, and the free memory kept.
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1
_LARGEST = 2**31 - 1  # bytes; an int


def prepare(seed: int, torch_threads: int) -> None:
    """Seed Python, NumPy and PyTorch, set PyTorch's threads, keep freed memory."""
    seed_everything(seed)
    keep_freed_memory()
    torch.set_num_threads(torch_threads)


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and PyTorch; the environments get theirs at reset."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # the global generator, in case a library uses it
    torch.manual_seed(seed)


def random_states(device: str) -> dict[str, Tensor]:
    """States of PyTorch's generators that a training on ``device`` draws from."""
    states = {"rng.torch": torch.get_rng_state()}
    if torch.device(device).type == "cuda":
        states["rng.cuda"] = torch.cuda.get_rng_state(device)
    return states


def restore_random_states(states: Mapping[str, Tensor], device: str) -> None:
    """Inverse of :func:`random_states`; RuntimeError for a state that no generator has."""
    torch.set_rng_state(states["rng.torch"])
    if torch.device(device).type == "cuda":
        torch.cuda.set_rng_state(states["rng.cuda"], device)


def keep_freed_memory() -> None:
    """Let glibc keep freed memory, if the C library is glibc.

    It would give each large tensor's pages back and fetch them again, zeroed, for the next one: a
    third of the time of an update from pixels.
    """
    if sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"):
        return
    libc = ctypes.CDLL(None)
    libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST)
    libc.mallopt(_M_TRIM_THRESHOLD, _LARGEST)
