"""A small project of somebody else's: it installs lander_envs and composes its parts.

Run by ``tests/test_outside_project.py`` in a folder of its own, with nothing of this repository on
the path, and checked by mypy against the types that the package ships.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

import lander_envs
from lander_envs.wrappers import MaskVelocity, RepeatAction, ScaleObservation, ShapeReward
from lander_envs.wrappers.vector import MaskVelocity as VectorMaskVelocity


class CountSteps(gym.Wrapper[Any, Any, Any, Any]):
    """A wrapper of the outside project's own, in the middle of ours."""

    steps = 0

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Count, and pass on."""
        self.steps += 1
        return self.env.step(action)


def make_env() -> gym.Env[Any, Any]:
    """LunarLander-v3 with a shaped reward, hidden velocities, one scale and repeated actions."""
    env: gym.Env[Any, Any] = CountSteps(ShapeReward(gym.make("LunarLander-v3"), distance=5.0))
    return RepeatAction(ScaleObservation(MaskVelocity(env), scale="unit"), times=2)


def main() -> None:
    """Use wrappers, a variant and a vector env, and print what came out."""
    env = make_env()
    env.reset(seed=0)
    obs, _, _, _, info = env.step(2)
    print("masked", [float(obs[i]) for i in (2, 3, 5)], "raw" if "raw_reward" in info else "lost")
    print("base steps", env.get_wrapper_attr("steps"))
    pixels = gym.make("lander_envs/PixelLander-v0")
    print("pixels", pixels.reset(seed=0)[0].shape)
    envs = VectorMaskVelocity(gym.make_vec("lander_envs/Lander-v0", num_envs=3))
    batch = np.asarray(envs.reset(seed=0)[0])
    print("batch", batch.shape, bool((batch[:, [2, 3, 5]] == 0).all()))
    print("ids", len(lander_envs.REGISTERED_IDS))


if __name__ == "__main__":
    main()
