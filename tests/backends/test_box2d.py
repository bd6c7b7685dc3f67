"""The Box2D backend."""

import subprocess
import sys

import gymnasium as gym
import numpy as np

WITHOUT_BOX2D = """
import sys
sys.modules["Box2D"] = None
import gymnasium as gym, lander_envs
try:
    gym.make("lander_envs/Lander-v0", backend="box2d")
except gym.error.DependencyNotInstalled as error:
    print(error)
"""


def test_a_missing_box2d_is_named() -> None:
    command = [sys.executable, "-c", WITHOUT_BOX2D]
    done = subprocess.run(command, capture_output=True, text=True)
    assert 'backend="box2d" needs the Box2D package' in done.stdout, done.stderr


def test_particles_age_by_the_step_as_if_each_step_had_been_rendered() -> None:
    ours = gym.make("lander_envs/Lander-v0", render_mode="rgb_array", backend="box2d")
    reference = gym.make("LunarLander-v3", render_mode="rgb_array")
    ours.reset(seed=1)
    reference.reset(seed=1)
    for step, action in enumerate([2, 2, 2, 1, 3, 0, 0, 2] * 6):
        ours.step(action)
        reference.step(action)
        expected = reference.render()
        if step % 5 == 0:
            assert np.array_equal(ours.render(), expected)
