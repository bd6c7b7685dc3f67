"""Builds and runs the C++ tests of the core, folder by folder."""

import pytest

from tests.native.build import TESTS, run_driver

FOLDERS = ("math", "physics", "env", "render", "batch", "kernels")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_core_does_what_its_tests_claim(folder, tmp_path) -> None:
    sources = sorted((TESTS / folder).glob("*.cpp"))
    run_driver(sources, tmp_path, ["-O1", "-Wall", "-Wextra"])
