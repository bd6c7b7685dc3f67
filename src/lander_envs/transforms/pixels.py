"""Pixel observations: grayscale, resizing and frame stacking, byte for byte as in Gymnasium."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces
from gymnasium.error import DependencyNotInstalled
from numpy.typing import NDArray

from lander_envs import checks, snapshot
from lander_envs.copies import IndependentCopies
from lander_envs.floating_point import in_default_floating_point
from lander_envs.spaces import SCREEN_SHAPE, observation_space
from lander_envs.transforms.pixel_layout import CHANNELS_LAST, DTYPE, pixel_layout

# Defaults of every pixel observation, as is usual for Atari games (Mnih et al. 2015).
OBS_SIZE = 84  # pixels a side
FRAME_STACK = 4  # frames
MAX_FRAME_STACK = 64

# Luminance weights of Gymnasium's GrayscaleObservation, times every level of a channel: a look-up
# of 256 levels replaces the float64 products of 240,000 pixels. The sum red + green + blue, in that
# order, has the same bits.
_RED, _GREEN, _BLUE = (np.arange(256) * weight for weight in (0.2125, 0.7154, 0.0721))


def grayscale(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Convert an RGB frame (H, W, 3) to grey levels (H, W), truncated to uint8.

    Equal to ``gymnasium.wrappers.GrayscaleObservation``.
    """
    red, green, blue = frame[..., 0], frame[..., 1], frame[..., 2]
    level = _RED[red]
    level += _GREEN[green]
    level += _BLUE[blue]
    return level.astype(np.uint8)


def require_frame(rendered: Any) -> NDArray[np.uint8]:
    """Check a frame of ``render()``: RGB (H, W, 3), uint8.

    Raises:
        ValueError: for anything else, which would become other pixels.
    """
    shape: tuple[int, ...] = getattr(rendered, "shape", ())
    dtype = getattr(rendered, "dtype", None)
    if dtype != np.uint8 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
        told = type(rendered).__name__ if dtype is None else f"{dtype} of shape {tuple(shape)}"
        raise ValueError(f"render() must give uint8 frames of shape (H, W, 3), got {told}")
    return np.asarray(rendered)


class PictureSize(NamedTuple):
    """Size and colour of a reduced frame."""

    height: int  # pixels
    width: int  # pixels
    grayscale: bool  # one channel; otherwise three

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the reduced frame: (channels, height, width)."""
        return (1 if self.grayscale else 3), self.height, self.width

    @property
    def fits_the_screen(self) -> bool:
        """True if no side is longer than the screen's: the native engine can then draw it."""
        return self.height <= SCREEN_SHAPE[0] and self.width <= SCREEN_SHAPE[1]


@in_default_floating_point
def reduce_frame(frame: NDArray[np.uint8], size: PictureSize) -> NDArray[np.uint8]:
    """Reduce an RGB frame (H, W, 3), uint8, to an array of ``size.shape``, uint8.

    The frame is converted to grey if ``size.grayscale`` and then resized with OpenCV's area
    interpolation. Equal to Gymnasium's GrayscaleObservation and ResizeObservation.

    Raises:
        gymnasium.error.DependencyNotInstalled: if OpenCV cannot be imported.
    """
    cv2 = opencv()
    picture = grayscale(frame) if size.grayscale else frame
    small = cv2.resize(picture, (size.width, size.height), interpolation=cv2.INTER_AREA)
    channels_last = small.reshape(size.height, size.width, -1)
    return np.asarray(np.moveaxis(channels_last, -1, 0), dtype=np.uint8)


def opencv() -> Any:
    """Import OpenCV where a frame is reduced: whatever has no pictures works without it.

    Raises:
        gymnasium.error.DependencyNotInstalled: if it cannot be imported.
    """
    try:
        import cv2
    except ImportError as missing:
        raise DependencyNotInstalled(
            "reducing a frame needs OpenCV: try `pip install opencv-python`, or "
            f"opencv-python-headless if libGL.so.1 is missing ({missing})"
        ) from missing
    return cv2


class FrameStack(IndependentCopies):
    """Frame stack of one environment: reduced frames, oldest first.

    Args:
        obs_size: height and width in pixels; one integer, or a pair ``[height, width]``.
        grayscale: one grey channel per frame instead of red, green and blue.
        frame_stack: number of frames, 1 to ``MAX_FRAME_STACK``.
        channels_last: return observations (H, W, channels) instead of (channels, H, W).
        dtype: "uint8", or "float32" for observations divided by 255.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> import numpy as np
        >>> from lander_envs.transforms.pixels import FrameStack
        >>> stack = FrameStack(obs_size=1, grayscale=False, frame_stack=2)
        >>> stack.start(np.full((400, 600, 3), 10, np.uint8)).ravel().tolist()
        [10, 10, 10, 10, 10, 10]
        >>> stack.push(np.full((400, 600, 3), 20, np.uint8)).ravel().tolist()
        [10, 10, 10, 20, 20, 20]
    """

    frames: NDArray[np.uint8]  # (frame_stack * channels, H, W), whatever the layout

    def __init__(
        self,
        obs_size: int | list[int],
        grayscale: bool,
        frame_stack: int,
        channels_last: bool = CHANNELS_LAST,
        dtype: str = DTYPE,
    ) -> None:
        height, width = checks.picture_size("obs_size", obs_size)
        self.size = PictureSize(height, width, checks.flag("grayscale", grayscale))
        self._channels = self.size.shape[0]
        depth = checks.whole("frame_stack", frame_stack, 1, MAX_FRAME_STACK)
        shape = (depth * self._channels, height, width)
        self.layout = pixel_layout(channels_last, dtype)
        self.space = self.layout.space(shape)
        self.frames = np.zeros(shape, np.uint8)

    def start(self, frame: NDArray[np.uint8]) -> NDArray[Any]:
        """Fill the stack with an episode's first frame (H, W, 3); returns the observation."""
        return self.start_small(reduce_frame(frame, self.size))

    def push(self, frame: NDArray[np.uint8]) -> NDArray[Any]:
        """Drop the oldest frame and append ``frame`` (H, W, 3); returns the observation."""
        return self.push_small(reduce_frame(frame, self.size))

    def start_small(self, picture: NDArray[np.uint8]) -> NDArray[Any]:
        """Fill the stack with a reduced frame of ``size.shape``, like :meth:`start`."""
        for first in range(0, len(self.frames), self._channels):
            self.frames[first : first + self._channels] = picture
        return self.layout.arranged(self.frames)

    def push_small(self, picture: NDArray[np.uint8]) -> NDArray[Any]:
        """Append a reduced frame of ``size.shape``, like :meth:`push`."""
        self.frames[: -self._channels] = self.frames[self._channels :].copy()
        self.frames[-self._channels :] = picture
        return self.layout.arranged(self.frames)


# --- Observations and cloned states of pixel environments ----------------------------------------


def check_obs(obs: str) -> str:
    """Check the argument ``obs``: "pixels" or "both"; ValueError otherwise."""
    return checks.one_of("obs", obs, ["pixels", "both"])


def observed_space(pixels: spaces.Box, obs: str) -> spaces.Space[Any]:
    """Observation space of :func:`observed`, from the space of the pixels."""
    if obs == "pixels":
        return pixels
    return spaces.Dict({"pixels": pixels, "state": observation_space()})


def observed(pixels: NDArray[Any], state: NDArray[np.float32], obs: str) -> Any:
    """Observation of a pixel env: the pixels, or with ``obs="both"`` pixels and state.

    Args:
        pixels: frame stacks in their layout, shape (..., frame_stack * channels, H, W), uint8, by
            default.
        state: observations of LunarLander-v3, shape (..., 8), float32.
        obs: "pixels" or "both".

    Returns:
        ``pixels``, or the dict ``{"pixels": pixels, "state": state}``.
    """
    return pixels if obs == "pixels" else {"pixels": pixels, "state": state}


def stack_parts(frames: NDArray[np.uint8], base_steps: int) -> dict[str, bytes]:
    """Serialize a frame stack and the base steps of its episode as parts of a state."""
    return {"frames": frames.tobytes(), "steps": np.uint32(base_steps).tobytes()}


def stack_from(parts: dict[str, bytes], shape: tuple[int, ...]) -> tuple[NDArray[np.uint8], int]:
    """Read a frame stack of ``shape`` and the base steps of its episode from parts of a state.

    Raises:
        ValueError: if a part has another size, or the number of steps is out of range.
    """
    frames = snapshot.numbers("frames", parts["frames"], np.uint8, shape)
    steps = snapshot.numbers("steps", parts["steps"], np.uint32, ())
    return frames, checks.whole("state: base steps", int(steps), 0, snapshot.MAX_STEPS)
