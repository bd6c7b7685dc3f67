"""Convolutional encoders of pictures."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from baselines.networks.mlp import initialise
from baselines.networks.motion_crop import CROP, motion_crops
from baselines.runs import checkpoint
from baselines.runs.checkpoint import CheckpointError, load_weights

FILTERS = 32
_UNITS = 128  # of the last layer, for one crop
_RESIDUAL_BLOCKS = 2
_BOTTLENECK = 16  # channels within a residual block: a third of the work at full width


class MotionCropCNN(nn.Module):
    """Two convolutions and a linear layer over motion crops, then layer normalisation.

    The crops of the newest and of the oldest frame go through the same weights. Source of the
    normalisation: Ba et al., "Layer normalization", 2016.

    Args:
        blocks: layers after the convolutions that keep the shape (n, 32, 4, 4) and end without an
            activation.
    """

    n_features = 2 * _UNITS + 4

    def __init__(self, *blocks: nn.Module) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, FILTERS, 5, stride=2, padding=2)
        self.second = nn.Conv2d(FILTERS, FILTERS, 3, stride=2, padding=1)
        self.blocks = nn.Sequential(*blocks)
        self.last = nn.Linear(FILTERS * (CROP // 4) ** 2, _UNITS)
        initialise(self.first, self.second, self.last)
        self.norm = nn.LayerNorm(self.n_features)
        # Faster on processors. PyTorch's stubs lack the argument.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, 260) of pixels (n, frames, height, width), uint8, the newest frame last."""
        crops, places = motion_crops(pixels)
        maps = torch.relu(self.blocks(self.second(torch.relu(self.first(crops)))))
        numbers, n = self.last(maps.flatten(1)), pixels.shape[0]
        features: Tensor = self.norm(torch.cat((numbers[:n], numbers[n:], places), dim=1))
        return features


class ResidualBlock(nn.Module):
    """Bottleneck residual block on maps (n, 32, height, width).

    Convolutions of 1 by 1 to fewer channels, 3 by 3, and 1 by 1 back. Activations come before the
    convolutions, so that the sum passes through unchanged. Source: He et al., "Identity mappings
    in deep residual networks", 2016. The last convolution starts at 0 and the block as the
    identity: blocks then need no normalisation. Source: Zhang et al., "Fixup initialization", 2019.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(FILTERS, _BOTTLENECK, 1)
        self.second = nn.Conv2d(_BOTTLENECK, _BOTTLENECK, 3, padding=1)
        self.third = nn.Conv2d(_BOTTLENECK, FILTERS, 1)
        initialise(self.first, self.second, self.third)
        nn.init.zeros_(self.third.weight)

    def forward(self, maps: Tensor) -> Tensor:
        """Maps of the same shape."""
        narrow = self.second(torch.relu(self.first(torch.relu(maps))))
        added: Tensor = self.third(torch.relu(narrow))
        return maps + added


class MotionCropResidualCNN(MotionCropCNN):
    """Motion-crop CNN with two residual blocks before the linear layer."""

    def __init__(self) -> None:
        super().__init__(*(ResidualBlock() for _ in range(_RESIDUAL_BLOCKS)))


class MixedPrecision(nn.Module):
    """Runs a module in bfloat16 where PyTorch's autocast allows it; weights stay float32."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, obs: Tensor) -> Tensor:
        """Output of the module, as float32."""
        with torch.autocast(obs.device.type, torch.bfloat16):
            features: Tensor = self.module(obs)
        return features.float()


def load_encoder(agent: nn.Module, path: Path) -> None:
    """Put the weights of a safetensors file into the residual encoder of ``agent``.

    The file holds one encoder: tensors named as in :class:`MotionCropResidualCNN`, all with one
    prefix or none. The weights in a checkpoint of an agent with such an encoder are such a file.

    Raises:
        CheckpointError: if the file is missing or broken, or holds no encoder of these shapes.
    """
    encoder = next(part for part in agent.modules() if isinstance(part, MotionCropResidualCNN))
    try:
        tensors = checkpoint.parse(path.read_bytes(), path)
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
