"""Programs of the page on other libraries."""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "libraries"


def run(name: str, *arguments: str, folder: Path | None = None, **environment: str) -> str:
    """Run the program of a library; returns what it says."""
    command = [sys.executable, str(EXAMPLES / f"use_{name}.py"), *arguments]
    variables = {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=variables, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout
