"""The wrappers for vector environments, in all three autoreset modes where that is possible.

RepeatAction has no vector form: environments that end in the middle of a repetition would have to
wait for the others, and the vector API has no way to let one wait.
"""

from lander_envs.wrappers.vector.observation import MaskVelocity, ScaleObservation
from lander_envs.wrappers.vector.pixels import PixelObservation
from lander_envs.wrappers.vector.reward import ShapeReward

__all__ = ["MaskVelocity", "PixelObservation", "ScaleObservation", "ShapeReward"]
