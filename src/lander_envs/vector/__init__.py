"""Vector environments, and the functions by which ``gym.make_vec`` builds them."""

from lander_envs.vector.entry_points import (
    lander,
    lander_continuous,
    masked_velocity,
    normalized,
    pixel,
    shaped,
)
from lander_envs.vector.lander import LanderVectorEnv
from lander_envs.vector.pixel import PixelLanderVectorEnv
from lander_envs.vector.variants import (
    MaskedVelocityLanderVectorEnv,
    NormalizedLanderVectorEnv,
    ShapedLanderVectorEnv,
)

__all__ = [
    "LanderVectorEnv",
    "MaskedVelocityLanderVectorEnv",
    "NormalizedLanderVectorEnv",
    "PixelLanderVectorEnv",
    "ShapedLanderVectorEnv",
    "lander",
    "lander_continuous",
    "masked_velocity",
    "normalized",
    "pixel",
    "shaped",
]
