"""The Lunar Lander benchmark suite for Gymnasium.

Importing the package registers its environments:

>>> import gymnasium as gym
>>> import lander_envs
>>> env = gym.make("lander_envs/MaskedVelocityLander-v0")
>>> obs, info = env.reset(seed=0)
>>> obs[[2, 3, 5]].tolist()  # both velocities and the angular velocity are hidden
[0.0, 0.0, 0.0]
"""

from lander_envs._native import Outcome, __version__
from lander_envs.backends import BACKENDS, DEFAULT_BACKEND
from lander_envs.headers import get_include
from lander_envs.registration import ENV_IDS, REGISTERED_IDS, register_envs

__all__ = [
    "BACKENDS",
    "DEFAULT_BACKEND",
    "ENV_IDS",
    "REGISTERED_IDS",
    "Outcome",
    "__version__",
    "get_include",
    "register_envs",
]

register_envs()
