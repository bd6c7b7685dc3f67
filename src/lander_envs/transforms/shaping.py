"""Shaped rewards: a potential over the observation, and the two ways of paying it.

Source of the potential-based form: Ng, Harada and Russell, "Policy invariance under reward
transformations", ICML 1999.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lander_envs import checks, snapshot
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


class BatchShaping:
    """The shaping of a batch of environments, with what it must remember from step to step."""

    def __init__(self, weights: ShapingWeights, num_envs: int) -> None:
        self._weights = weights
        self.potentials = np.zeros(num_envs)

    def start(self, obs: NDArray[np.float32], mask: NDArray[np.bool_]) -> None:
        """Take the potential of first observations (num_envs, 8), of the envs in ``mask``."""
        self.potentials = np.where(mask, potential(obs, self._weights), self.potentials)

    def step(
        self,
        reached: NDArray[np.float32],
        obs: NDArray[np.float32],
        terminated: NDArray[np.bool_],
        resetting: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """What is added to the rewards of a step.

        Args:
            reached: the states that the step led to.
            obs: the observations from which the next step starts: ``reached``, or under SAME_STEP
                the first of a new episode.
            terminated: where the step ended the episode.
            resetting: where it only reset the env, and has no shaping.
        """
        after = potential(reached, self._weights)
        extra = shaping_reward(self.potentials, after, terminated, self._weights)
        self.potentials = potential(obs, self._weights)
        return np.where(resetting, 0.0, extra)


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


def potential_from(content: bytes) -> NDArray[np.float64]:
    """The potential that a cloned state holds; ValueError if it is no finite number."""
    value = snapshot.numbers("shaping", content, np.float64, ())
    if not np.isfinite(value):
        raise ValueError(f"state must hold a finite potential, got {value}")
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
