"""Vector form of PixelLander-v0 on the native batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from lander_envs import _native
from lander_envs.spaces import SCREEN_SHAPE, TIME_LIMIT
from lander_envs.transforms.pixel_layout import CHANNELS_LAST, DTYPE
from lander_envs.transforms.pixels import (
    FRAME_STACK,
    OBS_SIZE,
    STACK_PARTS,
    FrameStack,
    check_obs,
    observed,
    observed_space,
    stack_from,
    stack_parts,
)
from lander_envs.transforms.repeat import TIMES, check_times, slower
from lander_envs.vector.lander import LanderVectorEnv
from lander_envs.vector.recycling import RecycledArrays
from lander_envs.vector.states import whole_steps


class PixelLanderVectorEnv(LanderVectorEnv, VectorEnv[Any, Any, Any]):
    """Vector form of :class:`lander_envs.envs.PixelLanderEnv`.

    ``max_episode_steps`` counts steps of the vector env, each up to ``frame_skip`` base steps. An
    episode also ends after ``TIME_LIMIT`` base steps.

    Args:
        num_envs: number of environments, at least 1.
        obs_size: height and width in pixels, at most the screen's; one integer, or a pair.
        grayscale: one grey channel per frame; otherwise red, green and blue.
        frame_stack: number of frames, oldest first; a reset fills the stack with its frame.
        frame_skip: base steps per action.
        obs: "pixels", or "both" for a dict of "pixels" and "state".
        channels_last: pixels of shape ``(H, W, frame_stack)``, or ``(H, W, 3 * frame_stack)``.
        dtype: "uint8", or "float32" for pixels from 0 to 1: the levels divided by 255.
        **lander: arguments of :class:`LanderVectorEnv`.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> import gymnasium as gym
        >>> import lander_envs
        >>> envs = gym.make_vec("lander_envs/PixelLander-v0", num_envs=16)
        >>> obs, infos = envs.reset(seed=0)
        >>> obs.shape, obs.dtype
        ((16, 4, 84, 84), dtype('uint8'))
        >>> obs, rewards, *_ = envs.step([2] * 16)
        >>> oldest, *_, newest = obs[0]  # the frame of the reset, the frame of the step
        >>> bool((oldest == newest).all())
        False
    """

    _part_names = ("physics", *STACK_PARTS)
    _made_anew = LanderVectorEnv._made_anew | {
        *("_pixels", "_pixel_pool", "_final_stacks", "_engine_stacks")
    }

    def __init__(
        self,
        num_envs: int = 1,
        *,
        obs_size: int | list[int] = OBS_SIZE,
        grayscale: bool = True,
        frame_stack: int = FRAME_STACK,
        frame_skip: int = TIMES,
        obs: str = "pixels",
        channels_last: bool = CHANNELS_LAST,
        dtype: str = DTYPE,
        **lander: Any,
    ) -> None:
        stack = FrameStack(obs_size, grayscale, frame_stack, channels_last, dtype)
        if not stack.size.fits_the_screen:
            largest = list(SCREEN_SHAPE[:2])
            raise ValueError(f"obs_size must be at most {largest} in one batch, got {obs_size!r}")
        self._camera = _native.Camera(*stack.size)
        self._frame_stack = frame_stack
        self._frame_skip = check_times("frame_skip", frame_skip)
        self._obs = check_obs(obs)
        self._framed_shape = stack.shape  # with an axis of frames
        self._stack_shape = stack.frames.shape
        self._layout = stack.layout
        super().__init__(num_envs, **lander)
        self.metadata = slower(self.metadata, self.frame_skip)
        self._set_spaces(observed_space(stack.space, self._obs))

    @property
    def frame_skip(self) -> int:
        """Base steps per action."""
        return self._frame_skip

    def _bind_batch(self) -> None:
        shape = (self.num_envs, *self._stack_shape)
        space = self._layout.space(self._stack_shape)
        returned = (self.num_envs, *space.shape), space.dtype
        self._pixel_pool = RecycledArrays(*returned)
        self._pixels = None if self._copy else np.zeros(*returned)  # returned by each call
        self._engine_stacks = None if self._layout.is_stacks else np.zeros(shape, np.uint8)
        self._final_stacks = np.zeros(shape, np.uint8)  # takes memory where an episode ended
        self._batch: _native.PixelBatch = _native.PixelBatch(
            frame_skip=self.frame_skip,
            base_steps=TIME_LIMIT,
            camera=self._camera,
            frame_stack=self._frame_stack,
            final_stacks=self._final_stacks.reshape(self.num_envs, -1),
            **self._batch_arguments(),
        )

    def _advance(self, checked: NDArray[Any]) -> Any:
        step = self._batch.step_continuous if self._continuous else self._batch.step
        return self._written(lambda stacks: step(checked, stacks))

    def _observation(self) -> Any:
        return self._written(self._batch.write_stacks)

    def _written(self, write: Callable[[NDArray[np.uint8]], None]) -> Any:
        """Observations of the stacks that ``write`` writes into an array (num_envs, bytes).

        If ``copy`` is True, they are in an array that nobody holds.
        """
        pixels: NDArray[Any] = self._pixel_pool.take() if self._pixels is None else self._pixels
        stacks: NDArray[np.uint8] = pixels if self._engine_stacks is None else self._engine_stacks
        write(stacks.reshape(self.num_envs, -1))
        if stacks is not pixels:
            self._layout.write(stacks, pixels)
        return observed(pixels, self._returned(self._states), self._obs)

    def _final_observation(self, i: int) -> Any:
        pixels = self._layout.arranged(self._final_stacks[i])
        return observed(pixels, self._final_states[i].copy(), self._obs)

    def _steps_of(self, index: int) -> int:
        return self._batch.decisions(index)

    def _state_parts(self, index: int) -> dict[str, bytes]:
        frames = np.frombuffer(self._batch.stack(index), np.uint8)
        stack = stack_parts(frames, self._framed_shape, self._batch.elapsed(index))
        return super()._state_parts(index) | stack

    def _restore_parts(self, parts: dict[str, bytes], index: int, steps: int, ended: bool) -> None:
        frames, base_steps = stack_from(parts, self._framed_shape)
        base_steps = whole_steps("state: base steps", base_steps, TIME_LIMIT, ended=ended)
        stack = frames.tobytes()
        self._batch.restore_state(index, parts["physics"], base_steps, ended, steps, stack)
        if self._pixels is not None:
            self._layout.write(frames, self._pixels[index])
