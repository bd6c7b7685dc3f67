"""Hash of a flight of every id: the same on every machine.

It needs Gymnasium and NumPy alone.
"""

from __future__ import annotations

import hashlib
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from lander_envs.registration import REGISTERED_IDS

REFERENCE = "b9cc01a25574cb6ffde5a27201548d91e5c38c5598e4308580aa8e1046e0b9dd"
"""Hash on the reference machine."""

_NUM_ENVS = 3
_STEPS = 200


def flight_hash() -> str:
    """Hash of observations, rewards and flags of random flights, in a batch of each id."""
    out = hashlib.sha256()
    for env_id in REGISTERED_IDS:
        envs = gym.make_vec(env_id, num_envs=_NUM_ENVS)
        stream = np.random.default_rng(0)
        obs, _ = envs.reset(seed=7)
        out.update(obs.tobytes())
        for _ in range(_STEPS):
            for array in envs.step(_actions(envs, stream))[:4]:
                out.update(array.tobytes())
        envs.close()
    return out.hexdigest()


def _actions(
    envs: gym.vector.VectorEnv[Any, Any, Any], stream: np.random.Generator
) -> NDArray[Any]:
    """Random actions or throttles; not from the space, whose sampling may differ by Gymnasium."""
    if isinstance(envs.single_action_space, gym.spaces.Discrete):
        return stream.integers(4, size=_NUM_ENVS)
    return stream.uniform(-1, 1, size=(_NUM_ENVS, 2)).astype(np.float32)
