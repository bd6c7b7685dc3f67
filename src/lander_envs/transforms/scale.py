"""Fixed affine scalings of an observation: nothing is learned at run time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lander_envs import checks

SCALES = ("standard", "si", "unit")

# Mean and standard deviation of LunarLander-v3's observation over the mixture of policies that
# `python -m baselines.studies.observation_scale` states and measures (1.2 million states). The
# scene is mirror-symmetric, so the means left and right, measured within 0.005 of 0, are 0; the
# two leg contacts are left as they are.
STANDARD_MEAN = (0.0, 0.582, 0.0, -0.425, 0.0, 0.0, 0.0, 0.0)
STANDARD_STD = (0.248, 0.570, 0.428, 0.443, 0.322, 0.263, 1.0, 1.0)

# The factors that LunarLander-v3's documentation gives to turn an observation into physical
# units (world units, world units per second, radians, radians per second).
SI_FACTORS = (10.0, 6.666, 5.0, 7.5, 1.0, 2.5, 1.0, 1.0)


class Scaling(NamedTuple):
    """``(obs - offset) * factor``, float32 arrays of the observation's shape."""

    offset: NDArray[np.float32]
    factor: NDArray[np.float32]


def scaling(scale: str, space: spaces.Box) -> Scaling:
    """The scaling of that name for observations from ``space``, a Box of shape (8,).

    "standard" is ``(obs - mean) / std`` with the constants above, "si" multiplies by
    ``SI_FACTORS``, "unit" maps the bounds of ``space`` to [-1, 1].

    Raises:
        ValueError: for another name, or for "unit" where ``space`` has an infinite bound.
    """
    checks.one_of("scale", scale, SCALES)
    if scale == "standard":
        return _float32(np.array(STANDARD_MEAN), 1.0 / np.array(STANDARD_STD))
    if scale == "si":
        return _float32(np.zeros(8), np.array(SI_FACTORS))
    if not space.is_bounded():
        raise ValueError(f'scale="unit" needs an observation space with finite bounds, got {space}')
    low, high = space.low.astype(np.float64), space.high.astype(np.float64)
    return _float32((low + high) / 2, 2 / (high - low))


def scale_observation(obs: NDArray[Any], scaling: Scaling) -> NDArray[np.float32]:
    """Return the scaled copy of ``obs`` of shape (..., 8), float32."""
    scaled: NDArray[np.float32] = (obs - scaling.offset) * scaling.factor
    return scaled


def scaled_space(space: spaces.Box, scaling: Scaling) -> spaces.Box:
    """The Box whose bounds are the scaled bounds of ``space``."""
    return spaces.Box(scale_observation(space.low, scaling), scale_observation(space.high, scaling))


def _float32(offset: NDArray[np.float64], factor: NDArray[np.float64]) -> Scaling:
    return Scaling(offset.astype(np.float32), factor.astype(np.float32))
