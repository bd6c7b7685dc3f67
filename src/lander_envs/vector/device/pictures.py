"""Stacks of pictures on a GPU."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor

from lander_envs import _native
from lander_envs.cuda.driver import Gpu
from lander_envs.cuda.structures import PictureArguments
from lander_envs.vector.device.tensors import to_device

PICTURE_KERNELS = "picture_kernels"
_NAMES = ("lander_draw_bases", "lander_shift_stacks", "lander_draw_pictures")
WARP = 32  # threads that draw a picture: picture_threads


class DevicePictures:
    """Pictures of landers in a GPU's memory.

    Args:
        gpu: the GPU.
        landers: entries, particles and progress of the landers.
        camera: settings of the pictures.
        shape: shape of a stack, (frame_stack * channels, height, width).
        depth: pictures a stack.
        keeps_final: keep the last stacks of episodes that ended.

    Attributes:
        stacks: stacks of the landers, uint8 (num_envs, *shape), oldest picture first.
        final_stacks: last stacks of episodes that ended, like ``stacks``; empty unless kept.
    """

    def __init__(
        self,
        gpu: Gpu,
        landers: tuple[Tensor, Tensor, Tensor],
        camera: _native.Camera,
        shape: tuple[int, ...],
        depth: int,
        keeps_final: bool,
    ) -> None:
        self._gpu = gpu
        gpu.load(PICTURE_KERNELS, *_NAMES)
        self._count, device = len(landers[0]), landers[0].device
        self._depth = depth
        self._cells = shape[1] * shape[2]
        self._bytes = int(np.prod(shape)) // depth
        settings = np.frombuffer(camera.settings, np.uint8)
        self._camera = to_device(settings, device)
        self._bases = torch.zeros((self._count, self._bytes), dtype=torch.uint8, device=device)
        self.stacks = torch.zeros((self._count, *shape), dtype=torch.uint8, device=device)
        self.final_stacks = torch.zeros_like(self.stacks[: self._count if keeps_final else 0])
        self._bind(landers)

    def memory(self) -> list[Tensor]:
        """All tensors that a step writes."""
        return [self._bases, self.stacks, self.final_stacks]

    def at(self, landers: tuple[Tensor, Tensor, Tensor], memory: list[Tensor]) -> DevicePictures:
        """The same pictures in other tensors, in the order of :meth:`memory`."""
        moved = copy.copy(self)
        moved._bases, moved.stacks, moved.final_stacks = memory
        moved._bind(landers)
        return moved

    def _bind(self, landers: tuple[Tensor, Tensor, Tensor]) -> None:
        """Write the addresses of the tensors into the argument of the kernels."""
        entries, particles, progress = landers
        self._landers = landers  # kept alive
        self._call = PictureArguments(
            *(t.data_ptr() for t in (entries, particles, self._camera, progress)),
            *(t.data_ptr() for t in (self._bases, self.stacks, self.final_stacks)),
            *(self._count, self._depth, False),
        )

    def draw(self, *, restarts: bool) -> None:
        """Draw the landers that the last pass stepped or started.

        Args:
            restarts: first keep the stacks of those that started in ``final_stacks``.
        """
        self._call.restarts = restarts
        self._draw_bases()
        self._gpu.launch("lander_shift_stacks", self._count * self._bytes, self._call)
        self._gpu.launch("lander_draw_pictures", self._count * WARP, self._call)

    def restore(self, index: int, stack: bytes) -> None:
        """Restore the stack of a lander whose state was restored."""
        self._draw_bases()
        content = to_device(np.frombuffer(stack, np.uint8), self.stacks.device)
        self.stacks[index] = content.reshape(self.stacks.shape[1:])

    def _draw_bases(self) -> None:
        self._gpu.launch("lander_draw_bases", self._count * self._cells, self._call)
