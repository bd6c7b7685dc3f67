"""One episode in real time, with score, fuel and outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from lander_envs import Outcome
from lander_envs.scoring.flight import frame_skip_of, step_costs
from lander_envs.scoring.policy import Policy
from lander_envs.spaces import FPS

Pilot = Callable[[NDArray[Any]], Any]
"""Action for an observation."""


class Result(NamedTuple):
    """End of a flight."""

    pilot: str
    env_id: str
    seed: int
    score: float  # return, of the raw reward where the environment shapes it
    outcome: str
    fuel: float  # in units of the reward, over whole decisions
    seconds: float  # of the simulation


class Flight:
    """Episode of one environment that draws itself.

    Args:
        name: of the pilot.
        pilot: chooses the actions.
        env_id: id of the environment.
        env_kwargs: its keyword arguments.
        seed: of the episode.
    """

    def __init__(
        self, name: str, pilot: Pilot, env_id: str, env_kwargs: Mapping[str, Any], seed: int
    ) -> None:
        self._name, self._pilot, self._env_id, self._seed = name, pilot, env_id, seed
        self._env = gym.make(env_id, render_mode="rgb_array", **env_kwargs)
        self._obs, _ = self._env.reset(seed=seed)
        self.base_steps = frame_skip_of(self._env)  # of a decision
        self._score, self._fuel, self._decisions = 0.0, 0.0, 0
        self._outcome = Outcome.RUNNING

    @property
    def is_over(self) -> bool:
        """Whether the episode has ended."""
        return self._outcome is not Outcome.RUNNING

    @property
    def result(self) -> Result:
        """Score, outcome, fuel and time so far."""
        outcome = self._outcome.name.lower().replace("_", " ")
        seconds = self._decisions * self.base_steps / FPS
        return Result(
            self._name, self._env_id, self._seed, self._score, outcome, self._fuel, seconds
        )

    def step(self) -> None:
        """Take one decision."""
        action = self._pilot(self._obs)
        self._obs, reward, _, _, info = self._env.step(action)
        self._score += float(info.get("raw_reward", reward))
        self._fuel += float(step_costs(np.asarray(action)[None])[0]) * self.base_steps
        self._decisions += 1
        self._outcome = Outcome(info["outcome"])

    def frame(self) -> NDArray[np.uint8]:
        """Picture (400, 600, 3) of the scene."""
        return np.asarray(self._env.render(), np.uint8)

    def close(self) -> None:
        """Close the environment."""
        self._env.close()


def pilot_of(policy: Policy, seed: int) -> Pilot:
    """Pilot that follows a policy from the start of the episode of ``seed``."""
    policy.start()
    policy.reseed(seed)
    return lambda obs: policy.act(np.asarray(obs)[None])[0]
