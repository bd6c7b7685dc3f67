"""Task that each algorithm must learn in seconds."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from baselines import train


class Signs(gym.Env):
    """Say whether a number is positive, eight times an episode; 1 for each right answer.

    The continuous form wants 0.5 or -0.5, and takes off the distance from it: whoever ignores the
    number gets 4 at most.
    """

    def __init__(self, continuous: bool = False) -> None:
        self.observation_space = spaces.Box(-1, 1, (1,), np.float32)
        self.action_space = spaces.Box(-1, 1, (1,)) if continuous else spaces.Discrete(2)
        self.continuous = continuous

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left = 8
        return self._draw(), {}

    def step(self, action):
        positive = self.number > 0
        if self.continuous:
            reward = 1.0 - abs(float(action[0]) - (0.5 if positive else -0.5))
        else:
            reward = float(action == positive)
        self.left -= 1
        return self._draw(), reward, self.left == 0, False, {}

    def _draw(self):
        self.number = self.np_random.uniform(-1, 1)
        return np.array([self.number], np.float32)


@pytest.fixture
def signs():
    gym.register("test/Signs-v0", Signs)
    yield "test/Signs-v0"
    del gym.registry["test/Signs-v0"]


@pytest.fixture(scope="session")
def short_run(tmp_path_factory):
    """A run that learned nothing, in a second."""
    folder = tmp_path_factory.mktemp("runs")
    config = folder / "short.yaml"
    config.write_text("{name: short, total_steps: 64, num_envs: 4, num_steps: 16, hidden: [4]}")
    assert train.main([str(config), "--runs", str(folder)]) == 0
    return folder / "short-seed1"
