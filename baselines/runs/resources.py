"""Resources of the machine: devices and memory, asked for before they are taken."""

from __future__ import annotations

import os

import torch

from baselines.runs.config import ConfigError


def require_device(device: str) -> None:
    """ConfigError unless PyTorch has the device "cpu", "cuda" or "cuda:N"."""
    wanted = torch.device(device)
    if wanted.type == "cpu":
        return
    devices = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if (wanted.index or 0) >= devices:
        raise ConfigError(
            f"device: must be cpu or one of the {devices} CUDA devices of this machine, "
            f"got {device}"
        )


def require_memory(settings: str, n_bytes: int) -> None:
    """ConfigError if what the ``settings`` ask for is more than the machine's memory."""
    installed = installed_memory()
    if installed is not None and n_bytes > installed:
        raise ConfigError(
            f"{settings}: they need {n_bytes / 1e9:,.1f} GB, and this machine has "
            f"{installed / 1e9:,.1f} GB"
        )


def installed_memory() -> int | None:
    """Bytes of memory; None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
