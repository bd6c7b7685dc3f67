"""Fixed affine scalings of LunarLander-v3's observation."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lander_envs import checks
from lander_envs.floating_point import in_default_floating_point
from lander_envs.spaces import STATE_SHAPE

SCALES = ("standard", "si", "unit")

# Mean and standard deviation of LunarLander-v3's observation, measured on 1.2 million states of a
# mixture of policies by `python -m baselines.studies.observation_scale`. The scene is
# mirror-symmetric: the means of x, vx, angle and angular velocity, measured within 0.005 of 0, are
# set to 0. The leg contacts are not scaled.
STANDARD_MEAN = (0.0, 0.582, 0.0, -0.425, 0.0, 0.0, 0.0, 0.0)
STANDARD_STD = (0.248, 0.570, 0.428, 0.443, 0.322, 0.263, 1.0, 1.0)

# Factors to physical units (world units, world units per second, radians, radians per second), from
# LunarLander-v3's documentation.
SI_FACTORS = (10.0, 6.666, 5.0, 7.5, 1.0, 2.5, 1.0, 1.0)

# A narrower interval has a factor to [-1, 1] that is infinite in float32.
_LEAST_WIDTH = 2 / float(np.finfo(np.float32).max)


class Scaling(NamedTuple):
    """Affine scaling ``(obs - offset) * factor``; both arrays (8,) float32."""

    offset: NDArray[np.float32]
    factor: NDArray[np.float32]


@in_default_floating_point
def scaling(scale: str, space: spaces.Box) -> Scaling:
    """Look up a scaling by its name.

    Args:
        scale: "standard" for ``(obs - STANDARD_MEAN) / STANDARD_STD``, "si" for
            ``obs * SI_FACTORS``, "unit" to map the bounds of ``space`` to [-1, 1].
        space: observation space, a Box of shape (8,).

    Raises:
        ValueError: for another name, or for "unit" if ``space`` has an infinite bound or an entry
            of one value, which no factor maps to [-1, 1].

    Example:
        >>> from lander_envs.spaces import observation_space
        >>> from lander_envs.transforms.scale import scaling
        >>> scaling("si", observation_space()).factor[:6].round(2)  # to world units and radians
        array([10.  ,  6.67,  5.  ,  7.5 ,  1.  ,  2.5 ], dtype=float32)
    """
    checks.one_of("scale", scale, SCALES)
    if scale == "standard":
        return _float32(np.array(STANDARD_MEAN), 1.0 / np.array(STANDARD_STD))
    if scale == "si":
        return _float32(np.zeros(STATE_SHAPE), np.array(SI_FACTORS))
    if not space.is_bounded():
        raise ValueError(f'scale="unit" needs an observation space with finite bounds, got {space}')
    low, high = space.low.astype(np.float64), space.high.astype(np.float64)
    for i in np.flatnonzero(high - low < _LEAST_WIDTH):
        raise ValueError(
            f'scale="unit" needs bounds that differ in each entry, got {low[i]:g} to {high[i]:g} '
            f"in entry {i}"
        )
    return _float32((low + high) / 2, 2 / (high - low))


@in_default_floating_point
def scale_observation(obs: NDArray[Any], scaling: Scaling) -> NDArray[np.float32]:
    """Scale observations of shape (..., 8); returns a new float32 array."""
    scaled: NDArray[np.float32] = (obs - scaling.offset) * scaling.factor
    return scaled


def scaled_space(space: spaces.Box, scaling: Scaling) -> spaces.Box:
    """Scale the bounds of an observation space; returns a new Box."""
    return spaces.Box(scale_observation(space.low, scaling), scale_observation(space.high, scaling))


def _float32(offset: NDArray[np.float64], factor: NDArray[np.float64]) -> Scaling:
    return Scaling(offset.astype(np.float32), factor.astype(np.float32))
