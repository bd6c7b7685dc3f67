"""Trajectories as hashes, made with a core that had been compared with Gymnasium byte for byte.

They stand in for Box2D where it has no wheel. To make them anew, after a parity run:

    python -m tests.native.golden
"""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from tests.native.landers import native_lander

PATH = Path(__file__).with_suffix(".json")

CASES: dict[str, dict[str, Any]] = {
    "discrete": {},
    "continuous": {"continuous": True},
    "wind": {"enable_wind": True},
    "continuous wind, weak gravity": {"continuous": True, "enable_wind": True, "gravity": -2.5},
    "strong gravity": {"gravity": -11.75},
}


def _actions(seed: int):
    """Bursts of one action, from a generator that needs no library."""
    word = seed * 2654435761 % 2**32 or 1
    while True:
        word ^= word << 13 & 0xFFFFFFFF
        word ^= word >> 17
        word ^= word << 5 & 0xFFFFFFFF
        for _ in range(1 + word % 30):
            yield word >> 8 & 3


def _throttles(action: int) -> tuple[float, float]:
    return (0.25 if action == 2 else -1.0), {1: -0.75, 3: 0.75}.get(action, 0.125)


def digest(case: str, episodes: int = 12, steps: int = 400) -> str:
    """All that the episodes gave, as one hash."""
    arguments = CASES[case]
    lander = native_lander(**arguments)
    out = hashlib.sha256()
    for seed in range(episodes):
        stream = np.random.PCG64(seed)
        out.update(struct.pack("<8f", *lander.reset(stream).tolist()))
        actions = _actions(seed)
        for _ in range(steps):
            action = next(actions)
            if arguments.get("continuous"):
                obs, reward, terminated = lander.step_continuous(*_throttles(action), stream)
            else:
                obs, reward, terminated = lander.step(action, stream)
            out.update(struct.pack("<8fd?", *obs.tolist(), reward, terminated))
    return out.hexdigest()


if __name__ == "__main__":
    PATH.write_text(json.dumps({case: digest(case) for case in CASES}, indent=2) + "\n")
