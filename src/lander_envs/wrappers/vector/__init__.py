"""Wrappers for vector environments.

They support NEXT_STEP, SAME_STEP and DISABLED autoreset, except PixelObservation, which refuses
SAME_STEP. RepeatAction has no vector form: an env whose episode ends within a repetition would have
to wait for the others, which the vector API does not allow.
"""

from lander_envs.wrappers.vector.observation import MaskVelocity, ScaleObservation
from lander_envs.wrappers.vector.pixels import PixelObservation
from lander_envs.wrappers.vector.reward import ShapeReward

__all__ = ["MaskVelocity", "PixelObservation", "ScaleObservation", "ShapeReward"]
