"""Pixel observation wrapper for vector environments."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray
from typing_extensions import Never

from lander_envs import checks
from lander_envs.copies import IndependentCopies
from lander_envs.interruption import Interruptible, interruptible
from lander_envs.transforms.pixel_layout import CHANNELS_LAST, DTYPE
from lander_envs.transforms.pixels import FRAME_STACK, OBS_SIZE, FrameStack, require_frame
from lander_envs.wrappers.pixels import require_pictures
from lander_envs.wrappers.vector.masks import autoreset_mode, started

Obs = NDArray[Any]


class PixelObservation(IndependentCopies, Interruptible, VectorWrapper, RecordConstructorArgs):
    """Vector form of :class:`lander_envs.wrappers.PixelObservation`.

    SAME_STEP is refused, because the last frame of an episode is gone when the step returns. A
    reset with ``reset_mask`` renders every env once more. That does not change this package's ids,
    but the particles of Gymnasium's LunarLander-v3 age.

    Args:
        env: a vector environment made with ``render_mode="rgb_array"``, whose ``render()`` returns
            one frame per env.
        obs_size: height and width in pixels; one integer, or a pair ``[height, width]``.
        grayscale: one grey channel per frame; otherwise red, green and blue.
        frame_stack: number of frames, 1 to ``MAX_FRAME_STACK``; a reset fills the stack with its
            frame.
        channels_last: observations of shape ``(H, W, frame_stack)``, or ``(H, W, 3 * frame_stack)``
            in colour.
        dtype: "uint8", or "float32" for observations from 0 to 1: the levels divided by 255.

    Raises:
        ValueError: if the env has another render mode or autoreset mode SAME_STEP, or an argument
            is outside its range. Calls raise it if a frame is no uint8 array of shape
            ``(H, W, 3)``.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers.vector import PixelObservation
        >>> envs = gym.make_vec("lander_envs/Lander-v0", num_envs=2, render_mode="rgb_array")
        >>> envs = PixelObservation(envs, obs_size=42)
        >>> obs, infos = envs.reset(seed=0)
        >>> obs.shape, obs.dtype
        ((2, 4, 42, 42), dtype('uint8'))
    """

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        obs_size: int | list[int] = OBS_SIZE,
        grayscale: bool = True,
        frame_stack: int = FRAME_STACK,
        channels_last: bool = CHANNELS_LAST,
        dtype: str = DTYPE,
        **unknown: Never,
    ) -> None:
        checks.no_unknown(type(self), unknown)
        RecordConstructorArgs.__init__(
            self,
            obs_size=obs_size,
            grayscale=grayscale,
            frame_stack=frame_stack,
            channels_last=channels_last,
            dtype=dtype,
        )
        VectorWrapper.__init__(self, env)
        require_pictures("PixelObservation", env.render_mode)
        mode = autoreset_mode(self)
        if mode == AutoresetMode.SAME_STEP:
            raise ValueError(
                f"PixelObservation needs autoreset_mode NEXT_STEP or DISABLED, got {mode}: under "
                "SAME_STEP the picture of an episode's end is gone when the step returns"
            )
        self._next_step = mode == AutoresetMode.NEXT_STEP
        self._stacks = [
            FrameStack(obs_size, grayscale, frame_stack, channels_last, dtype)
            for _ in range(self.num_envs)
        ]
        self.single_observation_space = self._stacks[0].space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        shape = (self.num_envs, *(self._stacks[0].space.shape))
        self._obs: Obs = np.zeros(shape, self.single_observation_space.dtype)
        self._resetting = np.zeros(self.num_envs, dtype=np.bool_)
        self._frames: Any = None

    @interruptible
    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Obs, dict[str, Any]]:
        """Reset all environments, or those of ``options["reset_mask"]``."""
        mask = started(options, self.num_envs)
        if not mask.all():
            self._require_reset("a reset with a reset_mask")
        _, infos = self.env.reset(seed=seed, options=options)
        self._resetting = self._resetting & ~mask
        obs = self._observe(mask, ~mask)
        self._reset_done()
        return obs, infos

    @interruptible
    def step(
        self, actions: Any
    ) -> tuple[Obs, NDArray[Any], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Step the environments and append their frames; a reset fills the stack anew."""
        self._require_reset("step")
        _, rewards, terminations, truncations, infos = self.env.step(actions)
        obs = self._observe(self._resetting, np.zeros(self.num_envs, dtype=np.bool_))
        self._resetting = (terminations | truncations) & self._next_step
        self._interrupted = False
        return obs, rewards, terminations, truncations, infos

    def render(self) -> Any:
        """Newest frames of the last observations at full size, copies."""
        if self._frames is None:
            return self.env.render()
        return tuple(frame.copy() for frame in self._frames)

    def _draw(self) -> list[NDArray[np.uint8]]:
        rendered: Any = self.env.render()
        if not isinstance(rendered, (tuple, list, np.ndarray)) or len(rendered) != self.num_envs:
            got = len(rendered) if hasattr(rendered, "__len__") else rendered
            raise ValueError(f"render() must give {self.num_envs} frames, one per env, got {got}")
        return [require_frame(frame) for frame in rendered]

    def _observe(self, started: NDArray[np.bool_], untouched: NDArray[np.bool_]) -> Obs:
        """Render once and update every stack that is not ``untouched``."""
        self._interrupted = True  # the envs have moved on, and a frame may be refused
        self._frames = self._draw()
        for i, frame in enumerate(self._frames):
            if not untouched[i]:
                stack = self._stacks[i]
                self._obs[i] = stack.start(frame) if started[i] else stack.push(frame)
        return self._obs.copy()
