"""Wrappers that show pictures instead of the state."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray

from lander_envs.transforms.pixels import FrameStack


class PixelObservation(gym.Wrapper[NDArray[np.uint8], Any, Any, Any], RecordConstructorArgs):
    """Observe the last rendered frames, stacked, channels first, oldest frame first.

    The env is rendered once a step and once a reset, no more; ``render()`` returns the frame of
    the step, so that a RecordVideo around this wrapper changes nothing. The frames are those of
    Gymnasium's AddRenderObservation, GrayscaleObservation, ResizeObservation and
    FrameStackObservation, byte for byte.

    Args:
        env: any environment made with ``render_mode="rgb_array"``.
        obs_size: height and width in pixels; one integer, or a pair ``[height, width]``.
        grayscale: one grey channel a frame; otherwise red, green and blue.
        frame_stack: how many frames, 1 to 64; padded at reset with the first frame.

    The observation space is Box(0, 255, (frame_stack, H, W), uint8), or (3 * frame_stack, H, W)
    in colour.

    Raises:
        ValueError: if the env renders no arrays, or an argument is outside what is allowed.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import PixelObservation
        >>> env = PixelObservation(gym.make("LunarLander-v3", render_mode="rgb_array"))
        >>> obs, info = env.reset(seed=0)
        >>> obs.shape, obs.dtype
        ((4, 84, 84), dtype('uint8'))
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        obs_size: int | list[int] = 84,
        grayscale: bool = True,
        frame_stack: int = 4,
    ) -> None:
        RecordConstructorArgs.__init__(
            self,
            obs_size=list(obs_size) if isinstance(obs_size, tuple) else obs_size,
            grayscale=grayscale,
            frame_stack=frame_stack,
        )
        gym.Wrapper.__init__(self, env)
        require_pictures("PixelObservation", env.render_mode)
        self._stack = FrameStack(obs_size, grayscale, frame_stack)
        self.observation_space = self._stack.space
        self._frame: NDArray[np.uint8] | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Start an episode; the observation holds its first frame ``frame_stack`` times."""
        _, info = self.env.reset(seed=seed, options=options)
        return self._stack.start(self._draw()), info

    def step(self, action: Any) -> tuple[NDArray[np.uint8], Any, bool, bool, dict[str, Any]]:
        """Take a step and append its frame."""
        _, reward, terminated, truncated, info = self.env.step(action)
        return self._stack.push(self._draw()), reward, terminated, truncated, info

    def render(self) -> Any:
        """Return a copy of the frame that the last observation was made from."""
        return self.env.render() if self._frame is None else self._frame.copy()

    def _draw(self) -> NDArray[np.uint8]:
        self._frame = np.asarray(self.env.render(), dtype=np.uint8)
        return self._frame


def require_pictures(name: str, render_mode: str | None) -> None:
    """Raise ValueError unless ``render()`` gives one array a call."""
    if render_mode != "rgb_array":
        raise ValueError(
            f'{name} needs an env made with render_mode="rgb_array", got '
            f"render_mode={render_mode!r}"
        )
