"""The table of environments: id, entry points, limits."""

from __future__ import annotations

import gymnasium as gym

from lander_envs.spaces import REWARD_THRESHOLD, TIME_LIMIT

# Name of the id, class of the single env, function that builds the vector env.
_VARIANTS = (
    ("Lander-v0", "LanderEnv", "lander"),
    ("MaskedVelocityLander-v0", "MaskedVelocityLanderEnv", "masked_velocity"),
    ("NormalizedLander-v0", "NormalizedLanderEnv", "normalized"),
    ("PixelLander-v0", "PixelLanderEnv", "pixel"),
    ("ShapedLander-v0", "ShapedLanderEnv", "shaped"),
)

ENV_IDS = tuple(f"lander_envs/{name}" for name, _, _ in _VARIANTS)


def register_envs() -> None:
    """Register every id with Gymnasium; those that are registered already are left alone."""
    for env_id, (_, single, vector) in zip(ENV_IDS, _VARIANTS, strict=True):
        if env_id not in gym.registry:
            gym.register(
                id=env_id,
                entry_point=f"lander_envs.envs:{single}",
                vector_entry_point=f"lander_envs.vector:{vector}",
                max_episode_steps=TIME_LIMIT,
                reward_threshold=REWARD_THRESHOLD,
            )
