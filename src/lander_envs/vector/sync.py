"""The vector form of the Box2D backend: Gymnasium's SyncVectorEnv over our single envs."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from lander_envs import checks


def make_sync(
    env_id: str,
    num_envs: int,
    *,
    max_episode_steps: int | None = None,
    autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
    copy: bool = True,
    **kwargs: Any,
) -> SyncVectorEnv:
    """Build a SyncVectorEnv of ``num_envs`` environments of that id.

    Args:
        env_id: one of this package's ids.
        num_envs: how many, at least 1.
        max_episode_steps: the time limit of each env; None for the id's own.
        autoreset_mode: "NextStep", "SameStep" or "Disabled", or the enum's member.
        copy: whether returned observations are copies of the buffer.
        **kwargs: the variant's own arguments.

    Raises:
        ValueError: for an argument outside what is allowed.
    """
    checks.whole("num_envs", num_envs, 1)
    checks.flag("copy", copy)
    mode = _autoreset_mode(autoreset_mode)

    def make_one() -> gym.Env[Any, Any]:
        return gym.make(
            env_id, max_episode_steps=max_episode_steps, disable_env_checker=True, **kwargs
        )

    return SyncVectorEnv([make_one] * num_envs, copy=copy, autoreset_mode=mode)


def _autoreset_mode(value: Any) -> AutoresetMode:
    if isinstance(value, AutoresetMode):
        return value
    name = checks.one_of("autoreset_mode", value, [mode.value for mode in AutoresetMode])
    return AutoresetMode(name)
