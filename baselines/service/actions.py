"""Actions of a lander in words and shares."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

NAMES = ("Do nothing", "Fire left engine", "Fire main engine", "Fire right engine")
"""Names of the discrete actions, in their order."""

DEAD_ZONE = 0.5
"""Throttle of the side engines up to which they stay off."""

_NOTHING, _LEFT, _MAIN, _RIGHT = range(4)


def fired(actions: NDArray[Any]) -> NDArray[np.bool_]:
    """Engines that actions fire, (n, 4), in the order of ``NAMES``.

    Args:
        actions: discrete (n,), or the throttles of main and side engines (n, 2).
    """
    if actions.ndim == 1:
        one_hot: NDArray[np.bool_] = actions[:, None] == np.arange(len(NAMES))
        return one_hot
    main, side = actions[:, 0] > 0, actions[:, 1]
    left, right = side < -DEAD_ZONE, side > DEAD_ZONE
    return np.stack([~(main | left | right), left, main, right], axis=1)


def names(actions: NDArray[Any]) -> list[str]:
    """Name of each action; throttles are told as the power of the engines that they fire.

    Args:
        actions: discrete (n,), or throttles (n, 2).
    """
    if actions.ndim == 1:
        return [NAMES[action] for action in actions.tolist()]
    powers = (actions[:, 0].clip(max=1) + 1) / 2, np.abs(actions[:, 1]).clip(max=1)
    return [
        _told(row, 100 * main, 100 * side)
        for row, main, side in zip(fired(actions).tolist(), *powers, strict=True)
    ]


def _told(engines: list[bool], main: float, side: float) -> str:
    powers = {_MAIN: main, _LEFT: side, _RIGHT: side}
    parts = [f"{NAMES[i]} at {power:.0f} %" for i, power in powers.items() if engines[i]]
    return ", ".join(parts) or NAMES[_NOTHING]
