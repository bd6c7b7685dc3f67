"""Arrays of a training, where its environments live: NumPy's on the host, tensors on a GPU.

One text serves both: what environments return and replay buffers hold is indexed alike, and the
functions that NumPy and PyTorch share are called through :attr:`Arrays.library`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import DTypeLike, NDArray
from torch import Tensor

Array = Any  # an NDArray, or a Tensor on a GPU


class Arrays:
    """NumPy, or PyTorch on a device.

    Args:
        device: where environments return tensors; None for environments that return arrays.

    Attributes:
        library: ``numpy`` or ``torch``, for functions that both have with the same arguments.
    """

    def __init__(self, device: str | None = None) -> None:
        self.device = device
        self.library: Any = np if device is None else torch

    @property
    def on_host(self) -> bool:
        """True if reading a number does not wait for a GPU."""
        return self.device is None

    def zeros(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Zeros of a NumPy dtype."""
        if self.device is None:
            return np.zeros(shape, dtype)
        like = torch.from_numpy(np.zeros(0, dtype))
        return torch.zeros(shape, dtype=like.dtype, device=self.device)

    def array(self, values: NDArray[Any]) -> Array:
        """Array of the host's ``values``, or a copy on the device."""
        return values if self.device is None else torch.from_numpy(values).to(self.device)

    def from_tensor(self, tensor: Tensor) -> Array:
        """Array of a network's output."""
        return tensor.cpu().numpy() if self.device is None else tensor

    def put(self, target: Array, mask: Array, values: Array) -> None:
        """Set ``target[mask] = values[mask]``.

        Args:
            target: (n, ...).
            mask: bool (n,).
            values: broadcast to ``target``, (n, ...).
        """
        if self.device is None:
            target[mask] = values[mask]
        else:  # the number of rows is known on the device only
            rows = mask.view(-1, *[1] * (target.ndim - 1))
            target.copy_(torch.where(rows, values, target))


HOST = Arrays()


def to_host(array: Array) -> NDArray[Any]:
    """NumPy's array of an array; waits for a GPU."""
    return array.cpu().numpy() if isinstance(array, Tensor) else array
