"""Wrappers that change what an action does."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
from gymnasium.utils import RecordConstructorArgs

from lander_envs.transforms.repeat import check_times, repeat_action


class RepeatAction(gym.Wrapper[Any, Any, Any, Any], RecordConstructorArgs):
    """Repeat every action, as the Atari environments do.

    Rewards are summed (``info["raw_reward"]`` of a ShapeReward below too), and a repetition stops
    when the episode ends. The time limit of an env made with ``gym.make`` lies below this wrapper
    and goes on counting base steps.

    Args:
        env: any environment.
        times: how often each action is taken, 1 to 1000.

    Raises:
        ValueError: if ``times`` is not such an integer.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import RepeatAction
        >>> env = RepeatAction(gym.make("LunarLander-v3"), times=4)
        >>> obs, info = env.reset(seed=0)
        >>> obs, reward, terminated, truncated, info = env.step(2)
    """

    def __init__(self, env: gym.Env[Any, Any], times: int = 4) -> None:
        RecordConstructorArgs.__init__(self, times=times)
        gym.Wrapper.__init__(self, env)
        self._times = check_times("times", times)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take up to ``times`` steps and return the last one with the summed reward."""
        return repeat_action(self.env.step, action, self._times)
