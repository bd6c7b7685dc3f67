"""Health of PPO: bands in which its metrics stay while it learns, and warnings outside them.

Sources: Huang et al., "The 37 implementation details of proximal policy optimization", ICLR blog
track, 2022, for the KL divergence; Jones, "Debugging reinforcement learning systems", 2021, for
relative entropy and residual variance. No paper names a limit of the clip fraction; ours is common
practice.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from gymnasium import spaces

_UPDATES = 10  # in the mean that is compared with a band
_LEAST_ENTROPY = 0.05  # of that of uniform actions
_WARM_UP = 0.1  # share of the run before which a critic may explain nothing


class Band(NamedTuple):
    """Range of a metric while PPO learns, ends included."""

    metric: str
    low: float
    high: float
    outside: str  # cause and remedy

    def holds(self, value: float) -> bool:
        """Whether a value is inside."""
        return self.low <= value <= self.high


def bands(action_space: spaces.Space[Any]) -> list[Band]:
    """Bands of PPO's metrics; continuous actions have no least entropy."""
    found = [
        Band(
            *("approx_kl", -math.inf, 0.02),
            "the policy changes too fast; lower learning_rate or update_epochs",
        ),
        Band(
            *("clip_fraction", -math.inf, 0.3),
            "most of the update is cut off; lower learning_rate or update_epochs",
        ),
        Band(
            *("explained_variance", 0.0, 1.0),
            "the critic predicts worse than a constant; check reward_scale and gamma",
        ),
    ]
    if isinstance(action_space, spaces.Discrete):
        least = _LEAST_ENTROPY * math.log(int(action_space.n))
        found.append(
            Band(
                *("entropy", least, math.inf), "the policy hardly explores any more; raise ent_coef"
            )
        )
    return found


class HealthMonitor:
    """Warnings for metrics that leave their bands, once each time that they do."""

    def __init__(self, action_space: spaces.Space[Any]) -> None:
        self._bands = bands(action_space)
        self._recent = {band.metric: deque[float](maxlen=_UPDATES) for band in self._bands}
        self._outside: set[str] = set()

    def check(self, metrics: Mapping[str, float], share_done: float) -> list[str]:
        """Sentences for the metrics whose mean over the last ten updates has just left its band.

        Args:
            metrics: of an update.
            share_done: share of the run, 0 to 1; the critic is not judged at the beginning.
        """
        warnings = []
        for band in self._bands:
            recent = self._recent[band.metric]
            recent.append(metrics[band.metric])
            early = band.metric == "explained_variance" and share_done < _WARM_UP
            if len(recent) < _UPDATES or early:
                continue
            mean = sum(recent) / _UPDATES
            if band.holds(mean):
                self._outside.discard(band.metric)
            elif band.metric not in self._outside:
                self._outside.add(band.metric)
                warnings.append(_warning(band, mean))
        return warnings


def _warning(band: Band, mean: float) -> str:
    side, limit = ("over", band.high) if mean > band.high else ("under", band.low)
    return (
        f"warning: {band.metric} {mean:.3g} over the last {_UPDATES} updates, {side} {limit:.3g}: "
        f"{band.outside}"
    )
