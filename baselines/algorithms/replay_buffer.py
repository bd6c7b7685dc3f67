"""Replay buffer with n-step returns; every observation is stored once.

Row t of an environment holds what was observed, the action taken there, and what came of it; the
observation that followed is row t + 1. With NEXT_STEP autoreset an episode's last observation has
a row of its own, from which the environment only resets: it ends n-step returns and starts none.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from baselines.runs.config import ConfigError
from baselines.runs.environments import HOST, Array, Arrays
from baselines.runs.resources import require_memory


class Transitions(NamedTuple):
    """Batch of n-step transitions. A stack is ``history`` observations, joined on axis 1."""

    obs: Tensor  # (batch, history * shape[0], *shape[1:])
    actions: Tensor  # (batch,) int64
    returns: Tensor  # (batch,) float32: discounted rewards up to next_obs
    discounts: Tensor  # (batch,) float32: what the value of next_obs is worth; 0 if terminated
    next_obs: Tensor  # as obs: n steps later, or the episode's last observation


class ObservationHistory:
    """Stacks of the last observations of running environments, oldest first.

    An episode starts with copies of its first observation, as FrameStackObservation pads.
    """

    def __init__(self, length: int, arrays: Arrays = HOST) -> None:
        self._length, self._arrays = length, arrays
        self._stack: Array = None  # (num_envs, length, *shape); None before the first push

    def push(self, obs: Array, episode_start: Array) -> Array:
        """Take in observations (num_envs, *shape); returns the stacks, joined on axis 1."""
        if self._stack is None:
            self._stack = self._arrays.library.stack([obs] * self._length, 1)
        for k in range(self._length - 1):
            self._stack[:, k] = self._stack[:, k + 1]
        self._stack[:, -1] = obs
        self._arrays.put(self._stack, episode_start, obs[:, None])
        return join(self._stack)


def join(stack: Array) -> Array:
    """(n, history, channels, ...) as (n, history * channels, ...)."""
    n, history, channels, *rest = stack.shape
    return stack.reshape(n, history * channels, *rest)


class ReplayBuffer:
    """Ring buffer of the last steps of ``num_envs`` environments.

    Args:
        capacity: steps over all environments.
        num_envs: how many are stepped together.
        obs_shape: of one observation.
        obs_dtype: kept as it is, uint8 for pixels.
        history: observations in a stack.
        n_step: rewards in a return, unless the episode ends before.
        gamma: discount of a step.
        arrays: of the environments.

    Raises:
        ConfigError: if ``capacity`` cannot hold an n-step transition of each environment and a
            reset, or is more than the machine's memory.
    """

    def __init__(
        self,
        capacity: int,
        num_envs: int,
        obs_shape: tuple[int, ...],
        obs_dtype: Any,
        *,
        history: int,
        n_step: int,
        gamma: float,
        arrays: Arrays = HOST,
    ) -> None:
        self._rows, self._num_envs = capacity // num_envs, num_envs
        # Two rows from which to draw: no environment resets twice in a row, so that one can start.
        if self._rows < history + n_step + 1:
            raise ConfigError(
                f"buffer_size: must be at least num_envs * (history + n_step + 1) = "
                f"{num_envs * (history + n_step + 1)}, got {capacity}"
            )
        self._history, self._n_step, self._arrays = history, n_step, arrays
        self._powers = arrays.array(gamma ** np.arange(n_step + 1))
        self._ahead = arrays.array(np.arange(n_step))
        self._back = arrays.array(np.arange(history - 1, -1, -1))
        # A step's observation; action, reward, three flags and age.
        step = math.prod(obs_shape) * np.dtype(obs_dtype).itemsize + 8 + 4 + 3 + 4
        require_memory("buffer_size", self._rows * num_envs * step)
        shape = (self._rows, num_envs)
        self._obs = arrays.zeros((*shape, *obs_shape), obs_dtype)
        self._actions = arrays.zeros(shape, np.int64)
        self._rewards = arrays.zeros(shape, np.float32)
        self._terminated, self._truncated, self._is_reset = arrays.zeros((3, *shape), np.bool_)
        self._age = arrays.zeros(shape, np.int32)  # steps since the episode's start
        self._added = 0  # rows, overwritten ones too

    def __len__(self) -> int:
        """Steps held, over all environments."""
        return min(self._added, self._rows) * self._num_envs

    def add(
        self,
        obs: Array,
        actions: Array,
        rewards: Array,
        terminated: Array,
        truncated: Array,
        is_reset: Array,
    ) -> None:
        """Keep one step of all environments.

        Args:
            obs: what was acted on, (num_envs, *shape).
            actions: integers (num_envs,), as are the sizes of all below.
            rewards: what the step gave.
            terminated: whether it reached a terminal state.
            truncated: whether it was cut off.
            is_reset: whether it only reset, ``obs`` being an episode's last.
        """
        row, before = self._added % self._rows, (self._added - 1) % self._rows
        starts = self._is_reset[before] | (self._added == 0)
        self._age[row] = self._arrays.library.where(starts, 0, self._age[before] + 1)
        self._obs[row], self._actions[row], self._rewards[row] = obs, actions, rewards
        self._terminated[row], self._truncated[row] = terminated, truncated
        self._is_reset[row] = is_reset
        self._added += 1

    @property
    def ready(self) -> bool:
        """Whether there is anything to sample."""
        oldest, newest = self._starts()
        return newest > oldest

    def sample(self, batch_size: int, device: str = "cpu") -> Transitions:
        """Draw n-step transitions uniformly, with PyTorch's generator."""
        rows, envs = self._draw(batch_size)
        library = self._arrays.library
        window = (rows[:, None] + self._ahead) % self._rows, envs[:, None]
        terminated = self._terminated[window]
        ended = terminated | self._truncated[window]
        # A step counts while no step before it has ended the episode.
        counts = library.ones_like(ended)
        counts[:, 1:] = library.cumsum(ended, 1)[:, :-1] == 0
        returns = (self._rewards[window] * self._powers[:-1] * counts).sum(1)
        steps = counts.sum(1)
        bootstraps = ~(terminated & counts).any(1)
        parts = (
            self._stacks(rows, envs),
            self._actions[rows, envs],
            returns,
            self._powers[steps] * bootstraps,
            self._stacks((rows + steps) % self._rows, envs),
        )
        obs, actions, returns, discounts, next_obs = (
            torch.as_tensor(part, device=device) for part in parts
        )
        return Transitions(obs, actions, returns.float(), discounts.float(), next_obs)

    def _starts(self) -> tuple[int, int]:
        """Range of rows, counted over all ever added, at which a transition may start.

        Its stack must not reach behind the oldest row, nor its next observation past the newest.
        """
        oldest = max(0, self._added - self._rows)
        return oldest + (self._history - 1 if oldest else 0), self._added - self._n_step

    def _draw(self, batch_size: int) -> tuple[Array, Array]:
        """Random rows and environments of transitions; resets are drawn anew."""
        rows, envs = self._draw_any(batch_size)
        while (resets := self._is_reset[rows, envs]).any():
            rows[resets], envs[resets] = self._draw_any(int(resets.sum()))
        return rows, envs

    def _draw_any(self, n: int) -> tuple[Array, Array]:
        """Random rows and environments of steps, (n,) each."""
        oldest, newest = self._starts()
        num_envs = self._num_envs
        bounds, device = (oldest * num_envs, newest * num_envs), self._arrays.device or "cpu"
        drawn = self._arrays.from_tensor(torch.randint(*bounds, (n,), device=device))
        return drawn // num_envs % self._rows, drawn % num_envs

    def _stacks(self, rows: Array, envs: Array) -> Array:
        """Stacks that end at these rows; padded with copies of the episode's first observation."""
        back = self._arrays.library.minimum(self._back, self._age[rows, envs][:, None])
        return join(self._obs[(rows[:, None] - back) % self._rows, envs[:, None]])
