"""From a 600x400 frame to a stacked observation, byte for byte as Gymnasium's wrappers do it."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lander_envs import checks, snapshot
from lander_envs.spaces import SCREEN_SHAPE, observation_space

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

    @property
    def fits_the_screen(self) -> bool:
        """Whether it is no larger on any side, and so a picture that the engine can draw small."""
        return self.height <= SCREEN_SHAPE[0] and self.width <= SCREEN_SHAPE[1]


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


# --- What a pixel env shows, and the parts that pictures add to its state ------------------------


def check_obs(obs: str) -> str:
    """What the observation is: "pixels", or "both" pixels and state; ValueError otherwise."""
    return checks.one_of("obs", obs, ["pixels", "both"])


def observed_space(pixels: spaces.Box, obs: str) -> spaces.Space[Any]:
    """The space of :func:`observed`."""
    if obs == "pixels":
        return pixels
    return spaces.Dict({"pixels": pixels, "state": observation_space()})


def observed(pixels: NDArray[np.uint8], state: NDArray[np.float32], obs: str) -> Any:
    """Pixels (..., frame_stack * channels, H, W), or a dict of them and of the state (..., 8)."""
    return pixels if obs == "pixels" else {"pixels": pixels, "state": state}


def stack_parts(frames: NDArray[np.uint8], base_steps: int) -> dict[str, bytes]:
    """A stack and the base steps of its episode as parts of a state."""
    return {"frames": frames.tobytes(), "steps": np.uint32(base_steps).tobytes()}


def stack_from(parts: dict[str, bytes], shape: tuple[int, ...]) -> tuple[NDArray[np.uint8], int]:
    """The inverse of :func:`stack_parts`, for a stack of that shape; ValueError if it is none."""
    frames = snapshot.numbers("frames", parts["frames"], np.uint8, shape)
    steps = snapshot.numbers("steps", parts["steps"], np.uint32, ())
    return frames, checks.whole("state: base steps", int(steps), 0, snapshot.MAX_STEPS)
