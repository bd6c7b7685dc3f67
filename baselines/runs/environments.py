"""Environments of a config, and the arrays that they take and return.

An environment is made by its id, or refused in a sentence. Its arrays are NumPy's on the host and
tensors on a GPU; one text serves both. They are indexed alike, and the functions that NumPy and
PyTorch share are called through :attr:`Arrays.library`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import DTypeLike, NDArray
from torch import Tensor

from baselines.runs.config import ConfigError, TrainConfig
from lander_envs.registration import REGISTERED_IDS

Made = TypeVar("Made")

# Exceptions of constructors for arguments of another name, type or value, and for missing packages.
_REFUSALS = (gym.error.Error, TypeError, ValueError, AttributeError, ImportError, AssertionError)


Array = Any  # an NDArray, or a Tensor on a GPU


class Arrays:
    """NumPy, or PyTorch on a device.

    Args:
        device: where environments return tensors; None for environments that return arrays.

    Attributes:
        library: ``numpy`` or ``torch``, for functions that both have with the same arguments.
    """

    def __init__(self, device: str | None = None) -> None:
        self.device = device
        self.library: Any = np if device is None else torch

    @property
    def on_host(self) -> bool:
        """True if reading a number does not wait for a GPU."""
        return self.device is None

    def zeros(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Zeros of a NumPy dtype."""
        if self.device is None:
            return np.zeros(shape, dtype)
        like = torch.from_numpy(np.zeros(0, dtype))
        return torch.zeros(shape, dtype=like.dtype, device=self.device)

    def array(self, values: NDArray[Any]) -> Array:
        """Array of the host's ``values``, or a copy on the device."""
        return values if self.device is None else torch.from_numpy(values).to(self.device)

    def from_tensor(self, tensor: Tensor) -> Array:
        """Array of a network's output."""
        return tensor.cpu().numpy() if self.device is None else tensor

    def put(self, target: Array, mask: Array, values: Array) -> None:
        """Set ``target[mask] = values[mask]``.

        Args:
            target: (n, ...).
            mask: bool (n,).
            values: broadcast to ``target``, (n, ...).
        """
        if self.device is None:
            target[mask] = values[mask]
        else:  # the number of rows is known on the device only
            rows = mask.view(-1, *[1] * (target.ndim - 1))
            target.copy_(torch.where(rows, values, target))


HOST = Arrays()


def to_host(array: Array) -> NDArray[Any]:
    """NumPy's array of an array; waits for a GPU."""
    return array.cpu().numpy() if isinstance(array, Tensor) else array


def make_env(env_id: str, env_kwargs: Mapping[str, Any]) -> gym.Env[Any, Any]:
    """Single environment; ConfigError for an unknown id or arguments that it does not take."""
    return made(env_id, lambda: gym.make(env_id, **env_kwargs))


def make_batch(config: TrainConfig) -> tuple[VectorEnv[Any, Any, Any], Arrays]:
    """Vector environment of a training, and the arrays that it takes and returns.

    This package's environments live on the config's device, others on the host.

    Raises:
        ConfigError: as of :func:`make_env`, and for a vector environment that does not reset at
            the step after an episode's end, as rollouts and replay buffers take for granted.
    """
    arguments: dict[str, Any] = {"num_envs": config.num_envs, **config.env_kwargs}
    arrays = HOST
    if config.device != "cpu" and config.env_id in REGISTERED_IDS:
        arguments["device"] = config.device
        arrays = Arrays(config.device)
    envs = made(config.env_id, lambda: gym.make_vec(config.env_id, **arguments))
    if (mode := envs.metadata.get("autoreset_mode")) != AutoresetMode.NEXT_STEP:
        envs.close()
        raise ConfigError(f"env_id: {config.env_id} must have NEXT_STEP autoreset, got {mode}")
    return envs, arrays


def made(env_id: str, make: Callable[[], Made]) -> Made:
    """Environment that ``make`` gives; ConfigError if it is refused."""
    try:
        return make()
    except gym.error.UnregisteredEnv as unknown:
        raise ConfigError(f"env_id: unknown environment {env_id!r}: {unknown}") from None
    except _REFUSALS as refused:
        raise ConfigError(f"env_id, env_kwargs: {env_id} cannot be made: {refused}") from None
