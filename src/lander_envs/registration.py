"""Registration of the environments: ids, entry points and limits."""

from __future__ import annotations

from typing import Any

import gymnasium as gym

from lander_envs.spaces import REWARD_THRESHOLD, TIME_LIMIT

# Name in the id, class in lander_envs.envs, function in lander_envs.vector, default arguments.
_VARIANTS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("Lander-v0", "LanderEnv", "lander", {}),
    ("LanderContinuous-v0", "LanderEnv", "lander_continuous", {"continuous": True}),
    ("MaskedVelocityLander-v0", "MaskedVelocityLanderEnv", "masked_velocity", {}),
    ("NormalizedLander-v0", "NormalizedLanderEnv", "normalized", {}),
    ("PixelLander-v0", "PixelLanderEnv", "pixel", {}),
    ("ShapedLander-v0", "ShapedLanderEnv", "shaped", {}),
)

REGISTERED_IDS = tuple(f"lander_envs/{name}" for name, *_ in _VARIANTS)
"""Every id."""
ENV_IDS = tuple(
    env_id
    for env_id, (*_, kwargs) in zip(REGISTERED_IDS, _VARIANTS, strict=True)
    if not kwargs  # an id with arguments is another name of a variant
)
"""The variants, each with discrete actions unless it is asked for ``continuous=True``."""

# Gymnasium's ids of older releases' environments: their argument names a module to import.
_FOREIGN = ("GymV21Environment", "GymV26Environment")


def is_foreign(env_id: str) -> bool:
    """Whether ``gym.make`` imports a module that an argument of the environment names."""
    return env_id.rpartition("/")[2].startswith(_FOREIGN)


def register_envs() -> None:
    """Register every id with Gymnasium, unless it is registered already."""
    for env_id, (_, single, vector, kwargs) in zip(REGISTERED_IDS, _VARIANTS, strict=True):
        if env_id not in gym.registry:
            gym.register(
                id=env_id,
                entry_point=f"lander_envs.envs:{single}",
                vector_entry_point=f"lander_envs.vector:{vector}",
                max_episode_steps=TIME_LIMIT,
                reward_threshold=REWARD_THRESHOLD,
                kwargs=kwargs,
            )
