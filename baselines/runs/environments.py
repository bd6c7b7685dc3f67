"""Environments of a config: made by its id, refused in a sentence where that does not work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import gymnasium as gym
from gymnasium.vector import VectorEnv

from baselines.runs.arrays import HOST, Arrays
from baselines.runs.config import ConfigError, TrainConfig
from lander_envs.registration import REGISTERED_IDS

Made = TypeVar("Made")

# Exceptions of constructors for arguments of another name, type or value, and for missing packages.
_REFUSALS = (gym.error.Error, TypeError, ValueError, AttributeError, ImportError, AssertionError)


def make_env(env_id: str, env_kwargs: Mapping[str, Any]) -> gym.Env[Any, Any]:
    """Single environment; ConfigError for an unknown id or arguments that it does not take."""
    return made(env_id, lambda: gym.make(env_id, **env_kwargs))


def make_batch(config: TrainConfig) -> tuple[VectorEnv[Any, Any, Any], Arrays]:
    """Vector environment of a training, and the arrays that it takes and returns.

    This package's environments live on the config's device, others on the host.

    Raises:
        ConfigError: as of :func:`make_env`.
    """
    arguments: dict[str, Any] = {"num_envs": config.num_envs, **config.env_kwargs}
    arrays = HOST
    if config.device != "cpu" and config.env_id in REGISTERED_IDS:
        arguments["device"] = config.device
        arrays = Arrays(config.device)
    return made(config.env_id, lambda: gym.make_vec(config.env_id, **arguments)), arrays


def made(env_id: str, make: Callable[[], Made]) -> Made:
    """Environment that ``make`` gives; ConfigError if it is refused."""
    try:
        return make()
    except gym.error.UnregisteredEnv as unknown:
        raise ConfigError(f"env_id: unknown environment {env_id!r}: {unknown}") from None
    except _REFUSALS as refused:
        raise ConfigError(f"env_id, env_kwargs: {env_id} cannot be made: {refused}") from None
