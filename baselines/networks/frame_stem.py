"""First convolution over stacks of grey frames, parametrised towards frame differences."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_WHITE = 255.0  # the largest grey level
PATCH = 4
"""Pixels a side of a patch; also the stride."""


class FrameStem(nn.Module):
    """Convolution of 8 by 8 pixels with stride 4 over frames (n, frames, height, width), uint8.

    It is computed as a convolution of 2 by 2 over patches of 4 by 4 pixels (space-to-depth), which
    takes a third of the time in bfloat16: 64 input channels fill the processor's matrix units.

    Args:
        frames: frames of the stack, the newest last.
        filters: output channels.
        change_gain: the weights are those of the newest frame and of the other frames' differences
            from it, multiplied by this. The map is linear and folded into the weights; it changes
            only how the layer starts and how gradient steps move it. With 0, weights are per frame.
    """

    def __init__(self, frames: int, filters: int, change_gain: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(filters, frames, 2 * PATCH, 2 * PATCH))
        self.bias = nn.Parameter(torch.zeros(filters))
        nn.init.orthogonal_(self.weight, 2**0.5)
        mixing = difference_matrix(frames, change_gain) if change_gain else torch.eye(frames)
        self.register_buffer("mixing", mixing / _WHITE, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Feature maps (n, filters, height // 4 - 1, width // 4 - 1)."""
        weight = self.pixel_weight()
        # Rows and columns within patches become channels: (o, c, 2, 4, 2, 4) to (o, c 4 4, 2, 2).
        blocks = weight.unflatten(3, (2, PATCH)).unflatten(2, (2, PATCH))
        weight = blocks.permute(0, 1, 3, 5, 2, 4).flatten(1, 3)
        device = pixels.device.type
        mixed = torch.is_autocast_enabled(device)
        # Straight to bfloat16, which holds grey levels exactly, where the convolution wants that.
        kind = torch.get_autocast_dtype(device) if mixed else weight.dtype
        return nn.functional.conv2d(space_to_depth(pixels).to(kind), weight, self.bias)

    def pixel_weight(self) -> Tensor:
        """Weights (filters, frames, 8, 8) of the grey levels 0 to 255 of each frame."""
        return torch.einsum("okhw,kc->ochw", self.weight, self.mixing)


def space_to_depth(pixels: Tensor) -> Tensor:
    """Patches of 4 by 4 pixels as channels: (n, c, h, w) uint8 to (n, 16 c, h / 4, w / 4).

    The result is channels-last in memory; four pixels of a row move as one word.
    """
    n, channels, height, width = pixels.shape
    words = pixels.contiguous().view(torch.int32)
    words = words.view(n, channels, height // PATCH, PATCH, width // PATCH)
    patches = words.permute(0, 2, 4, 1, 3).contiguous().view(torch.uint8)
    return patches.flatten(3).permute(0, 3, 1, 2)


def difference_matrix(frames: int, change_gain: float) -> Tensor:
    """Matrix (frames, frames) from a stack to the others' amplified differences and the newest."""
    matrix = change_gain * torch.eye(frames)
    matrix[:, -1] = -change_gain
    matrix[-1, -1] = 1.0
    return matrix
