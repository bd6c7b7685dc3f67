"""Shaped rewards: a potential over the observation, and the two ways of paying it.

Source of the potential-based form: Ng, Harada and Russell, "Policy invariance under reward
transformations", ICML 1999.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lander_envs import checks
from lander_envs.spaces import LEG_1, LEG_2, VY, X, Y

# Height, in units of Y, under which vertical speed counts as touchdown speed: a quarter of half
# the screen, 1.7 world units, about the last half second of a gentle descent.
NEAR_GROUND = 0.25

# Defaults, in units of reward: a tenth of the 100 by which LunarLander-v3's own shaping weighs
# distance and speed, and half of its 10 for a leg, so that no term of ours dominates.
DISTANCE = 10.0  # for a horizontal distance of half the screen
TOUCHDOWN_SPEED = 10.0  # for a falling speed of 1 in units of VY, 7.5 world units a second
LEGS = 5.0  # while both legs stand
GAMMA = 0.99  # discount of a step, the default of most implementations


class ShapingWeights(NamedTuple):
    """How much each term of the potential weighs, and how the potential is paid."""

    distance: float
    touchdown_speed: float
    legs: float
    potential_based: bool
    gamma: float


def shaping_weights(
    distance: Any, touchdown_speed: Any, legs: Any, potential_based: Any, gamma: Any
) -> ShapingWeights:
    """Check the arguments of ShapeReward; ValueError names the first bad one."""
    return ShapingWeights(
        distance=checks.between("distance", distance, 0.0, 1000.0),
        touchdown_speed=checks.between("touchdown_speed", touchdown_speed, 0.0, 1000.0),
        legs=checks.between("legs", legs, 0.0, 1000.0),
        potential_based=checks.flag("potential_based", potential_based),
        gamma=checks.between("gamma", gamma, 0.0, 1.0),
    )


def potential(obs: NDArray[np.float32], weights: ShapingWeights) -> NDArray[np.float64]:
    """How good a state looks, float64 of shape (...) from ``obs`` of shape (..., 8).

    ``- distance * |x| - touchdown_speed * nearness * max(0, -vy) + legs * (both legs stand)``,
    where nearness rises from 0 at ``NEAR_GROUND`` to 1 at the pad's height.
    """
    state = np.asarray(obs, dtype=np.float64)
    nearness = np.clip(1.0 - state[..., Y] / NEAR_GROUND, 0.0, 1.0)
    falling = np.maximum(-state[..., VY], 0.0)
    standing = np.minimum(state[..., LEG_1], state[..., LEG_2])
    value: NDArray[np.float64] = (
        -weights.distance * np.abs(state[..., X])
        - weights.touchdown_speed * nearness * falling
        + weights.legs * standing
    )
    return value


def shaping_reward(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    terminated: NDArray[np.bool_] | bool,
    weights: ShapingWeights,
) -> NDArray[np.float64]:
    """What is added to the reward of a step from potential ``before`` to potential ``after``.

    Potential-based: ``gamma * after - before``, where a terminal state's potential is 0, so that
    every policy's discounted return moves by the same ``-before`` of the first state and the
    optimal policy stays the same. Otherwise: the terms of the new state as they are.
    """
    if not weights.potential_based:
        return after
    discounted: NDArray[np.float64] = weights.gamma * np.where(terminated, 0.0, after) - before
    return discounted
