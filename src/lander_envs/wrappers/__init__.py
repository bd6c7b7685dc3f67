"""Wrappers for any single environment of the right shape, LunarLander-v3 first of all.

Each takes JSON values only, so that an ``EnvSpec`` that holds it survives its JSON round trip.
"""

from lander_envs.wrappers.action import RepeatAction
from lander_envs.wrappers.observation import MaskVelocity, ScaleObservation
from lander_envs.wrappers.pixels import PixelObservation
from lander_envs.wrappers.reward import ShapeReward

__all__ = ["MaskVelocity", "PixelObservation", "RepeatAction", "ScaleObservation", "ShapeReward"]
