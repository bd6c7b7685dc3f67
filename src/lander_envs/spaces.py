"""The spaces of LunarLander-v3, the meaning of its numbers, and the check of its actions.

Source: ``gymnasium/envs/box2d/lunar_lander.py`` (Gymnasium 1.4.0).
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lander_envs._native import NUM_ACTIONS as NUM_ACTIONS

# Indices of the observation, and the unit in which LunarLander-v3 gives each number.
X = 0  # horizontal distance from the pad's centre, in half screen widths (10 world units)
Y = 1  # height of the hull over its resting height on the pad, in half screen heights (6.67)
VX = 2  # horizontal velocity, times 10 / 50
VY = 3  # vertical velocity, times 6.67 / 50
ANGLE = 4  # radians, positive to the left (anticlockwise)
ANGULAR_VELOCITY = 5  # radians per second, times 20 / 50
LEG_1 = 6  # 1 while the first leg touches the ground, else 0
LEG_2 = 7  # the same for the second leg

FPS = 50  # base steps a second
SCREEN_SHAPE = (400, 600, 3)  # of the picture: height and width in pixels, colours
TIME_LIMIT = 1000  # base steps: 20 seconds at 50 steps a second, LunarLander-v3's own limit
REWARD_THRESHOLD = 200.0  # LunarLander-v3's return of a solved episode
PAD_HALF_WIDTH = 0.2  # of X: the flags stand 2 world units left and right of the centre


def observation_space() -> spaces.Box:
    """The Box(8,) float32 of LunarLander-v3; Y and the velocities can leave its bounds."""
    high = np.array([2.5, 2.5, 10.0, 10.0, 2 * math.pi, 10.0, 1.0, 1.0], dtype=np.float32)
    low = -high
    low[LEG_1:] = -0.0  # written so by LunarLander-v3
    return spaces.Box(low, high)


def action_space(continuous: bool) -> spaces.Space[Any]:
    """Discrete(4), or Box(-1, 1, (2,), float32): main engine and side engines."""
    if continuous:
        return spaces.Box(-1, +1, (2,), dtype=np.float32)
    return spaces.Discrete(NUM_ACTIONS)


def discrete_action(action: Any) -> int:
    """Return ``action`` as an int from 0 to 3; ValueError otherwise."""
    try:
        index = operator.index(action)
    except TypeError:
        index = -1
    if not 0 <= index < NUM_ACTIONS:
        raise ValueError(f"action must be an integer from 0 to 3, got {action!r}")
    return index


def continuous_action(action: Any) -> NDArray[np.float64]:
    """Return ``action`` as float64 of shape (2,), unclipped; ValueError if it is not two reals."""
    try:
        values = np.asarray(action)
        if values.dtype.kind not in "fiu" or values.shape != (2,) or np.isnan(values).any():
            raise ValueError
    except ValueError:
        raise ValueError(
            f"action must be two real numbers (values outside [-1, 1] are clipped), got {action!r}"
        ) from None
    return values.astype(np.float64)


def share_bounds(space: spaces.Space[Any]) -> None:
    """Let a batched space keep its bounds once, not once an env.

    Gymnasium's Box has four arrays of its own shape: 112 KB for each env of a pixel batch.
    """
    if isinstance(space, spaces.Dict):
        for part in space.values():
            share_bounds(part)
    elif isinstance(space, spaces.Box):
        for name in ("low", "high", "bounded_below", "bounded_above"):
            bound = getattr(space, name)
            setattr(space, name, np.broadcast_to(bound[:1].copy(), bound.shape))
