"""Motion crops: the parts of a picture around what moves."""

from __future__ import annotations

import torch
from torch import Tensor

CROP = 16  # pixels a side: a lander is 5 wide and 6 high, and its flames are about as long
_WHITE = 255.0  # the largest grey level
# Weight of a change against a grey level: what moves is small and often dim.
_CHANGE_GAIN = 4.0
# Added to the squares of how much pixels change, each at least 1: where nothing changes, centres
# are the middle of the picture.
_STILL = 1e-3
_EDGE = 3.0  # centres count from minus this to this, about as much as other features


def motion_crops(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Motion crops of stacks of frames (n, frames, height, width), the newest frame last.

    Convolutions over whole pictures would spend nearly all work on what stays as it is. A hard
    choice of where to look, as in Mnih et al., "Recurrent models of visual attention", 2014; here
    it is not learned. A lander is brighter than the sky: the newest frame is cropped where it is
    brighter than the oldest, and the oldest where it is brighter than the newest.

    Args:
        pixels: grey levels from 0 to 255, uint8. If nothing moves, as in a single frame, the crop
            is the image centre.

    Returns:
        Crops (2 n, 2, 16, 16): those of the newest frames, then those of the oldest, each with its
        change from the frame next to it. And numbers (n, 4): row and column of the newest crops'
        centres, from -3 to 3, and their distance in pixels from the oldest crops' centres.
    """
    newest, oldest = pixels[:, -1].contiguous(), pixels[:, 0].contiguous()
    now, then = brighter_centre(newest, oldest), brighter_centre(oldest, newest)
    near_now, near_then = crop(pixels, now, CROP), crop(pixels, then, CROP)
    apart = min(1, pixels.shape[1] - 1)
    crops = (
        _with_change(near_now[..., -1], near_now[..., -1 - apart]),
        _with_change(near_then[..., 0], near_then[..., apart]),
    )
    middle = (torch.tensor(pixels.shape[2:], device=pixels.device) - 1) / 2
    # In a picture a single pixel wide the centre is always 0.
    centres = torch.cat((_EDGE * (now - middle) / middle.clamp(min=0.5), now - then), dim=1)
    return torch.cat(crops), centres


def _with_change(frames: Tensor, others: Tensor) -> Tensor:
    """Frames (n, height, width) and their amplified change from others, (n, 2, height, width)."""
    frame, other = frames.float() / _WHITE, others.float() / _WHITE
    return torch.stack((frame, _CHANGE_GAIN * (frame - other)), dim=-1).movedim(-1, 1)


def brighter_centre(frames: Tensor, others: Tensor) -> Tensor:
    """Mean row and column (n, 2), weighted by the squared excess brightness of frames over others.

    Both are (n, height, width), uint8.
    """
    weights = (torch.maximum(frames, others) - others).float().square()
    of_rows, of_columns = weights.sum(2), weights.sum(1)
    total = of_rows.sum(1, keepdim=True) + _STILL
    # No matrix product, which mixed precision would make in bfloat16: too coarse for places.
    return torch.cat([_mean_index(marginal, total) for marginal in (of_rows, of_columns)], dim=1)


def _mean_index(weights: Tensor, total: Tensor) -> Tensor:
    """Mean index (n, 1) under weights (n, size), or the middle where ``total`` is more."""
    size = weights.shape[1]
    middle = (size - 1) / 2
    offsets = torch.arange(size, device=weights.device) - middle
    return middle + (weights * offsets).sum(1, keepdim=True) / total


def crop(pixels: Tensor, centres: Tensor, size: int) -> Tensor:
    """Squares (n, size, size, frames) of pictures around the pixels nearest to ``centres``.

    Beyond the edge of a picture its last row and column go on.
    """
    height, width = pixels.shape[2:]
    offsets = torch.arange(size, device=pixels.device) - size // 2
    nearest = centres.round().long()
    rows = (nearest[:, :1] + offsets).clamp(0, height - 1)
    columns = (nearest[:, 1:] + offsets).clamp(0, width - 1)
    each = torch.arange(pixels.shape[0], device=pixels.device)[:, None, None]
    return pixels.movedim(1, -1)[each, rows[:, :, None], columns[:, None, :]]
