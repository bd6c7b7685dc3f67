"""Observation and action spaces, units and limits of LunarLander-v3.

Source: ``gymnasium/envs/box2d/lunar_lander.py`` (Gymnasium 1.4.0).
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lander_envs.checks import NOT_CONVERTIBLE, shown
from lander_envs.floating_point import in_default_floating_point

# Indices of the observation. LunarLander-v3 scales each entry; a world unit is Box2D's metre.
X = 0  # horizontal distance from the pad's centre, in half screen widths (10 world units)
Y = 1  # height of the hull over its resting height on the pad, in half screen heights (6.67)
VX = 2  # horizontal velocity in world units per second, times 10 / 50
VY = 3  # vertical velocity in world units per second, times 6.67 / 50
ANGLE = 4  # radians, positive to the left (anticlockwise)
ANGULAR_VELOCITY = 5  # radians per second, times 20 / 50
LEG_1 = 6  # 1 while the first leg touches the ground, else 0
LEG_2 = 7  # 1 while the second leg touches the ground, else 0
STATE_SHAPE = (8,)

# Defaults and limits of the arguments.
GRAVITY = -10.0  # world units per second squared
MIN_GRAVITY, MAX_GRAVITY = -12.0, 0.0  # both excluded
WIND_POWER = 15.0  # largest force of the wind
TURBULENCE_POWER = 1.5  # largest torque of the turbulence
MAX_WIND_POWER, MAX_TURBULENCE_POWER = 20.0, 2.0  # recommended maxima, the minima being 0
MAIN_ENGINE_POWER, SIDE_ENGINE_POWER = 13.0, 0.6  # impulse a unit of lever arm
DISPERSION = 1.0  # size of the engines' random numbers
INITIAL_FORCE = 1000.0  # largest push at the start, an axis
FUEL_COST = 1.0  # times the engines' costs in the reward

FPS = 50  # base steps per second
SCREEN_SHAPE = (400, 600, 3)  # height and width in pixels, colour channels
TIME_LIMIT = 1000  # base steps of an episode: 20 seconds
REWARD_THRESHOLD = 200.0  # return of a solved episode
# In units of X, rounded as X is: the flags stand 2 world units left and right of the centre.
PAD_HALF_WIDTH = float(np.float32(0.2))

NUM_ACTIONS = 4  # nothing, left engine, main engine, right engine

# pygame's key codes, which are SDL's. pygame itself is imported only where a window opens.
_ARROW_RIGHT, _ARROW_LEFT, _ARROW_UP = 1073741903, 1073741904, 1073741906


@in_default_floating_point
def observation_space() -> spaces.Box:
    """LunarLander-v3's observation space, a Box of shape (8,), float32.

    ``Y`` and the velocities can leave its bounds.
    """
    high = np.array([2.5, 2.5, 10.0, 10.0, 2 * math.pi, 10.0, 1.0, 1.0], dtype=np.float32)
    low = -high
    low[LEG_1:] = -0.0  # LunarLander-v3 writes a negative zero
    return spaces.Box(low, high)


def action_space(continuous: bool) -> spaces.Space[Any]:
    """LunarLander-v3's action space.

    Returns:
        ``Discrete(4)``, or if ``continuous`` ``Box(-1, 1, (2,), float32)``: the throttles of the
        main engine and of the side engines.
    """
    if continuous:
        return spaces.Box(-1, +1, (2,), dtype=np.float32)
    return spaces.Discrete(NUM_ACTIONS)


def on_pad(states: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Positions over the pad: True where the hull's centre is between the flags.

    Args:
        states: states of LunarLander-v3, shape (..., 8).

    Returns:
        Bools of shape (...).
    """
    over: NDArray[np.bool_] = np.abs(states[..., X]) <= PAD_HALF_WIDTH
    return over


def action_meanings(continuous: bool) -> list[str]:
    """Meaning of each discrete action, or if ``continuous`` of each of the two throttles."""
    if continuous:
        return ["MAIN_ENGINE", "SIDE_ENGINES"]
    return ["NOOP", "LEFT_ENGINE", "MAIN_ENGINE", "RIGHT_ENGINE"]


def keys_to_action(continuous: bool) -> dict[tuple[int, ...], Any]:
    """Action of each key for ``gymnasium.utils.play``: A, W, D or the arrows left, up, right.

    Left and right turn the lander that way, up fires the main engine. A key is a tuple of one
    pygame key code. ``play`` takes the action without a key as ``noop``: 0, or if ``continuous``
    ``np.zeros(2)``.
    """
    actions: tuple[Any, ...] = (1, 2, 3)  # they turn left, lift, and turn right
    if continuous:
        actions = tuple(np.array(t, np.float32) for t in ([0, -1], [1, 0], [0, 1]))
    codes = ((ord("a"), ord("w"), ord("d")), (_ARROW_LEFT, _ARROW_UP, _ARROW_RIGHT))
    return {(code,): action for row in codes for code, action in zip(row, actions, strict=True)}


def discrete_action(action: Any) -> int:
    """Check a discrete action.

    Returns:
        The action as an int.

    Raises:
        ValueError: if ``action`` is not an integer of the action space.
    """
    try:
        index = operator.index(action)
    except NOT_CONVERTIBLE:
        index = -1
    if not 0 <= index < NUM_ACTIONS:
        raise ValueError(
            f"action must be an integer from 0 to {NUM_ACTIONS - 1}, got {shown(action)}"
        )
    return index


def continuous_action(action: Any) -> NDArray[np.float64]:
    """Check a continuous action.

    Returns:
        The throttles, shape (2,), float64, not clipped.

    Raises:
        ValueError: if ``action`` is not two real numbers.
    """
    try:
        values = np.asarray(action)
        if values.dtype.kind not in "fiu" or values.shape != (2,) or np.isnan(values).any():
            raise ValueError
    except NOT_CONVERTIBLE:
        raise ValueError(
            "action must be two real numbers (values outside [-1, 1] are clipped), got "
            f"{shown(action)}"
        ) from None
    return values.astype(np.float64)


def share_bounds(space: spaces.Space[Any]) -> None:
    """Store the bounds of a batched space once instead of once per env.

    Gymnasium's Box keeps four arrays of its own shape, 112 KB per env of a pixel batch. They become
    read-only views of their first row.
    """
    if isinstance(space, spaces.Dict):
        for part in space.values():
            share_bounds(part)
    elif isinstance(space, spaces.Box):
        for name in ("low", "high", "bounded_below", "bounded_above"):
            bound = getattr(space, name)
            setattr(space, name, np.broadcast_to(bound[:1].copy(), bound.shape))
