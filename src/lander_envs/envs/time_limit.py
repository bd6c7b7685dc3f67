"""Time limits that Gymnasium's TimeLimit sets around an environment."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from types import CodeType
from typing import Any

import gymnasium as gym
from gymnasium.wrappers import TimeLimit


def limits_of_reset(env: gym.Env[Any, Any]) -> list[TimeLimit]:
    """Limits through which the running ``reset`` came to ``env``.

    Gymnasium tells an env nothing of the wrappers around it. They are therefore read from the
    running calls: the limit of ``gym.make``, and any other TimeLimit.

    Args:
        env: the env under reset; its ``reset`` calls this function.

    Returns:
        The TimeLimits, the innermost first; none for a reset of the unwrapped env.
    """
    return [limit for limit in _running(TimeLimit.reset.__code__) if limit.unwrapped is env]


def cuts_next_step(limits: Iterable[TimeLimit]) -> bool:
    """Whether one of the limits ends the episode at the step under way.

    A limit counts the steps that go through it, and counts one after it was taken. Steps of the
    unwrapped env, to try what an action does, leave its count as it is, and it does not cut them.
    """
    ending = [one for one in limits if (one._elapsed_steps or 0) + 1 >= one._max_episode_steps]
    # Only at the end of an episode, because a look at the running calls costs time.
    return bool(ending) and any(limit in ending for limit in _running(TimeLimit.step.__code__))


def _running(method: CodeType) -> list[TimeLimit]:
    """Limits whose ``method`` is among the running calls, the innermost first."""
    limits = []
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code is method:
            limits.append(frame.f_locals["self"])
        frame = frame.f_back
    return limits
