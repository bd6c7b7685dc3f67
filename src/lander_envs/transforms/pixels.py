"""From a 600x400 frame to a stacked observation, byte for byte as Gymnasium's wrappers do it."""

from __future__ import annotations

from typing import NamedTuple

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


class PictureSize(NamedTuple):
    """What a 600x400 frame is reduced to."""

    height: int
    width: int
    grayscale: bool  # one channel, otherwise three

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a reduced picture."""
        return (1 if self.grayscale else 3), self.height, self.width


def reduce_frame(frame: NDArray[np.uint8], size: PictureSize) -> NDArray[np.uint8]:
    """Return ``frame`` (H, W, 3) as (channels, H, W): grey first, then OpenCV's area resize.

    Equal to Gymnasium's GrayscaleObservation and ResizeObservation.
    """
    picture = grayscale(frame) if size.grayscale else frame
    small = cv2.resize(picture, (size.width, size.height), interpolation=cv2.INTER_AREA)
    channels_last = small.reshape(size.height, size.width, -1)
    return np.asarray(np.moveaxis(channels_last, -1, 0), dtype=np.uint8)


class FrameStack:
    """The last ``frame_stack`` pictures of one environment, oldest first, channels first.

    Args:
        obs_size: height and width in pixels; one integer, or a pair ``[height, width]``.
        grayscale: one grey channel a picture, instead of red, green and blue.
        frame_stack: how many pictures the observation holds, 1 to 64.

    Raises:
        ValueError: for a size, flag or count outside what is allowed.
    """

    frames: NDArray[np.uint8]  # (frame_stack * channels, H, W)

    def __init__(self, obs_size: int | list[int], grayscale: bool, frame_stack: int) -> None:
        height, width = checks.picture_size("obs_size", obs_size)
        self.size = PictureSize(height, width, checks.flag("grayscale", grayscale))
        self._channels = self.size.shape[0]
        depth = checks.whole("frame_stack", frame_stack, 1, 64)
        shape = (depth * self._channels, height, width)
        self.space = spaces.Box(0, 255, shape, np.uint8)
        self.frames = np.zeros(shape, np.uint8)

    def start(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Fill the stack with an episode's first ``frame`` (H, W, 3); return the observation."""
        return self.start_small(reduce_frame(frame, self.size))

    def push(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Drop the oldest picture, append ``frame`` (H, W, 3) and return the observation."""
        return self.push_small(reduce_frame(frame, self.size))

    def start_small(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """As :meth:`start`, with a picture of ``size.shape``."""
        for first in range(0, len(self.frames), self._channels):
            self.frames[first : first + self._channels] = picture
        return self.frames.copy()

    def push_small(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """As :meth:`push`, with a picture of ``size.shape``."""
        self.frames[: -self._channels] = self.frames[self._channels :].copy()
        self.frames[-self._channels :] = picture
        return self.frames.copy()
