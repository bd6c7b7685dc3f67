"""Arguments and infos of vector environments on a GPU, as PyTorch tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lander_envs import checks
from lander_envs.spaces import NUM_ACTIONS, PAD_HALF_WIDTH, X
from lander_envs.transforms.pixel_layout import LARGEST_LEVEL, PixelLayout

Infos = dict[str, Any]
Columns = dict[str, Tensor]  # tensors of shape (num_envs,) by the key of the single info

REWARD_DTYPES = {"float64": torch.float64, "float32": torch.float32}


def cuda_device(value: Any) -> torch.device:
    """Check a GPU's name: "cuda" is PyTorch's current one, "cuda:1" the second.

    Raises:
        ValueError: for another name, or a GPU that is not there.
        RuntimeError: if PyTorch sees no GPU.
    """
    try:
        device = torch.device(value)
    except (RuntimeError, TypeError):
        device = None
    if device is None or device.type != "cuda":
        shown = checks.shown(value)
        raise ValueError(f'device must be "cpu", "cuda" or "cuda:" and a number, got {shown}')
    count = torch.cuda.device_count()
    if count == 0:
        raise RuntimeError(
            f"device={str(device)!r} needs a GPU, but PyTorch {torch.__version__} sees none"
        )
    index = torch.cuda.current_device() if device.index is None else device.index
    if index >= count:
        raise ValueError(f"device must be below cuda:{count}, the number of GPUs, got {device}")
    return torch.device("cuda", index)


def actions(value: Any, num_envs: int, continuous: bool, device: torch.device) -> Tensor:
    """Check the shape and dtype of a step's actions; the kernel checks the values.

    Args:
        value: integers of shape (num_envs,), or if ``continuous`` real numbers (num_envs, 2): a
            tensor, an array, a list, or an object with ``__dlpack__``.
        num_envs: number of environments.
        continuous: whether actions are throttles.
        device: where the actions are needed.

    Returns:
        A contiguous tensor on ``device``, int64 or float64.

    Raises:
        ValueError: for another shape or kind.
    """
    tensor = _tensor(value)
    shape = (num_envs, 2) if continuous else (num_envs,)
    kinds = "fiu" if continuous else "iu"
    if tensor is None or tuple(tensor.shape) != shape or _kind(tensor) not in kinds:
        kind = "real numbers" if continuous else f"integers from 0 to {NUM_ACTIONS - 1}"
        got = (
            f"a value of type {type(value).__name__}"
            if tensor is None
            else f"dtype {str(tensor.dtype).removeprefix('torch.')}, shape {tuple(tensor.shape)}"
        )
        raise ValueError(f"actions must be {kind} of shape {shape}, got {got}")
    dtype = torch.float64 if continuous else torch.int64
    return tensor.detach().to(device=device, dtype=dtype).contiguous()


def _tensor(value: Any) -> Tensor | None:
    """Tensor of a tensor, an object with ``__dlpack__``, or a nested list; None if it is none."""
    if isinstance(value, Tensor):
        return value
    try:
        if isinstance(value, np.ndarray) or not hasattr(value, "__dlpack__"):
            return torch.from_numpy(np.array(value))
        return torch.utils.dlpack.from_dlpack(value)
    except (*checks.NOT_CONVERTIBLE, BufferError):
        return None


def _kind(tensor: Tensor) -> str:
    """NumPy's letter for the kind of a dtype: "b", "c", "f", "u" or "i"."""
    if tensor.dtype == torch.bool:
        return "b"
    if tensor.is_complex():
        return "c"
    if tensor.is_floating_point():
        return "f"
    return "i" if tensor.dtype.is_signed else "u"


def to_device(array: NDArray[Any], device: torch.device) -> Tensor:
    """Copy of a NumPy array on a device."""
    return torch.from_numpy(np.array(array)).to(device)


# --- Pixels ----------------------------------------------------------------------------------


def arranged(stacks: Tensor, layout: PixelLayout, pixels: Tensor | None = None) -> Tensor:
    """Observations of frame stacks, written into ``pixels`` if it is given.

    Args:
        stacks: uint8 (n, channels, height, width).
        layout: of the observations.
        pixels: contiguous tensor of the observations' shape and dtype; None for a new one.
    """
    moved: Tensor = layout.moved(stacks)
    if pixels is None:
        pixels = torch.empty(moved.shape, dtype=getattr(torch, layout.dtype), device=stacks.device)
    pixels.copy_(moved)
    if layout.is_float:
        # The divisor is on the device: PyTorch multiplies by the reciprocal of one on the host.
        pixels.div_(pixels.new_full((), LARGEST_LEVEL))
    return pixels


# --- Infos -----------------------------------------------------------------------------------


def masked(columns: Columns, given: Tensor) -> Infos:
    """Infos of the envs in ``given``: copies that are 0 elsewhere, each key with its mask."""
    infos: Infos = {}
    for key, column in columns.items():
        infos[key] = torch.where(given, column, torch.zeros_like(column))
        infos[f"_{key}"] = given.clone()
    return infos


def unmasked(columns: Columns) -> Infos:
    """Infos of all envs: the columns themselves, each key with a mask of True."""
    infos: Infos = {}
    for key, column in columns.items():
        infos[key] = column
        infos[f"_{key}"] = torch.ones_like(column, dtype=torch.bool)
    return infos


def on_pad(states: Tensor) -> Tensor:
    """Positions over the pad, bool of shape (...), from states of shape (..., 8)."""
    return states[..., X].abs() <= PAD_HALF_WIDTH


def same_step_infos(columns: Columns, ended: Tensor, states: Tensor, final_obs: Any) -> Infos:
    """Infos of a step under SAME_STEP: all envs', and those of the episodes that ended.

    Args:
        columns: infos of the step, before the resets.
        ended: envs whose episode ended, (num_envs,).
        states: states after the resets, (num_envs, 8).
        final_obs: last observations, for all envs; those of other envs mean nothing.

    Returns:
        The infos with ``final_obs``, ``final_info`` and their masks. They are there in each step:
        whether an episode ended is known on the device only.
    """
    started = masked(columns, ~ended)
    started["on_pad"] = torch.where(ended, on_pad(states), started["on_pad"])
    return {
        "final_obs": final_obs,
        "_final_obs": ended.clone(),
        "final_info": masked(columns, ended),
        "_final_info": ended.clone(),
        **unmasked({key: started[key] for key in columns}),
    }
