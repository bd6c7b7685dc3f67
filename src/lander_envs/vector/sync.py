"""Vector form of the Box2D backend: Gymnasium's SyncVectorEnv of this package's single envs."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from lander_envs import checks
from lander_envs.vector import arguments


def make_sync(
    env_id: str,
    num_envs: int,
    *,
    max_episode_steps: int | None = None,
    autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
    copy: bool = True,
    num_threads: int | None = None,
    **kwargs: Any,
) -> SyncVectorEnv:
    """Build a SyncVectorEnv of single environments.

    Args:
        env_id: one of this package's ids.
        num_envs: number of environments, at least 1.
        max_episode_steps: time limit of each env; None for the id's own.
        autoreset_mode: "NextStep", "SameStep" or "Disabled", or the enum's member.
        copy: return copies of the observations; if False, the next step overwrites them.
        num_threads: checked and ignored, so that a program runs on every backend.
        **kwargs: arguments of the variant.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> from lander_envs.vector.sync import make_sync
        >>> envs = make_sync("lander_envs/Lander-v0", 2, backend="box2d")
        >>> obs, infos = envs.reset(seed=0)
        >>> type(envs).__name__, obs.shape
        ('SyncVectorEnv', (2, 8))
    """
    checks.whole("num_envs", num_envs, 1, arguments.MAX_ENVS)
    checks.flag("copy", copy)
    mode = arguments.autoreset_mode(autoreset_mode)
    if num_threads is not None:
        checks.whole("num_threads", num_threads, 1)

    def make_one() -> gym.Env[Any, Any]:
        return gym.make(
            env_id, max_episode_steps=max_episode_steps, disable_env_checker=True, **kwargs
        )

    return SyncVectorEnv([make_one] * num_envs, copy=copy, autoreset_mode=mode)
