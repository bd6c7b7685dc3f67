"""Actions of every id."""

from typing import Any

import gymnasium as gym
import numpy as np


def no_engine(space: gym.Space[Any]) -> Any:
    """Action, or batch of actions, that fires no engine."""
    return 0 if isinstance(space, gym.spaces.Discrete) else np.zeros(space.shape, space.dtype)
