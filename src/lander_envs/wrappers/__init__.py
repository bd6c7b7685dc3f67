"""Wrappers for single environments: LunarLander-v3 and others with fitting spaces.

All arguments are JSON values, so that an ``EnvSpec`` with the wrapper survives its JSON round trip.
"""

from lander_envs.wrappers.action import RepeatAction
from lander_envs.wrappers.observation import MaskVelocity, ScaleObservation
from lander_envs.wrappers.pixels import PixelObservation
from lander_envs.wrappers.reward import ShapeReward

__all__ = ["MaskVelocity", "PixelObservation", "RepeatAction", "ScaleObservation", "ShapeReward"]
