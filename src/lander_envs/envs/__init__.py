"""Single environments, one class per variant."""

from lander_envs.envs.lander import LanderEnv
from lander_envs.envs.masked_velocity import MaskedVelocityLanderEnv
from lander_envs.envs.normalized import NormalizedLanderEnv
from lander_envs.envs.pixel import PixelLanderEnv
from lander_envs.envs.shaped import ShapedLanderEnv

__all__ = [
    "LanderEnv",
    "MaskedVelocityLanderEnv",
    "NormalizedLanderEnv",
    "PixelLanderEnv",
    "ShapedLanderEnv",
]
