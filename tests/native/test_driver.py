"""Builds and runs the C++ tests of the core's parts."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPILER = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++")


@pytest.mark.skipif(COMPILER is None, reason="no C++ compiler")
@pytest.mark.parametrize("name", ["driver.cpp", "pictures.cpp"])
def test_the_parts_of_the_core(name, tmp_path) -> None:
    """LANDER_ENVS_DRIVER_FLAGS adds flags, such as those of sanitizers; ..._SCALE lengthens it."""
    driver = tmp_path / "driver"
    flags = ["-std=c++20", "-O1", "-ffp-contract=off", "-Wall", "-Wextra"]
    flags += shlex.split(os.environ.get("LANDER_ENVS_DRIVER_FLAGS", ""))
    source = ROOT / "tests" / "native" / name
    include = f"-I{ROOT / 'src' / 'lander_envs' / 'native'}"
    build = [*shlex.split(COMPILER), *flags, include, str(source), "-o", str(driver)]
    subprocess.run(build, check=True)
    scale = os.environ.get("LANDER_ENVS_DRIVER_SCALE", "1")
    result = subprocess.run([str(driver), scale], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
