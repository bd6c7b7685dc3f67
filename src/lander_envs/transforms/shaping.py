"""Reward shaping: a potential over the observation, paid as differences or as it is.

Source of potential-based shaping: Ng, Harada and Russell, "Policy invariance under reward
transformations", ICML 1999.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lander_envs import checks, snapshot
from lander_envs.copies import IndependentCopies
from lander_envs.floating_point import in_default_floating_point
from lander_envs.spaces import LEG_1, LEG_2, VY, X, Y

# Height below which the falling speed counts, in units of Y: 1.7 world units, about the last half
# second of a gentle descent.
NEAR_GROUND = 0.25

# Default weights, in units of reward. LunarLander-v3's own shaping has 100 for distance and for
# speed and 10 for a leg; a tenth and a half of these keep the added terms from dominating.
DISTANCE = 10.0  # at a horizontal distance of 1 in units of X
TOUCHDOWN_SPEED = 10.0  # at a falling speed of 1 in units of VY, 7.5 world units per second
LEGS = 5.0  # while both legs touch the ground
MAX_WEIGHT = 1000.0
GAMMA = 0.99  # default discount per step, as in most implementations


class ShapingWeights(NamedTuple):
    """Weights of the potential's terms, and the form of the shaping."""

    distance: float
    touchdown_speed: float
    legs: float
    potential_based: bool  # pay discounted differences of the potential, not the potential itself
    gamma: float  # discount per step


def shaping_weights(
    distance: Any, touchdown_speed: Any, legs: Any, potential_based: Any, gamma: Any
) -> ShapingWeights:
    """Check the arguments of a shaped reward.

    Raises:
        ValueError: if a weight is not in [0, ``MAX_WEIGHT``], ``gamma`` not in [0, 1] or
            ``potential_based`` not a bool.
    """
    return ShapingWeights(
        distance=checks.between("distance", distance, 0.0, MAX_WEIGHT),
        touchdown_speed=checks.between("touchdown_speed", touchdown_speed, 0.0, MAX_WEIGHT),
        legs=checks.between("legs", legs, 0.0, MAX_WEIGHT),
        potential_based=checks.flag("potential_based", potential_based),
        gamma=checks.between("gamma", gamma, 0.0, 1.0),
    )


class BatchShaping(IndependentCopies):
    """Shaping of a batch of environments.

    Args:
        weights: weights of the potential.
        states: present states, (num_envs, 8) float32. The potentials are those of these states, so
            that no interrupted step leaves potentials of others.
    """

    def __init__(self, weights: ShapingWeights, states: NDArray[np.float32]) -> None:
        self.weights = weights
        self.states = states

    @property
    def potentials(self) -> NDArray[np.float64]:
        """Potential of each env's present state, (num_envs,) float64."""
        return potential(self.states, self.weights)

    def rewards(
        self,
        before: NDArray[np.float64],
        reached: NDArray[np.float32],
        terminated: NDArray[np.bool_],
        resetting: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Shaping rewards of a step, (num_envs,) float64.

        Args:
            before: ``potentials`` before the step.
            reached: states after the step, (num_envs, 8); for an episode that ended, its last.
            terminated: envs whose episode terminated, (num_envs,).
            resetting: envs that were only reset, (num_envs,); their shaping is 0.
        """
        after = potential(reached, self.weights)
        extra = shaping_reward(before, after, terminated, self.weights)
        return np.where(resetting, 0.0, extra)


@in_default_floating_point
def potential(obs: NDArray[np.float32], weights: ShapingWeights) -> NDArray[np.float64]:
    """Potential of states, float64 of shape (...) from observations of shape (..., 8).

    ``- distance * |x| - touchdown_speed * nearness * max(0, -vy) + legs * (both legs stand)``,
    where nearness rises from 0 at the height ``NEAR_GROUND`` to 1 at the pad's height.
    """
    state = np.asarray(obs, dtype=np.float64)
    nearness = np.minimum(
        np.maximum(1.0 - state[..., Y] / NEAR_GROUND, 0.0), 1.0
    )  # faster than clip
    falling = np.maximum(-state[..., VY], 0.0)
    standing = np.minimum(state[..., LEG_1], state[..., LEG_2])
    value: NDArray[np.float64] = (
        -weights.distance * np.abs(state[..., X])
        - weights.touchdown_speed * nearness * falling
        + weights.legs * standing
    )
    return value


def potential_from(content: bytes) -> NDArray[np.float64]:
    """Read a potential from its part of a state; ValueError if it is not a finite float64."""
    value = snapshot.numbers("shaping", content, np.float64, ())
    if not np.isfinite(value):
        raise ValueError(f"state must hold a finite potential, got {value}")
    return value


@in_default_floating_point
def shaping_reward(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    terminated: NDArray[np.bool_] | bool,
    weights: ShapingWeights,
) -> NDArray[np.float64]:
    """Shaping reward of a step from potential ``before`` to potential ``after``.

    Potential-based: ``gamma * after - before``, where a terminal state has potential 0. The
    discounted return of every policy then changes by the same amount, minus the potential of the
    first state, so the optimal policy is unchanged. Otherwise: ``after``.
    """
    if not weights.potential_based:
        return after
    discounted: NDArray[np.float64] = weights.gamma * np.where(terminated, 0.0, after) - before
    return discounted
