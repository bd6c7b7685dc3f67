"""Reward wrappers for vector environments with LunarLander-v3's state."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper
from numpy.typing import NDArray
from typing_extensions import Never

from lander_envs import checks
from lander_envs.copies import IndependentCopies
from lander_envs.floating_point import default_floating_point
from lander_envs.interruption import Interruptible, interruptible
from lander_envs.spaces import STATE_SHAPE
from lander_envs.transforms import shaping
from lander_envs.transforms.shaping import BatchShaping, shaping_weights
from lander_envs.wrappers.observation import require_state
from lander_envs.wrappers.reward import warn_of_order
from lander_envs.wrappers.vector.masks import autoreset_mode, restarted, started

Obs = NDArray[np.float32]


class ShapeReward(IndependentCopies, Interruptible, VectorWrapper, RecordConstructorArgs):
    """Vector form of :class:`lander_envs.wrappers.ShapeReward`.

    ``infos["raw_reward"]`` has the original rewards, (num_envs,) float64, 0.0 where an env was
    reset. Under NEXT_STEP the step that resets an env has no shaping. Under SAME_STEP the last step
    of an episode is shaped with ``infos["final_obs"]``, and its raw reward is in
    ``infos["final_info"]``.

    Args:
        env: a vector environment with single observations of shape (8,), float32.
        distance: weight of the horizontal distance from the pad's centre, 0 to ``MAX_WEIGHT``.
        touchdown_speed: weight of the falling speed near the ground, 0 to ``MAX_WEIGHT``.
        legs: weight of ground contact of both legs, 0 to ``MAX_WEIGHT``.
        potential_based: pay discounted differences of the potential instead of the potential.
        gamma: the agent's discount per step, 0 to 1.

    Raises:
        ValueError: if the observation space has another shape, or an argument is outside its range.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers.vector import ShapeReward
        >>> envs = ShapeReward(gym.make_vec("LunarLander-v3", num_envs=2), distance=100.0)
        >>> obs, infos = envs.reset(seed=0)
        >>> obs, rewards, terminations, truncations, infos = envs.step([1, 1])
        >>> rewards.round(2).tolist(), infos["raw_reward"].round(2).tolist()
        ([-0.76, -0.3], [-0.21, -0.03])
    """

    shaping_conflict = "shapes the reward already"

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        distance: float = shaping.DISTANCE,
        touchdown_speed: float = shaping.TOUCHDOWN_SPEED,
        legs: float = shaping.LEGS,
        potential_based: bool = True,
        gamma: float = shaping.GAMMA,
        **unknown: Never,
    ) -> None:
        checks.no_unknown(type(self), unknown)
        RecordConstructorArgs.__init__(
            self,
            distance=distance,
            touchdown_speed=touchdown_speed,
            legs=legs,
            potential_based=potential_based,
            gamma=gamma,
        )
        VectorWrapper.__init__(self, env)
        require_state("ShapeReward", env.single_observation_space)
        weights = shaping_weights(distance, touchdown_speed, legs, potential_based, gamma)
        self._shaping = BatchShaping(weights, np.zeros((self.num_envs, *STATE_SHAPE), np.float32))
        warn_of_order(env)
        self._next_step = autoreset_mode(self) == AutoresetMode.NEXT_STEP
        self._resetting = np.zeros(self.num_envs, dtype=np.bool_)

    @interruptible
    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Obs, dict[str, Any]]:
        """Reset all environments, or those of ``options["reset_mask"]``."""
        mask = started(options, self.num_envs)
        if not mask.all():
            self._require_reset("a reset with a reset_mask")
        obs, infos = self.env.reset(seed=seed, options=options)
        self._shaping.states = np.array(obs)
        self._resetting = self._resetting & ~mask
        self._reset_done()
        return obs, _raw_rewards(np.zeros(self.num_envs), mask) | infos

    @interruptible
    def step(
        self, actions: Any
    ) -> tuple[Obs, NDArray[Any], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Step the environments and add the shaping to their rewards."""
        self._require_reset("step")
        obs, rewards, terminations, truncations, infos = self.env.step(actions)
        ended = terminations | truncations
        reached, restarts = np.array(obs), restarted(infos, ended)
        for i in np.flatnonzero(restarts):
            reached[i] = infos["final_obs"][i]
        before = self._shaping.potentials
        extra = self._shaping.rewards(before, reached, terminations, self._resetting)
        with default_floating_point:
            shaped = rewards + extra
        self._shaping.states = np.array(obs)
        self._resetting = ended & ~restarts & self._next_step
        return obs, shaped, terminations, truncations, _with_raw_rewards(infos, rewards, restarts)


def _raw_rewards(rewards: NDArray[Any], given: NDArray[np.bool_]) -> dict[str, Any]:
    """Raw rewards of the envs in ``given``, 0.0 elsewhere, with Gymnasium's mask."""
    return {"raw_reward": np.where(given, rewards, 0.0), "_raw_reward": given.copy()}


def _with_raw_rewards(
    infos: dict[str, Any], rewards: NDArray[Any], restarts: NDArray[np.bool_]
) -> dict[str, Any]:
    """Infos of a step with raw rewards, unless a wrapped env gives them already.

    In the envs of ``restarts``, which SAME_STEP reset, they belong to ``final_info``, and the new
    episode has 0.0.
    """
    given = np.ones(len(rewards), dtype=np.bool_)
    told = {**_raw_rewards(np.where(restarts, 0.0, rewards), given), **infos}
    if restarts.any():
        told["final_info"] = _raw_rewards(rewards, restarts) | infos.get("final_info", {})
        told["_final_info"] = restarts.copy()
    return told
