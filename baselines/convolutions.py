"""Features of pictures."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from baselines.glimpse import Glimpse
from baselines.layers import Attention, Layers, ends

_PICTURE_AXES = 4  # a batch of (channels, height, width)


def zeros(shape: tuple[int, ...], dtype: torch.dtype, device: str) -> Tensor:
    """Zeros (..., channels, height, width), held channels last where they are pictures.

    Convolutions are fastest on that order, and putting pictures into it once, as they come, is
    cheaper than in each forward pass.
    """
    if len(shape) < _PICTURE_AXES:
        return torch.zeros(shape, dtype=dtype, device=device)
    *batch, channels, height, width = shape
    held = torch.zeros((*batch, height, width, channels), dtype=dtype, device=device)
    return held.movedim(-1, -3)


def take(tensor: Tensor, rows: Tensor) -> Tensor:
    """``tensor[rows]``, in the same memory order.

    PyTorch's indexing moves an element at a time; bytes of pictures go eight at a time.
    """
    if tensor.dtype != torch.uint8 or tensor.ndim != _PICTURE_AXES or tensor[0].numel() % 8:
        return tensor[rows]
    held = tensor.movedim(1, -1).contiguous()
    words = held.flatten(1).view(torch.int64)[rows]
    return words.view(torch.uint8).view(len(words), *held.shape[1:]).movedim(-1, 1)


class Convolutions(nn.Module):
    """Two layers over stacks of grey frames, what stands out there, and a glimpse of what moves.

    The features of :class:`Attention` are normalised as in Ba et al., "Layer normalization", 2016.

    Args:
        obs_shape: (frames, height, width), the newest frame last.

    Raises:
        ConfigError: for pictures smaller than what one feature sees.
    """

    def __init__(self, obs_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = Layers(obs_shape)
        self.attention = Attention()
        self.glimpse = Glimpse(min(obs_shape[0], 2))
        # Faster on processors. PyTorch's stubs lack the argument.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
        self.norm = nn.LayerNorm(Attention.n_features)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, 530) of pixels as integers or floats from 0 to 255."""
        seen = ends(pixels)
        attended = self.norm(self.attention(self.layers(seen)))
        return torch.cat((attended, self.glimpse(seen)), dim=1)


class MixedPrecision(nn.Module):
    """Runs a module in bfloat16 where PyTorch holds that to be safe; weights stay float32.

    bfloat16 holds the grey levels 0 to 255 exactly.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, obs: Tensor) -> Tensor:
        """The module's output, as float32."""
        with torch.autocast(obs.device.type, torch.bfloat16):
            features: Tensor = self.module(obs.to(torch.bfloat16))
        return features.float()
