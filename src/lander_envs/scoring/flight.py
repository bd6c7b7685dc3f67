"""Touchdown speed, fuel and engines of episodes, measured on landers that fly beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from lander_envs.backends import ARGUMENTS
from lander_envs.scoring.episodes import MEASURED, Episode, Step, make_envs
from lander_envs.spaces import LEG_1, LEG_2, VX, VY

LANDER = "lander_envs/Lander-v0"

# World units per second of 1 at index VX and VY: half the screen's sides, 10 by 6.67 units, were
# divided by 50 steps per second.
_SPEED_UNITS = np.array([50 / 10, 50 / (400 / 30 / 2)])
_MAIN_COST, _SIDE_COST = 0.30, 0.03  # of a step at full power
_ENGINE_ACTIONS = 2, 1, 3  # of the main, the left and the right engine
_DEAD_ZONE = 0.5  # of the side engines' throttle
_ACTION_COSTS = np.array([0.0, _SIDE_COST, _MAIN_COST, _SIDE_COST])
_PHYSICS = "continuous", *ARGUMENTS, "randomize", "backend"

Floats = NDArray[np.float64]


class FlightMeter:
    """Touchdown speed, fuel and engines of one episode in each of n environments.

    A batch of Lander-v0 on the same backend takes the same seeds and actions. It flies the same
    episodes and gives the whole state at every base step, whatever the agent observes.

    - Touchdown speed: speed of the hull in world units (metres) per second before the base step in
      which a leg first touches the ground, so that the impact has not slowed it; if no leg ever
      does, before the last base step.
    - Fuel: sum over base steps of the cost that LunarLander-v3 subtracts from the reward: 0.30
      times the power of the main engine and 0.03 times that of the side engines.
    - Engines: share of the decisions in which the main, the left and the right engine fires.

    Args:
        env_id: the id of the environments, one of this package's.
        env_kwargs: their keyword arguments.
        episodes: n.
        first_seed: the seed of the first episode; the others follow it.
    """

    def __init__(
        self, env_id: str, env_kwargs: Mapping[str, Any], episodes: int, first_seed: int
    ) -> None:
        self._skip = frame_skip(env_id, env_kwargs)
        arguments = lander_arguments(env_id, env_kwargs)
        if self._skip == 1 and "max_episode_steps" in env_kwargs:
            arguments["max_episode_steps"] = env_kwargs["max_episode_steps"]
        self._envs = make_envs(LANDER, arguments, episodes)
        self.states: NDArray[np.float32]  # of the landers, (n, 8)
        self.states, _ = self._envs.reset(seed=first_seed)
        self._flying = np.ones(episodes, np.bool_)
        self._airborne = np.ones(episodes, np.bool_)
        self.touchdown_speeds, self.fuel = np.zeros(episodes), np.zeros(episodes)
        self._decisions, self._firing = np.zeros(episodes), np.zeros((episodes, 3))

    def add(self, step: Step) -> None:
        """Follow one decision of the environments."""
        costs = step_costs(step.actions)
        self._decisions += step.running
        self._firing[step.running] += engines(step.actions)[step.running]
        for _ in range(self._skip):
            self._flying &= step.running
            coming_down = self._flying & self._airborne
            self.touchdown_speeds[coming_down] = speeds(self.states[coming_down])
            self.fuel[self._flying] += costs[self._flying]
            self.states, _, terminated, truncated, _ = self._envs.step(step.actions)
            self._airborne &= (self.states[:, LEG_1] <= 0) & (self.states[:, LEG_2] <= 0)
            self._flying &= ~(terminated | truncated)

    def measured(self, episodes: Sequence[Episode]) -> list[Episode]:
        """The episodes, in the order of their seeds, with what was measured."""
        shares = self._firing / self._decisions[:, None]
        numbers = np.column_stack([self.touchdown_speeds, self.fuel, shares]).tolist()
        return [
            episode._replace(**dict(zip(MEASURED, row, strict=True)))
            for episode, row in zip(episodes, numbers, strict=True)
        ]

    def close(self) -> None:
        """Close the landers."""
        self._envs.close()


def speeds(states: NDArray[np.float32]) -> Floats:
    """Speeds of hulls in world units per second, (...), of states (..., 8)."""
    velocities = states[..., [VX, VY]] * _SPEED_UNITS
    found: Floats = np.hypot(velocities[..., 0], velocities[..., 1])
    return found


def engines(actions: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether main, left and right engine fire, (n, 3), for actions (n,) or throttles (n, 2)."""
    if actions.ndim == 1:
        fire: NDArray[np.bool_] = actions[:, None] == np.array(_ENGINE_ACTIONS)
        return fire
    main, side = actions[:, 0], actions[:, 1]
    return np.stack([main > 0, side < -_DEAD_ZONE, side > _DEAD_ZONE], axis=1)


def step_costs(actions: NDArray[Any]) -> Floats:
    """Fuel cost of a base step for actions (n,), or throttles (n, 2), as in LunarLander-v3.

    The main engine fires at 50 to 100 % for a throttle from 0 (excluded) to 1; the side engines at
    50 to 100 % for a throttle of more than 0.5 to either side.
    """
    if actions.ndim == 1:
        return _ACTION_COSTS[actions.astype(np.int64)]
    throttles = np.clip(actions.astype(np.float64), -1, 1)
    main, side = throttles[:, 0], np.abs(throttles[:, 1])
    main_power = np.where(main > 0, (main + 1) / 2, 0)
    costs: Floats = _MAIN_COST * main_power + _SIDE_COST * np.where(side > _DEAD_ZONE, side, 0)
    return costs


def lander_arguments(env_id: str, env_kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a Lander-v0 of the same physics."""
    given = {**gym.spec(env_id).kwargs, **env_kwargs}
    return {key: value for key, value in given.items() if key in _PHYSICS}


def frame_skip(env_id: str, env_kwargs: Mapping[str, Any]) -> int:
    """Base steps of a decision in an environment that is built with these arguments."""
    env = gym.make(env_id, **env_kwargs)
    env.close()
    return frame_skip_of(env)


def frame_skip_of(env: gym.Env[Any, Any]) -> int:
    """Base steps of a decision."""
    return int(getattr(env.unwrapped, "frame_skip", 1))
