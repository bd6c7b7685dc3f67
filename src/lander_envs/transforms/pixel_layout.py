"""Layout of pixel observations: axis order and dtype, from frame stacks as the engine has them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lander_envs import checks
from lander_envs.floating_point import in_default_floating_point

CHANNELS_LAST, DTYPE = False, "uint8"  # defaults
LARGEST_LEVEL = 255

FLOAT_LEVELS = np.arange(LARGEST_LEVEL + 1, dtype=np.float32) / np.float32(LARGEST_LEVEL)
"""float32 value of each level: a quotient rounded to nearest, which every form must give."""

_DTYPES = ("uint8", "float32")


class PixelLayout(NamedTuple):
    """Axis order and dtype of pixel observations.

    Observations are made from stacks of shape (..., channels, height, width), uint8. Cloned states
    hold the stacks, so that they do not depend on the layout.

    Example:
        >>> import numpy as np
        >>> from lander_envs.transforms.pixel_layout import PixelLayout
        >>> layout = PixelLayout(channels_last=True, dtype="float32")
        >>> layout.arranged(np.array([[[0, 255]], [[51, 102]]], np.uint8)).tolist()
        [[[0.0, 0.20000000298023224], [1.0, 0.4000000059604645]]]
    """

    channels_last: bool = CHANNELS_LAST  # (..., height, width, channels)
    dtype: str = DTYPE  # "uint8", levels 0 to 255; "float32", levels divided by 255

    @property
    def is_stacks(self) -> bool:
        """True if observations are the stacks themselves."""
        return self == DEFAULT_LAYOUT

    @property
    def is_float(self) -> bool:
        """True if observations are levels divided by 255."""
        return self.dtype == "float32"

    def space(self, stack_shape: tuple[int, ...]) -> spaces.Box:
        """Space of observations of stacks of ``stack_shape``, (channels, height, width)."""
        channels, *sides = stack_shape
        shape = (*sides, channels) if self.channels_last else stack_shape
        return spaces.Box(0, 1 if self.is_float else LARGEST_LEVEL, shape, np.dtype(self.dtype))

    def moved(self, stacks: Any) -> Any:
        """View of stacks, an array or a tensor, with the axes of observations."""
        if not self.channels_last:
            return stacks
        move = getattr(stacks, "movedim", None)  # PyTorch's
        return np.moveaxis(stacks, -3, -1) if move is None else move(-3, -1)

    def arranged(self, stacks: NDArray[np.uint8]) -> NDArray[Any]:
        """Observations of stacks, a new array."""
        if self.is_stacks:
            return stacks.copy()
        observations = np.empty(self.moved(stacks).shape, self.dtype)
        self.write(stacks, observations)
        return observations

    def write(self, stacks: NDArray[np.uint8], observations: NDArray[Any]) -> None:
        """Write the observations of stacks into an array."""
        if self.is_float:
            _divide(self.moved(stacks), observations)
        else:
            np.copyto(observations, self.moved(stacks))


DEFAULT_LAYOUT = PixelLayout()


def pixel_layout(channels_last: bool, dtype: str) -> PixelLayout:
    """Check the arguments of a layout.

    Args:
        channels_last: put the channels behind height and width.
        dtype: "uint8" or "float32".

    Raises:
        ValueError: if an argument is outside its range.
    """
    return PixelLayout(
        checks.flag("channels_last", channels_last), checks.one_of("dtype", dtype, _DTYPES)
    )


@in_default_floating_point
def _divide(levels: NDArray[np.uint8], quotients: NDArray[np.float32]) -> None:
    np.divide(levels, np.float32(LARGEST_LEVEL), out=quotients)
