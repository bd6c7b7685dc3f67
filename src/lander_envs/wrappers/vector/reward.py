"""Vector wrappers that change the reward."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper
from numpy.typing import NDArray

from lander_envs.transforms import shaping
from lander_envs.transforms.shaping import BatchShaping, shaping_weights
from lander_envs.wrappers.observation import require_state

Obs = NDArray[np.float32]


class ShapeReward(VectorWrapper, RecordConstructorArgs):
    """Vector form of :class:`lander_envs.wrappers.ShapeReward`, in all three autoreset modes.

    ``infos["raw_reward"]`` holds the original rewards, float64 of shape (num_envs,). The reset
    step of NEXT_STEP has no shaping; under SAME_STEP the shaping of an ending step comes from
    ``infos["final_obs"]``.

    Args:
        env: a vector environment with single observations of shape (8,), float32.
        distance: weight of the horizontal distance from the pad's centre, 0 to 1000.
        touchdown_speed: weight of the falling speed near the pad's height, 0 to 1000.
        legs: weight of standing on both legs, 0 to 1000.
        potential_based: discounted differences of the potential, or the terms themselves.
        gamma: the discount of the agent that will learn from the reward, 0 to 1.

    Raises:
        ValueError: as the single form does.
    """

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        distance: float = shaping.DISTANCE,
        touchdown_speed: float = shaping.TOUCHDOWN_SPEED,
        legs: float = shaping.LEGS,
        potential_based: bool = True,
        gamma: float = shaping.GAMMA,
    ) -> None:
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
        self._shaping = BatchShaping(weights, self.num_envs)
        self._next_step = env.metadata.get("autoreset_mode") == AutoresetMode.NEXT_STEP
        self._resetting = np.zeros(self.num_envs, dtype=np.bool_)

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Obs, dict[str, Any]]:
        """Reset the environments, all or those of ``options["reset_mask"]``."""
        mask = np.ones(self.num_envs, dtype=np.bool_)
        if options is not None and "reset_mask" in options:
            mask = np.array(options["reset_mask"])
        obs, infos = self.env.reset(seed=seed, options=options)
        self._shaping.start(obs, mask)
        self._resetting = self._resetting & ~mask
        return obs, infos

    def step(
        self, actions: Any
    ) -> tuple[Obs, NDArray[Any], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Step the environments and add the shaping to their rewards."""
        obs, rewards, terminations, truncations, infos = self.env.step(actions)
        reached = np.array(obs)
        for i in np.flatnonzero(infos.get("_final_obs", False)):
            reached[i] = infos["final_obs"][i]
        shaped = rewards + self._shaping.step(reached, obs, terminations, self._resetting)
        self._resetting = (terminations | truncations) & self._next_step
        everywhere = np.ones(self.num_envs, dtype=np.bool_)
        raw = {"raw_reward": infos.get("raw_reward", rewards), "_raw_reward": everywhere}
        return obs, shaped, terminations, truncations, {**infos, **raw}
