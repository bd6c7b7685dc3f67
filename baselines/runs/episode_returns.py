"""Episodic returns of environments that are being stepped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from baselines.runs.environments import HOST, Array, Arrays, to_host


class EpisodeReturns:
    """Running sums of raw rewards, one an environment.

    Steps on a GPU are kept there until somebody asks for a number.
    """

    def __init__(self, num_envs: int, arrays: Arrays = HOST) -> None:
        self._arrays = arrays
        self._running = np.zeros(num_envs)
        self._finished: list[float] = []
        self._ended = 0
        self._waiting: list[tuple[Array, Array]] = []  # steps that are not in the sums yet

    def add(self, raw_rewards: Array, ended: Array) -> None:
        """Count a step, float64 and bool (num_envs,)."""
        if self._arrays.on_host:
            self._sum(raw_rewards, ended)
        else:
            self._waiting.append((raw_rewards, ended))

    def count_ended(self) -> int:
        """Number of episodes that ended since the last call."""
        self._sum_waiting()
        counted, self._ended = self._ended, 0
        return counted

    def take_finished(self) -> list[float]:
        """Returns of the episodes that ended since the last call."""
        self._sum_waiting()
        taken, self._finished = self._finished, []
        return taken

    def _sum_waiting(self) -> None:
        if not self._waiting:
            return
        stack = self._arrays.library.stack
        columns = (to_host(stack(column)) for column in zip(*self._waiting, strict=True))
        for raw_rewards, ended in zip(*columns, strict=True):
            self._sum(raw_rewards, ended)
        self._waiting.clear()

    def _sum(self, raw_rewards: NDArray[np.float64], ended: NDArray[np.bool_]) -> None:
        self._running += raw_rewards
        self._finished += self._running[ended].tolist()
        self._running[ended] = 0.0
        self._ended += int(ended.sum())
