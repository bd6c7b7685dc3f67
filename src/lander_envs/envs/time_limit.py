"""Time limits that Gymnasium's TimeLimit sets around an environment."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
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
    limits = []
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code is TimeLimit.reset.__code__:
            limit = frame.f_locals["self"]
            if limit.unwrapped is env:
                limits.append(limit)
        frame = frame.f_back
    return limits


def cuts_next_step(limits: Iterable[TimeLimit]) -> bool:
    """Whether one of the limits ends the episode at the step under way.

    A limit counts the steps that go through it, and counts one after it was taken. Steps of the
    unwrapped env, to try what an action does, leave its count as it is.
    """
    return any((limit._elapsed_steps or 0) + 1 >= limit._max_episode_steps for limit in limits)
