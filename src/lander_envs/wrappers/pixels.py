"""Pixel observation wrapper for single environments."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray
from typing_extensions import Never

from lander_envs import checks
from lander_envs.copies import IndependentCopies
from lander_envs.interruption import Interruptible, interruptible
from lander_envs.transforms.pixel_layout import CHANNELS_LAST, DTYPE
from lander_envs.transforms.pixels import FRAME_STACK, OBS_SIZE, FrameStack, require_frame


class PixelObservation(
    IndependentCopies,
    Interruptible,
    gym.Wrapper[NDArray[Any], Any, Any, Any],
    RecordConstructorArgs,
):
    """Replace the observation by a stack of rendered frames, oldest first.

    The observation space is by default ``Box(0, 255, (frame_stack, H, W), uint8)``, or
    ``(3 * frame_stack, H, W)`` in colour. The frames equal, byte for byte, those of Gymnasium's
    AddRenderObservation, GrayscaleObservation, ResizeObservation and FrameStackObservation.

    The env is rendered exactly once per step and per reset. ``render()`` returns that frame again,
    so that RecordVideo around this wrapper does not change observations.

    Args:
        env: any environment made with ``render_mode="rgb_array"``.
        obs_size: height and width in pixels; one integer, or a pair ``[height, width]``.
        grayscale: one grey channel per frame; otherwise red, green and blue.
        frame_stack: number of frames, 1 to ``MAX_FRAME_STACK``; a reset fills the stack with its
            frame.
        channels_last: observations of shape ``(H, W, frame_stack)``, or ``(H, W, 3 * frame_stack)``
            in colour.
        dtype: "uint8", or "float32" for observations from 0 to 1: the levels divided by 255.

    Raises:
        ValueError: if the env has another render mode, or an argument is outside its range. Calls
            raise it if a frame is no uint8 array of shape ``(H, W, 3)``.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import PixelObservation
        >>> env = PixelObservation(gym.make("LunarLander-v3", render_mode="rgb_array"))
        >>> obs, info = env.reset(seed=0)
        >>> obs.shape, obs.dtype
        ((4, 84, 84), dtype('uint8'))

        In colour, 60 pixels high and 90 wide:

        >>> env = gym.make("LunarLander-v3", render_mode="rgb_array")
        >>> env = PixelObservation(env, obs_size=[60, 90], grayscale=False, frame_stack=2)
        >>> env.observation_space.shape
        (6, 60, 90)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
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
            obs_size=list(obs_size) if isinstance(obs_size, tuple) else obs_size,
            grayscale=grayscale,
            frame_stack=frame_stack,
            channels_last=channels_last,
            dtype=dtype,
        )
        gym.Wrapper.__init__(self, env)
        require_pictures("PixelObservation", env.render_mode)
        self._stack = FrameStack(obs_size, grayscale, frame_stack, channels_last, dtype)
        self.observation_space = self._stack.space
        self._frame: NDArray[np.uint8] | None = None

    @interruptible
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode; the observation repeats its first frame ``frame_stack`` times."""
        _, info = self.env.reset(seed=seed, options=options)
        obs = self._stack.start(self._draw())
        self._reset_done()
        return obs, info

    @interruptible
    def step(self, action: Any) -> tuple[NDArray[Any], Any, bool, bool, dict[str, Any]]:
        """Step the env and append its frame to the stack."""
        self._require_reset("step")
        _, reward, terminated, truncated, info = self.env.step(action)
        obs = self._stack.push(self._draw())
        self._interrupted = False
        return obs, reward, terminated, truncated, info

    def render(self) -> Any:
        """Newest frame of the last observation at full size, a copy."""
        return self.env.render() if self._frame is None else self._frame.copy()

    def _draw(self) -> NDArray[np.uint8]:
        self._interrupted = True  # the env has moved on, and its frame may be refused
        self._frame = require_frame(self.env.render())
        return self._frame


def require_pictures(name: str, render_mode: str | None) -> None:
    """Check that the render mode is "rgb_array"; ValueError otherwise."""
    if render_mode != "rgb_array":
        raise ValueError(
            f'{name} needs an env made with render_mode="rgb_array", got '
            f"render_mode={render_mode!r}"
        )
