"""The vector env of PixelLander-v0 on the native batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from lander_envs import _native
from lander_envs.spaces import TIME_LIMIT
from lander_envs.transforms.pixels import (
    FrameStack,
    check_obs,
    observed,
    observed_space,
    stack_from,
    stack_parts,
)
from lander_envs.transforms.repeat import check_times
from lander_envs.vector.lander import Infos, LanderVectorEnv


class PixelLanderVectorEnv(LanderVectorEnv):
    """Vector form of :class:`lander_envs.envs.PixelLanderEnv`.

    A step is a decision, and ``max_episode_steps`` counts decisions; an episode also ends after
    1000 base steps. The pictures are drawn into the observation itself: with ``copy=False`` it
    is the only place that holds them.

    Args:
        num_envs: how many, at least 1.
        obs_size: height and width in pixels, at most 400 and 600; one integer, or a pair.
        grayscale: one grey channel a frame; otherwise red, green and blue.
        frame_stack: how many frames, oldest first; padded at reset with the first frame.
        frame_skip: base steps that a decision lasts.
        obs: "pixels", or "both" for a dict of "pixels" and "state".
        **lander: the arguments of :class:`LanderVectorEnv`.
    """

    _part_names = ("physics", "frames", "steps")

    def __init__(
        self,
        num_envs: int = 1,
        *,
        obs_size: int | list[int] = 84,
        grayscale: bool = True,
        frame_stack: int = 4,
        frame_skip: int = 4,
        obs: str = "pixels",
        **lander: Any,
    ) -> None:
        stack = FrameStack(obs_size, grayscale, frame_stack)
        if not stack.size.fits_the_screen:
            raise ValueError(f"obs_size must be at most [400, 600] in one batch, got {obs_size!r}")
        self._camera = _native.Camera(*stack.size)
        self._frame_stack = frame_stack
        self._frame_skip = check_times("frame_skip", frame_skip)
        self._obs = check_obs(obs)
        self._stack_shape = stack.frames.shape
        super().__init__(num_envs, **lander)
        self._set_spaces(observed_space(stack.space, self._obs))

    def _bind_batch(self) -> None:
        self._pixels = np.zeros((self.num_envs, *self._stack_shape), np.uint8)
        self._batch: _native.PixelBatch = _native.PixelBatch(
            frame_skip=self._frame_skip,
            base_steps=TIME_LIMIT,
            camera=self._camera,
            frame_stack=self._frame_stack,
            stacks=self._pixels.reshape(self.num_envs, -1),
            **self._batch_arguments(),
        )

    def _observation(self) -> Any:
        return observed(self._returned(self._pixels), self._returned(self._states), self._obs)

    def _final_observation(self, i: int) -> Any:
        return observed(self._pixels[i].copy(), self._states[i].copy(), self._obs)

    def _final_infos(self, infos: Infos) -> Infos:
        """Keep what SAME_STEP tells of ended episodes, and only then start the next ones."""
        infos = super()._final_infos(infos)
        if self._ended.any():
            self._batch.restart(self._ended)
        return infos

    _made_anew = ("_batch", "_pixels")

    def _steps_of(self, index: int) -> int:
        return self._batch.decisions(index)

    def _state_parts(self, index: int) -> dict[str, bytes]:
        elapsed = self._batch.elapsed(index)
        return super()._state_parts(index) | stack_parts(self._pixels[index], elapsed)

    def _restore_parts(self, parts: dict[str, bytes], index: int, steps: int) -> None:
        frames, elapsed = stack_from(parts, self._stack_shape)
        super()._restore_parts(parts, index, elapsed)
        self._batch.set_decisions(index, steps)
        self._pixels[index] = frames
