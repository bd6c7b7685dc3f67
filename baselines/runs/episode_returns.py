"""Episodic returns of environments that are being stepped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class EpisodeReturns:
    """Running sums of raw rewards, one an environment."""

    def __init__(self, num_envs: int) -> None:
        self._running = np.zeros(num_envs)
        self._finished: list[float] = []

    def add(self, raw_rewards: NDArray[np.float64], ended: NDArray[np.bool_]) -> int:
        """Count a step (num_envs,); returns the number of episodes that it ended."""
        self._running += raw_rewards
        self._finished += self._running[ended].tolist()
        self._running[ended] = 0.0
        return int(ended.sum())

    def take_finished(self) -> list[float]:
        """Returns of the episodes that ended since the last call."""
        taken, self._finished = self._finished, []
        return taken
