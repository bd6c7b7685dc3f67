"""Closer looks at what moves in pictures."""

from __future__ import annotations

import torch
from torch import Tensor

SIZE = 16  # pixels a side: a lander is 5 wide and 6 high, and its flames are about as long
_WHITE = 255.0  # the largest grey level
# How much more a change counts than a grey level. What moves is small and often dim.
_CHANGE_GAIN = 4.0
# Beside the squares of how much pixels change, each at least 1: where nothing changes, places are
# the middle of the picture.
_STILL = 1e-3
_EDGE = 3.0  # places count from minus this to this, about as much as other features


def look(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """What moves in stacks of frames (n, frames, height, width), the newest frame last.

    Convolutions over whole pictures would spend nearly all work on what stays as it is. A hard
    choice of where to look, as in Mnih et al., "Recurrent models of visual attention", 2014; here
    it is not learned. A lander is brighter than the sky: the newest frame is looked at where it is
    brighter than the oldest, and the oldest where it is brighter than the newest.

    Args:
        pixels: grey levels from 0 to 255, uint8; of a single frame, nothing moves.

    Returns:
        Squares (2 n, 2, 16, 16): first those of the newest frames, then those of the oldest, each
        with its change from the frame next to it. And numbers (n, 4): row and column of the
        former, from -3 to 3, and by how many pixels the latter's differ.
    """
    newest, oldest = pixels[:, -1].contiguous(), pixels[:, 0].contiguous()
    now, then = where_it_is_brighter(newest, oldest), where_it_is_brighter(oldest, newest)
    near_now, near_then = crop(pixels, now, SIZE), crop(pixels, then, SIZE)
    apart = min(1, pixels.shape[1] - 1)
    squares = (
        _show(near_now[..., -1], near_now[..., -1 - apart]),
        _show(near_then[..., 0], near_then[..., apart]),
    )
    middle = (torch.tensor(pixels.shape[2:], device=pixels.device) - 1) / 2
    # A picture a single pixel wide has no places to tell apart.
    places = torch.cat((_EDGE * (now - middle) / middle.clamp(min=0.5), now - then), dim=1)
    return torch.cat(squares), places


def _show(seen: Tensor, beside: Tensor) -> Tensor:
    """Frames (n, height, width) and their amplified change from others, (n, 2, height, width)."""
    frame, other = seen.float() / _WHITE, beside.float() / _WHITE
    return torch.stack((frame, _CHANGE_GAIN * (frame - other)), dim=-1).movedim(-1, 1)


def where_it_is_brighter(frames: Tensor, others: Tensor) -> Tensor:
    """Mean row and column (n, 2) of the squares of how much brighter frames are than others.

    Both are (n, height, width), uint8.
    """
    weights = (torch.maximum(frames, others) - others).float().square()
    of_rows, of_columns = weights.sum(2), weights.sum(1)
    total = of_rows.sum(1, keepdim=True) + _STILL
    # No matrix product, which mixed precision would make in bfloat16: too coarse for places.
    return torch.cat([_mean_place(marginal, total) for marginal in (of_rows, of_columns)], dim=1)


def _mean_place(weights: Tensor, total: Tensor) -> Tensor:
    """The mean index (n, 1) under weights (n, size), or the middle where ``total`` is more."""
    size = weights.shape[1]
    middle = (size - 1) / 2
    away = torch.arange(size, device=weights.device) - middle
    return middle + (weights * away).sum(1, keepdim=True) / total


def crop(pixels: Tensor, centres: Tensor, size: int) -> Tensor:
    """Squares (n, size, size, frames) of pictures around the pixels nearest to ``centres``.

    Beyond the edge of a picture its last row and column go on.
    """
    height, width = pixels.shape[2:]
    reach = torch.arange(size, device=pixels.device) - size // 2
    nearest = centres.round().long()
    rows = (nearest[:, :1] + reach).clamp(0, height - 1)
    columns = (nearest[:, 1:] + reach).clamp(0, width - 1)
    each = torch.arange(len(pixels), device=pixels.device)[:, None, None]
    return pixels.movedim(1, -1)[each, rows[:, :, None], columns[:, None, :]]
