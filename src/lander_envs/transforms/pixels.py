"""From a 600x400 frame to a stacked observation, byte for byte as Gymnasium's wrappers do it."""

from __future__ import annotations

import cv2
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lander_envs import checks

# What a red, green or blue level adds to the grey level: GrayscaleObservation's float64 products
# (the luminance weights of its source), tabulated, because 256 levels are fewer than 240,000
# pixels. Adding them in the order red, green, blue gives its bits.
_RED, _GREEN, _BLUE = (np.arange(256) * weight for weight in (0.2125, 0.7154, 0.0721))


def grayscale(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The grey levels (H, W) of an RGB ``frame`` (H, W, 3), truncated to uint8.

    Equal to ``gymnasium.wrappers.GrayscaleObservation``.
    """
    red, green, blue = frame[..., 0], frame[..., 1], frame[..., 2]
    level = _RED[red]
    level += _GREEN[green]
    level += _BLUE[blue]
    return level.astype(np.uint8)


class FrameStack:
    """The last ``frame_stack`` frames of one environment, oldest first, channels first.

    Args:
        obs_size: height and width in pixels; one integer, or a pair ``[height, width]``.
        grayscale: one grey channel a frame, instead of red, green and blue.
        frame_stack: how many frames the observation holds, 1 to 64.

    Raises:
        ValueError: for a size, flag or count outside what is allowed.
    """

    frames: NDArray[np.uint8]  # (frame_stack * channels, H, W)

    def __init__(self, obs_size: int | list[int], grayscale: bool, frame_stack: int) -> None:
        self._height, self._width = checks.picture_size("obs_size", obs_size)
        self._grayscale = checks.flag("grayscale", grayscale)
        self._channels = 1 if self._grayscale else 3
        depth = checks.whole("frame_stack", frame_stack, 1, 64)
        shape = (depth * self._channels, self._height, self._width)
        self.space = spaces.Box(0, 255, shape, np.uint8)
        self.frames = np.zeros(shape, np.uint8)

    def start(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Fill the stack with an episode's first ``frame`` and return the observation."""
        reduced = self._reduce(frame)
        for first in range(0, len(self.frames), self._channels):
            self.frames[first : first + self._channels] = reduced
        return self.frames.copy()

    def push(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Drop the oldest frame, append ``frame`` (H, W, 3) and return the observation."""
        self.frames[: -self._channels] = self.frames[self._channels :].copy()
        self.frames[-self._channels :] = self._reduce(frame)
        return self.frames.copy()

    def _reduce(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return ``frame`` as (channels, height, width): grey first, then OpenCV's area resize."""
        picture = grayscale(frame) if self._grayscale else frame
        small = cv2.resize(picture, (self._width, self._height), interpolation=cv2.INTER_AREA)
        channels_last = small.reshape(self._height, self._width, self._channels)
        return np.asarray(np.moveaxis(channels_last, -1, 0), dtype=np.uint8)
