"""Repeating an action, as the Atari environments do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lander_envs import checks

Step = tuple[Any, Any, bool, bool, dict[str, Any]]
ActType = TypeVar("ActType")


def check_times(name: str, times: Any) -> int:
    """How often an action may be repeated: 1 to 1000 times, LunarLander-v3's time limit."""
    return checks.whole(name, times, 1, 1000)


def repeat_action(step: Callable[[ActType], Step], action: ActType, times: int) -> Step:
    """Take up to ``times`` steps with one action, stopping when the episode ends.

    Rewards are summed, and so is ``info["raw_reward"]`` where a shaped reward is below; the
    observation, the flags and the rest of the info are those of the last step.
    """
    total, raw_total = 0.0, 0.0
    for _ in range(times):
        obs, reward, terminated, truncated, info = step(action)
        total += float(reward)
        raw_total += float(info.get("raw_reward", 0.0))
        if terminated or truncated:
            break
    if "raw_reward" in info:
        info["raw_reward"] = raw_total
    return obs, total, terminated, truncated, info
