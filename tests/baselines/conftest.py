"""Task that each algorithm must learn in seconds, and the processors that C++ is compiled for."""

import platform

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

from baselines import train
from baselines.fused import library

# With vectors of 16, 8 and 4 numbers, and the processors that have them, in PyTorch's words.
INSTRUCTION_SETS = {
    "x86-64-v4": ["AVX512"],
    "x86-64-v3": ["AVX512", "AVX2"],
    "x86-64": ["AVX512", "AVX2", "DEFAULT"],
}


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


@pytest.fixture(params=INSTRUCTION_SETS)
def instructions(request, monkeypatch) -> None:
    """Compile C++ for each of the sets of instructions that this processor has."""
    if platform.machine() != "x86_64":
        pytest.skip("these are x86-64's")
    if torch.backends.cpu.get_cpu_capability() not in INSTRUCTION_SETS[request.param]:
        pytest.skip("this processor has no such instructions")
    monkeypatch.setattr(library, "_PROCESSOR", f"-march={request.param}")
