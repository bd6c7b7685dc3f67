"""Policies: the interface, uniform random actions, and Gymnasium's hand-written controller."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lander_envs.spaces import ANGLE, ANGULAR_VELOCITY, LEG_1, LEG_2, VX, VY, X, Y


class Decision(NamedTuple):
    """Actions for n observations, and the network's outputs; None for those that it lacks."""

    actions: NDArray[Any]  # (n, ...)
    q_values: NDArray[np.float32] | None = None  # (n, n_actions)
    probabilities: NDArray[np.float32] | None = None  # (n, n_actions)
    values: NDArray[np.float32] | None = None  # (n,)


class Policy(ABC):
    """A policy: chooses actions for a batch of observations."""

    @abstractmethod
    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n, ...) for observations (n, ...)."""

    def decide(self, obs: NDArray[Any]) -> Decision:
        """Actions of :meth:`act` with the network's outputs, for observations (n, ...)."""
        return Decision(self.act(obs))

    def start(self) -> None:  # noqa: B027  # most policies remember nothing
        """Clears the memory of past steps: new episodes begin in all environments."""

    def reseed(self, seed: int) -> None:  # noqa: B027  # most policies draw nothing
        """Makes the random actions that follow those of ``seed``."""


# Random actions of a seed; the environment of the same seed must not draw the same numbers.
_ACTIONS = 1


class RandomPolicy(Policy):
    """Uniform random actions from a seeded generator."""

    def __init__(self, action_space: spaces.Space[Any], seed: int) -> None:
        self._action_space = action_space
        self._rng = np.random.default_rng(seed)

    def reseed(self, seed: int) -> None:
        """Makes the actions that follow those of ``seed``."""
        self._rng = np.random.default_rng((_ACTIONS, seed))

    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Draws an action for each observation: (n, ...) to (n, ...)."""
        if isinstance(self._action_space, spaces.Discrete):
            return self._rng.integers(self._action_space.n, size=len(obs))
        assert isinstance(self._action_space, spaces.Box)
        shape = (len(obs), *self._action_space.shape)
        return self._rng.uniform(self._action_space.low, self._action_space.high, shape)


class HeuristicPolicy(Policy):
    """Gymnasium's hand-written controller for LunarLander-v3, over a batch.

    Two proportional-derivative loops: one turns the hull towards an angle that leads back to the
    pad, one holds a height proportional to the distance from it. Source of the gains and limits:
    ``heuristic`` in ``gymnasium/envs/box2d/lunar_lander.py``; it reads the unscaled observation.
    """

    def __init__(self, continuous: bool) -> None:
        self._continuous = continuous

    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions for observations (n, 8)."""
        turn, climb = self._errors(obs)
        if self._continuous:
            throttles: NDArray[Any] = np.stack([climb * 20 - 1, -turn * 20], axis=-1)
            return throttles.clip(-1, 1)
        main = (climb > np.abs(turn)) & (climb > 0.05)
        chosen: NDArray[Any] = np.select([main, turn < -0.05, turn > 0.05], [2, 3, 1], default=0)
        return chosen

    def _errors(self, obs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        wanted_angle = np.clip(obs[:, X] * 0.5 + obs[:, VX] * 1.0, -0.4, 0.4)
        wanted_height = 0.55 * np.abs(obs[:, X])
        turn = (wanted_angle - obs[:, ANGLE]) * 0.5 - obs[:, ANGULAR_VELOCITY] * 1.0
        climb = (wanted_height - obs[:, Y]) * 0.5 - obs[:, VY] * 0.5
        standing = (obs[:, LEG_1] > 0) | (obs[:, LEG_2] > 0)
        return np.where(standing, 0.0, turn), np.where(standing, -obs[:, VY] * 0.5, climb)
