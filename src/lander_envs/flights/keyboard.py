"""Actions from keys that are held down, by Gymnasium's key conventions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Change of a throttle in a base step: a key that is held brings it from 0 to full in 0.2 s.
_RAMP = 0.1


class Keyboard:
    """Keys that are down, and the action that they stand for.

    Of several keys the one that was pressed last gives a discrete action. Throttles add up; each
    moves towards what the keys ask for by a tenth in a base step.

    Args:
        actions: action of each key, as ``env.unwrapped.get_keys_to_action()`` gives them.
        base_steps: of a decision.
    """

    def __init__(self, actions: Mapping[tuple[int, ...], Any], base_steps: int = 1) -> None:
        self._actions = {code: action for (code,), action in actions.items()}
        self._down: list[int] = []  # in the order of being pressed
        self._ramp = _RAMP * base_steps
        first = next(iter(self._actions.values()))
        self._throttles: NDArray[np.float32] | None = None
        if isinstance(first, np.ndarray):
            self._throttles = np.zeros_like(first)

    def press(self, code: int) -> bool:
        """Take note of a key that went down; returns whether it flies the lander."""
        if code in self._actions and code not in self._down:
            self._down.append(code)
        return code in self._actions

    def release(self, code: int) -> None:
        """Take note of a key that went up."""
        if code in self._down:
            self._down.remove(code)

    def action(self) -> Any:
        """Action of the next decision: an int, or throttles (2,) float32."""
        if self._throttles is None:
            return self._actions[self._down[-1]] if self._down else 0
        asked = sum((self._actions[code] for code in self._down), np.zeros_like(self._throttles))
        change = np.clip(asked.clip(-1, 1) - self._throttles, -self._ramp, self._ramp)
        self._throttles = (self._throttles + change).astype(np.float32)
        return self._throttles.copy()
