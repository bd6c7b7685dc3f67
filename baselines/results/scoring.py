"""Scores: an agent, or a policy without training, over episodes on the seeds of scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym

from baselines.evaluation.episodes import OWN_PHYSICS, Episode, backend_of, play
from baselines.evaluation.policy import HeuristicPolicy, Policy, RandomPolicy
from baselines.evaluation.statistics import SCORING_SEED, summary
from baselines.results import pretrained
from baselines.results.targets import floor_of
from lander_envs.spaces import observation_space

# Both engines give the same bytes, which a few episodes show; Box2D is the slower.
_BOX2D_EPISODES = 10


class Contender(NamedTuple):
    """A policy, and the environment that it is scored on."""

    algorithm: str
    env_id: str
    env_kwargs: dict[str, Any]
    policy: Policy

    def on(self, backend: str | None) -> Contender:
        """The same policy on another backend, or on its own for None."""
        if backend is None:
            return self
        return self._replace(env_kwargs={**self.env_kwargs, "backend": backend})

    def described(self) -> dict[str, str]:
        """Id, algorithm and backend."""
        backend = backend_of(self.env_id, self.env_kwargs)
        return {"env_id": self.env_id, "algorithm": self.algorithm, "backend": backend}


def trained(agent: Path | str, *, sampled: bool = False) -> Contender:
    """An agent, in the environment of its training; see ``pretrained.load``."""
    policy, config = pretrained.load(agent, sampled=sampled)
    return Contender(config.algorithm, config.env_id, config.env_kwargs, policy)


def untrained(kind: str, env_id: str, env_kwargs: dict[str, Any]) -> Contender:
    """Uniform random actions for "random", Gymnasium's controller for "heuristic".

    Raises:
        ValueError: if the controller cannot read the environment's observation.
    """
    env = gym.make(env_id, **env_kwargs)
    env.close()
    if kind == "random":
        return Contender(kind, env_id, env_kwargs, RandomPolicy(env.action_space, SCORING_SEED))
    if env.observation_space != observation_space():
        raise ValueError(f"the heuristic reads LunarLander-v3's observation, not {env_id}'s")
    policy = HeuristicPolicy(bool(env_kwargs.get("continuous", False)))
    return Contender(kind, env_id, env_kwargs, policy)


def score(
    contender: Contender, episodes: int, on_ended: Callable[[int], None] = lambda ended: None
) -> list[Episode]:
    """Plays the episodes of a score; calls ``on_ended`` with how many ended in a step.

    Raises:
        ValueError: if ``episodes`` is not positive.
    """
    if episodes < 1:
        raise ValueError(f"episodes must be at least 1, got {episodes}")
    return play(
        contender.policy,
        contender.env_id,
        contender.env_kwargs,
        episodes,
        SCORING_SEED,
        on_step=lambda step: on_ended(int(step.ended.sum())),
    )


def score_committed(name: str, episodes: int) -> list[dict[str, Any]]:
    """Scores of a committed agent: a row for each backend, with its floor."""
    contender = trained(pretrained.COMMITTED / name)
    rows = [_row(name, contender, episodes)]
    if rows[0]["backend"] != OWN_PHYSICS:
        rows.append(_row(name, contender.on("box2d"), min(episodes, _BOX2D_EPISODES)))
    return rows


def _row(name: str, contender: Contender, episodes: int) -> dict[str, Any]:
    scores = summary(score(contender, episodes))
    return {"agent": name, **contender.described(), "floor": floor_of(name), **scores}
