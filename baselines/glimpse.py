"""A closer look at what moves in pictures."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from baselines.layers import WHITE, changes, initialise

_SIZE = 24  # pixels a side: a lander, its flames, and where both were some frames before
_FILTERS = 32
_UNITS = 256
# Of a pixel that stays as it is, beside the square of how much others change: where nothing
# changes at all the glimpse is at the middle.
_STILL = 1e-3


class Glimpse(nn.Module):
    """Two convolutions and a linear layer over the surroundings of what moves.

    Convolutions over a whole picture in steps of pixels would spend nearly all work on what stays
    as it is. A hard choice of where to look, as in Mnih et al., "Recurrent models of visual
    attention", 2014; here it is not learned, but falls on the mean place of all changes between
    the oldest and the newest frame.

    Args:
        frames: how many frames it is shown, the oldest and the newest of a stack, or one.
    """

    def __init__(self, frames: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(frames, _FILTERS, 5, stride=2, padding=2)
        self.second = nn.Conv2d(_FILTERS, _FILTERS, 3, stride=2, padding=1)
        self.last = nn.Linear(_FILTERS * (_SIZE // 4) ** 2, _UNITS)
        initialise(self.first, self.second, self.last)
        self.n_features = _UNITS + 2
        self.norm = nn.LayerNorm(self.n_features)
        self.register_buffer("shown", changes(frames) / WHITE, persistent=False)

    def forward(self, seen: Tensor) -> Tensor:
        """Features (n, 258) of frames (n, frames, height, width), the last two where it looked."""
        centres = where_it_moves(seen)
        shown = torch.einsum("nchw,kc->nkhw", crop(seen, centres, _SIZE), self.shown)
        maps = shown.contiguous(memory_format=torch.channels_last)
        maps = torch.relu(self.second(torch.relu(self.first(maps))))
        middle = (torch.tensor(seen.shape[2:], device=seen.device) - 1) / 2
        places = 3 * (centres - middle) / middle
        features: Tensor = self.norm(torch.cat((self.last(maps.flatten(1)), places), dim=1))
        return features


def where_it_moves(seen: Tensor) -> Tensor:
    """Mean row and column (n, 2) of the squared change from the first to the last frame."""
    weights = (seen[:, -1].float() - seen[:, 0].float()).square() + _STILL
    marginals = weights.sum(2), weights.sum(1)
    # No matrix product, which mixed precision would make in bfloat16: too coarse for places.
    places = [(m * torch.arange(m.shape[1], device=m.device)).sum(1) for m in marginals]
    return torch.stack(places, dim=1) / weights.sum((1, 2))[:, None]


def crop(seen: Tensor, centres: Tensor, size: int) -> Tensor:
    """Squares (n, frames, size, size) of pictures around the pixels nearest to ``centres``.

    Beyond the edge of a picture its last row and column go on.
    """
    height, width = seen.shape[2:]
    reach = torch.arange(size, device=seen.device) - size // 2
    nearest = centres.round().long()
    rows = (nearest[:, :1] + reach).clamp(0, height - 1)
    columns = (nearest[:, 1:] + reach).clamp(0, width - 1)
    pixels = (rows[:, :, None] * width + columns[:, None, :]).flatten(1)
    flat = seen.flatten(2)
    cut = flat.gather(2, pixels[:, None].expand(-1, flat.shape[1], -1))
    return cut.view(*flat.shape[:2], size, size)
