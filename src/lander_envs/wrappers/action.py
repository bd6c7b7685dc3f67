"""Action wrappers for single environments."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
from gymnasium.utils import RecordConstructorArgs
from typing_extensions import Never

from lander_envs import checks
from lander_envs.copies import IndependentCopies
from lander_envs.interruption import Interruptible, interruptible
from lander_envs.transforms.repeat import TIMES, check_times, repeat_action, slower


class RepeatAction(
    IndependentCopies, Interruptible, gym.Wrapper[Any, Any, Any, Any], RecordConstructorArgs
):
    """Repeat each action, as in the Atari environments.

    Rewards are summed, and so is ``info["raw_reward"]`` of a wrapped ShapeReward. A repetition
    stops at the end of the episode. The time limit of ``gym.make`` is inside this wrapper and
    counts base steps. ``metadata["render_fps"]`` is divided by ``times``, so that films of the
    wrapped env play in real time.

    Args:
        env: any environment.
        times: steps per action, 1 to ``lander_envs.spaces.TIME_LIMIT``.

    Raises:
        ValueError: if ``times`` is out of range.

    Example:
        >>> import gymnasium as gym
        >>> from lander_envs.wrappers import RepeatAction
        >>> env = gym.make("LunarLander-v3")
        >>> obs, info = env.reset(seed=0)
        >>> rewards = [env.step(2)[1] for _ in range(4)]
        >>> env = RepeatAction(gym.make("LunarLander-v3"), times=4)
        >>> obs, info = env.reset(seed=0)
        >>> obs, reward, terminated, truncated, info = env.step(2)
        >>> print(f"one step {reward:.2f}, four steps {sum(rewards):.2f}")
        one step 5.61, four steps 5.61
    """

    def __init__(self, env: gym.Env[Any, Any], times: int = TIMES, **unknown: Never) -> None:
        checks.no_unknown(type(self), unknown)
        RecordConstructorArgs.__init__(self, times=times)
        gym.Wrapper.__init__(self, env)
        self._times = check_times("times", times)
        self.metadata = slower(env.metadata, self._times)

    @interruptible
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode."""
        obs, info = self.env.reset(seed=seed, options=options)
        self._interrupted = False
        return obs, info

    @interruptible
    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take up to ``times`` steps; returns the last one, with the sum of the rewards."""
        self._require_whole("step")
        return repeat_action(self.env.step, action, self._times)
