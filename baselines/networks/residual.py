"""Features of pictures through a deeper network: convolutions, then residual blocks."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from baselines.networks.cnn import FILTERS, Convolutions, initialise
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import CheckpointError
from baselines.runs.trainer import load_weights

_BLOCKS = 2
_NARROW = 16  # channels within a block: a third of the work at full width


class ResidualBlock(nn.Module):
    """Adds to maps (n, 32, height, width) what three convolutions make of them.

    They are of 1 by 1 to fewer channels, 3 by 3, and 1 by 1 back. Activations come before the
    convolutions, so that the sum passes through unchanged. Source: He et al., "Identity mappings
    in deep residual networks", 2016. The last convolution starts at 0 and the block as the
    identity: blocks then need no normalisation. Source: Zhang et al., "Fixup initialization", 2019.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(FILTERS, _NARROW, 1)
        self.second = nn.Conv2d(_NARROW, _NARROW, 3, padding=1)
        self.third = nn.Conv2d(_NARROW, FILTERS, 1)
        initialise(self.first, self.second, self.third)
        nn.init.zeros_(self.third.weight)

    def forward(self, maps: Tensor) -> Tensor:
        """Maps of the same shape."""
        narrow = self.second(torch.relu(self.first(torch.relu(maps))))
        added: Tensor = self.third(torch.relu(narrow))
        return maps + added


class ResidualConvolutions(Convolutions):
    """``Convolutions`` with two residual blocks before the linear layer."""

    def __init__(self) -> None:
        super().__init__(*(ResidualBlock() for _ in range(_BLOCKS)))


def load_encoder(agent: nn.Module, path: Path) -> None:
    """Put the weights in a safetensors file into the residual encoder of ``agent``.

    The file holds one encoder: tensors named as in :class:`ResidualConvolutions`, all with one
    prefix or none. The weights in a checkpoint of an agent with such an encoder are such a file.

    Raises:
        CheckpointError: if the file is missing or broken, or holds no encoder of these shapes.
    """
    encoder = next(part for part in agent.modules() if isinstance(part, ResidualConvolutions))
    try:
        tensors = checkpoints.parse(path.read_bytes(), path)
    except OSError as missing:
        raise CheckpointError(f"encoder_file: {path} cannot be read: {missing.strerror}") from None
    names = encoder.state_dict()
    prefixes = set.intersection(
        *({key.removesuffix(name) for key in tensors if key.endswith(name)} for name in names)
    )
    if len(prefixes) != 1:
        raise CheckpointError(
            f"encoder_file: {path} must hold one residual encoder, got {len(prefixes)}"
        )
    prefix = prefixes.pop()
    load_weights(encoder, {name: tensors[prefix + name] for name in names}, prefix="")
