"""Flight of every id with an installed package, as one hash: the same on every machine.

    python tests/wheel/flight.py

prints the hash and ends with status 1 if it is another than REFERENCE. It needs the package alone.
"""

from __future__ import annotations

import hashlib
import platform
import sys

import gymnasium as gym
import numpy as np

import lander_envs

REFERENCE = "b9cc01a25574cb6ffde5a27201548d91e5c38c5598e4308580aa8e1046e0b9dd"
NUM_ENVS = 3
STEPS = 200


def flight_hash() -> str:
    """Hash of what a batch of each id gives: observations, rewards and flags of random flights."""
    out = hashlib.sha256()
    for env_id in lander_envs.REGISTERED_IDS:
        envs = gym.make_vec(env_id, num_envs=NUM_ENVS)
        stream = np.random.default_rng(0)
        obs, _ = envs.reset(seed=7)
        out.update(obs.tobytes())
        for _ in range(STEPS):
            for array in envs.step(actions(envs, stream))[:4]:
                out.update(array.tobytes())
        envs.close()
    return out.hexdigest()


def actions(envs: gym.vector.VectorEnv, stream: np.random.Generator) -> np.ndarray:
    """Random actions or throttles; not from the space, whose sampling may differ by Gymnasium."""
    if isinstance(envs.single_action_space, gym.spaces.Discrete):
        return stream.integers(4, size=NUM_ENVS)
    return stream.uniform(-1, 1, size=(NUM_ENVS, 2)).astype(np.float32)


if __name__ == "__main__":
    found = flight_hash()
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"{found}  lander_envs {lander_envs.__version__}, {machine}")
    sys.exit(0 if found == REFERENCE else f"the reference is {REFERENCE}")
