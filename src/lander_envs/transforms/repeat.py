"""Action repeat (frame skip), as in the Atari environments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from lander_envs import checks
from lander_envs.floating_point import in_default_floating_point
from lander_envs.spaces import TIME_LIMIT

TIMES = 4  # default number of repeats, as is usual for Atari games

Step = tuple[Any, Any, bool, bool, dict[str, Any]]
ActType = TypeVar("ActType")


def check_times(name: str, times: Any) -> int:
    """Check a number of repeats: 1 to ``TIME_LIMIT``; ValueError otherwise."""
    return checks.whole(name, times, 1, TIME_LIMIT)


def slower(metadata: dict[str, Any], times: int) -> dict[str, Any]:
    """Metadata of an env that gives one frame every ``times`` steps: ``render_fps`` is divided.

    A film at that rate plays in real time.
    """
    if metadata.get("render_fps") is None:
        return metadata
    fps = metadata["render_fps"] / times
    return {**metadata, "render_fps": int(fps) if fps == int(fps) else fps}


def repeat_action(step: Callable[[ActType], Step], action: ActType, times: int) -> Step:
    """Take up to ``times`` steps with the same action; stops at the end of the episode.

    Returns:
        Observation, flags and info of the last step, and the sum of the rewards. If the info has
        ``raw_reward``, it is summed too.
    """
    rewards, raw_rewards = [], []
    for _ in range(times):
        obs, reward, terminated, truncated, info = step(action)
        rewards.append(float(reward))
        raw_rewards.append(float(info.get("raw_reward", 0.0)))
        if terminated or truncated:
            break
    if "raw_reward" in info:
        info["raw_reward"] = np.float64(_sum(raw_rewards))
    return obs, _sum(rewards), terminated, truncated, info


@in_default_floating_point
def _sum(values: list[float]) -> float:
    """Sum from left to right; Python's ``sum`` corrects rounding errors from 3.12 on."""
    total = 0.0
    for value in values:
        total += value
    return total
