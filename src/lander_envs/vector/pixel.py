"""Vector form of PixelLander-v0 on the native batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from lander_envs import _native
from lander_envs.spaces import SCREEN_SHAPE, TIME_LIMIT
from lander_envs.transforms.pixels import (
    FRAME_STACK,
    OBS_SIZE,
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

    _part_names = ("physics", "frames", "steps")
    _made_anew = LanderVectorEnv._made_anew | {"_pixels", "_pixel_pool", "_final_pixels"}

    def __init__(
        self,
        num_envs: int = 1,
        *,
        obs_size: int | list[int] = OBS_SIZE,
        grayscale: bool = True,
        frame_stack: int = FRAME_STACK,
        frame_skip: int = TIMES,
        obs: str = "pixels",
        **lander: Any,
    ) -> None:
        stack = FrameStack(obs_size, grayscale, frame_stack)
        if not stack.size.fits_the_screen:
            largest = list(SCREEN_SHAPE[:2])
            raise ValueError(f"obs_size must be at most {largest} in one batch, got {obs_size!r}")
        self._camera = _native.Camera(*stack.size)
        self._frame_stack = frame_stack
        self._frame_skip = check_times("frame_skip", frame_skip)
        self._obs = check_obs(obs)
        self._stack_shape = stack.frames.shape
        super().__init__(num_envs, **lander)
        self.metadata = slower(self.metadata, self._frame_skip)
        self._set_spaces(observed_space(stack.space, self._obs))

    def _bind_batch(self) -> None:
        shape = (self.num_envs, *self._stack_shape)
        self._pixel_pool = RecycledArrays(shape, np.uint8)
        self._pixels = None if self._copy else np.zeros(shape, np.uint8)  # returned by each call
        self._final_pixels = np.zeros(shape, np.uint8)  # takes memory where an episode ended
        self._batch: _native.PixelBatch = _native.PixelBatch(
            frame_skip=self._frame_skip,
            base_steps=TIME_LIMIT,
            camera=self._camera,
            frame_stack=self._frame_stack,
            final_stacks=self._final_pixels.reshape(self.num_envs, -1),
            **self._batch_arguments(),
        )

    def _advance(self, checked: NDArray[Any]) -> Any:
        pixels = self._next_pixels()
        step = self._batch.step_continuous if self._continuous else self._batch.step
        step(checked, pixels.reshape(self.num_envs, -1))
        return observed(pixels, self._returned(self._states), self._obs)

    def _observation(self) -> Any:
        pixels = self._next_pixels()
        self._batch.write_stacks(pixels.reshape(self.num_envs, -1))
        return observed(pixels, self._returned(self._states), self._obs)

    def _next_pixels(self) -> NDArray[np.uint8]:
        """Array for the next stacks; if ``copy`` is True, one that nobody holds."""
        return self._pixel_pool.take() if self._pixels is None else self._pixels

    def _final_observation(self, i: int) -> Any:
        return observed(self._final_pixels[i].copy(), self._final_states[i].copy(), self._obs)

    def _steps_of(self, index: int) -> int:
        return self._batch.decisions(index)

    def _state_parts(self, index: int) -> dict[str, bytes]:
        frames = np.frombuffer(self._batch.stack(index), np.uint8)
        return super()._state_parts(index) | stack_parts(frames, self._batch.elapsed(index))

    def _restore_parts(self, parts: dict[str, bytes], index: int, steps: int, ended: bool) -> None:
        frames, base_steps = stack_from(parts, self._stack_shape)
        base_steps = whole_steps("state: base steps", base_steps, TIME_LIMIT, ended=ended)
        stack = frames.tobytes()
        self._batch.restore_state(index, parts["physics"], base_steps, ended, steps, stack)
        if self._pixels is not None:
            self._pixels[index] = frames
