import subprocess
from pathlib import Path

import gymnasium as gym
import pytest

import lander_envs
from tests.native.build import COMPILER

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "fly.cpp"


def test_the_folder_of_headers_has_those_that_a_program_includes() -> None:
    folder = Path(lander_envs.get_include())
    assert folder.is_absolute()
    for header in ("batch/state_batch.h", "env/lander.h", "render/scene.h", "host/dispatch.h"):
        assert (folder / header).is_file()


@pytest.mark.skipif(COMPILER is None, reason="no C++ compiler")
def test_the_example_in_cpp_flies_as_gymnasium_does(tmp_path) -> None:
    include, program = f"-I{lander_envs.get_include()}", str(tmp_path / "fly")
    flags = ["-std=c++20", "-O2", "-ffp-contract=off", include]
    subprocess.run([COMPILER, *flags, str(EXAMPLE), "-o", program], check=True)
    steps, episodic_return = subprocess.check_output([program], text=True).split()

    env = gym.make("LunarLander-v3")
    env.reset(seed=0)
    expected, count, terminated = 0.0, 0, False
    while not terminated:
        _, reward, terminated, _, _ = env.step(0)
        expected, count = expected + float(reward), count + 1
    assert (int(steps), float(episodic_return)) == (count, expected)
