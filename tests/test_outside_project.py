"""A project that only installs the package can use all of it."""

import shutil
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "outside_project" / "lunar_study.py"


def test_an_outside_project_composes_wrappers_variants_and_vector_envs(tmp_path) -> None:
    shutil.copy(SCRIPT, tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT.name], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "masked [0.0, 0.0, 0.0] raw",
        "base steps 2",
        "pixels (4, 84, 84)",
        "batch (3, 8) True",
        "ids 6",
    ]
