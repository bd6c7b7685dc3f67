"""Policies by name: "random", "heuristic", an agent in the package, or an ONNX file."""

from __future__ import annotations

from typing import Any

from lander_envs.agents import load
from lander_envs.checks import nearest
from lander_envs.registration import REGISTERED_IDS
from lander_envs.scoring.contender import Contender, untrained
from lander_envs.scoring.flight import LANDER

UNTRAINED = ("random", "heuristic")


def contender(
    policy: str, env_id: str | None = None, continuous: bool = False, *, landers_only: bool = False
) -> Contender:
    """Policy with the environment that it flies.

    Args:
        policy: its name.
        env_id: environment of a policy without training; Lander-v0 by default.
        continuous: with throttles, for a policy without training.
        landers_only: refuse an agent of another package's environment.

    Raises:
        ValueError: for an unknown name, an environment asked of an agent that has its own, and an
            agent that cannot fly its own.
    """
    if policy in UNTRAINED:
        arguments: dict[str, Any] = {"continuous": True} if continuous else {}
        return untrained(policy, full_id(LANDER if env_id is None else env_id), arguments)
    if env_id is not None or continuous:
        raise ValueError(
            f"env-id and continuous are for {' and '.join(UNTRAINED)}: "
            f"an agent brings its environment, got {policy!r}"
        )
    agent = load(policy)
    card = agent.card
    if landers_only and card.env_id not in REGISTERED_IDS:  # the others are not even made
        raise ValueError(f"policy must be one that flies a lander, got one of {card.env_id}")
    agent.require_environment()
    return Contender(card.algorithm, card.env_id, card.env_kwargs, agent)


def flier(policy: str, env_id: str | None = None, continuous: bool = False) -> Contender:
    """Policy that flies one of this package's environments; see :func:`contender`.

    Raises:
        ValueError: for an agent of another environment too.
    """
    return contender(policy, env_id, continuous, landers_only=True)


def full_id(env_id: str) -> str:
    """Registered id of "Lander-v0" or "lander_envs/Lander-v0"; ValueError for another."""
    found = env_id if "/" in env_id else f"lander_envs/{env_id}"
    if found not in REGISTERED_IDS:
        names = ", ".join(REGISTERED_IDS)
        hint = nearest(found, REGISTERED_IDS)
        raise ValueError(f"env-id must be one of {names}, got {env_id!r}{hint}")
    return found
