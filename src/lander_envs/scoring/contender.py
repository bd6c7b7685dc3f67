"""Scores: a policy over episodes on the seeds of scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import gymnasium as gym
from gymnasium import spaces

from lander_envs.checks import whole
from lander_envs.registration import REGISTERED_IDS
from lander_envs.scoring.episodes import Episode, Step, backend_of, play
from lander_envs.scoring.flight import FlightMeter
from lander_envs.scoring.policy import HeuristicPolicy, Policy, RandomPolicy
from lander_envs.scoring.statistics import SCORING_SEED
from lander_envs.spaces import observation_space

MOST_EPISODES = 100_000
"""Episodes of a score at most: all are stepped together, in some gigabytes."""


class Contender(NamedTuple):
    """A policy, and the environment that it is scored on."""

    algorithm: str
    env_id: str
    env_kwargs: Mapping[str, Any]
    policy: Policy

    def on(self, backend: str | None) -> Contender:
        """The same policy on another backend, or on its own for None.

        Raises:
            ValueError: for an environment that has no backends.
        """
        if backend is None:
            return self
        if self.env_id not in REGISTERED_IDS:
            raise ValueError(f"backend: {self.env_id} has its own physics only, got {backend!r}")
        return self._replace(env_kwargs={**self.env_kwargs, "backend": backend})

    def described(self) -> dict[str, str]:
        """Id, algorithm and backend."""
        backend = backend_of(self.env_id, self.env_kwargs)
        return {"env_id": self.env_id, "algorithm": self.algorithm, "backend": backend}


def untrained(kind: str, env_id: str, env_kwargs: Mapping[str, Any]) -> Contender:
    """Uniform random actions for "random", Gymnasium's controller for "heuristic".

    Raises:
        ValueError: if the policy cannot read its observations or give its actions.
    """
    env = gym.make(env_id, **env_kwargs)
    env.close()
    if kind == "random":
        _require_drawable(env)
        return Contender(kind, env_id, env_kwargs, RandomPolicy(env.action_space, SCORING_SEED))
    if env.observation_space != observation_space():
        raise ValueError(f"the heuristic reads LunarLander-v3's observation, not {env_id}'s")
    policy = HeuristicPolicy(isinstance(env.action_space, spaces.Box))
    return Contender(kind, env_id, env_kwargs, policy)


def _require_drawable(env: gym.Env[Any, Any]) -> None:
    """ValueError unless random actions can be drawn for a batch of observations."""
    actions, observations = env.action_space, env.observation_space
    drawable = isinstance(actions, spaces.Discrete) and actions.start == 0
    drawable |= isinstance(actions, spaces.Box) and actions.is_bounded()
    if not drawable or not isinstance(observations, (spaces.Box, spaces.Discrete)):
        raise ValueError(
            f"random: actions must be a Discrete from 0 or a bounded Box, and observations a Box "
            f"or Discrete, got {actions} and {observations}"
        )


def score(
    contender: Contender,
    episodes: int,
    first_seed: int = SCORING_SEED,
    on_ended: Callable[[int], None] = lambda ended: None,
) -> list[Episode]:
    """Plays an episode of each seed from ``first_seed`` on, by default those of a score.

    ``on_ended`` is called with the number of episodes that ended in a step.

    Touchdown speed and fuel are measured in this package's environments.

    Raises:
        ValueError: if ``episodes`` or ``first_seed`` is out of range.
    """
    whole("episodes", episodes, 1, MOST_EPISODES)
    whole("first_seed", first_seed, 0)
    env_id, env_kwargs = contender.env_id, contender.env_kwargs
    seeds = episodes, first_seed
    flies = env_id in REGISTERED_IDS
    meter = FlightMeter(env_id, env_kwargs, *seeds) if flies else None

    def follow(step: Step) -> None:
        if meter is not None:
            meter.add(step)
        on_ended(int(step.ended.sum()))

    played = play(contender.policy, env_id, env_kwargs, *seeds, on_step=follow)
    if meter is None:
        return played
    meter.close()
    return meter.measured(played)
