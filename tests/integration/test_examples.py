"""The examples of the docs run, and do what they say."""

import re
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def run(name: str, *arguments: str) -> str:
    command = [sys.executable, "-I", str(EXAMPLES / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_planner_lands() -> None:
    told = run("plan.py", "--seed", "1")
    match = re.search(r"return (\S+), LANDED after (\d+) steps", told)
    assert match, told
    assert float(match[1]) > 200
    assert int(match[2]) < 400


def test_gymnasiums_vector_wrappers_take_the_batch() -> None:
    assert re.search(r"\d+ episodes, mean return -\d+", run("gymnasium_wrappers.py"))


def test_every_example_is_run_in_a_test() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {
        "plan.py",
        "gymnasium_wrappers.py",
        "client.py",
    }
