"""Programs of the page on other libraries run, and collect what they say."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "libraries"


def run(name: str, folder: Path, *arguments: str) -> str:
    command = [sys.executable, str(EXAMPLES / f"use_{name}.py"), *arguments]
    environment = {**os.environ, "MINARI_DATASETS_PATH": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("minari", r"10 episodes, \d+ steps, \d+ landed"),
        ("rllib", r"iteration 0: mean return -\d+"),
        ("skrl", r"obs \(8, 8\), mean reward of 100 steps -\d+"),
        ("tianshou", r"32 episodes, mean return -\d+"),
        ("torchrl", r"rollout \(8, 200\), \d+ episodes"),
    ],
)
def test_the_program_of_a_library_runs(name, told, tmp_path) -> None:
    arguments = ["--iterations", "1"] if name == "rllib" else []
    assert re.search(told, run(name, tmp_path, *arguments))


def test_tianshous_adapter_steps_a_part_and_leaves_the_others_as_they_are() -> None:
    spec = importlib.util.spec_from_file_location("use_tianshou", EXAMPLES / "use_tianshou.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    parted, whole = (module.LanderBatch("lander_envs/Lander-v0", 3) for _ in range(2))
    for envs in (parted, whole):
        envs.reset(seed=5)
    # Environment 1 is left out of ten steps; afterwards it flies as if they had never been.
    for _ in range(10):
        obs, *_, infos = parted.step(np.array([2, 2]), id=[0, 2])
        assert [info["env_id"] for info in infos] == [0, 2]
        expected, *_ = whole.step(np.array([2, 0, 2]))
        assert np.array_equal(obs, expected[[0, 2]])
    fresh = module.LanderBatch("lander_envs/Lander-v0", 3)
    fresh.reset(seed=5)
    for _ in range(5):
        late, early = (envs.step(np.array([2]), id=[1])[0] for envs in (parted, fresh))
        assert np.array_equal(late, early)
