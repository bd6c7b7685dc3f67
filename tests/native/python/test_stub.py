"""The committed stub is the one that nanobind's stubgen generates."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.native.build import NATIVE, ROOT

STUB = NATIVE.parent / "_native.pyi"


def pinned_nanobind() -> bool:
    """Other versions of nanobind may write another stub."""
    try:
        line = f"nanobind=={version('nanobind')}"
    except PackageNotFoundError:
        return False
    return line in (ROOT / "constraints.txt").read_text().splitlines()


@pytest.mark.skipif(not pinned_nanobind(), reason="needs the nanobind of constraints.txt")
def test_the_stub_is_generated_from_the_bindings(tmp_path) -> None:
    out = tmp_path / "_native.pyi"
    command = ["nanobind.stubgen", "-q", "-m", "lander_envs._native"]
    command += ["-p", str(NATIVE / "python" / "stub.pat"), "-o", str(out)]
    subprocess.run([sys.executable, "-m", *command], check=True)
    assert out.read_text() == STUB.read_text()
