"""The examples of the docs run, and do what they say."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

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


def test_cleanrls_rollout_is_collected_from_the_batch() -> None:
    told = run("libraries/use_cleanrl.py")
    assert re.search(r"obs \(256, 8, 8\), \d+ episodes, mean return -\d+", told)


@pytest.mark.skipif(find_spec("jax") is None, reason="the extra `jax-examples` is not installed")
def test_jaxs_rollout_counts_the_episodes_that_ended() -> None:
    assert re.search(r"200 steps of 256 landers, \d+ ended", run("libraries/use_jax.py"))


@pytest.mark.skipif(find_spec("jax") is None, reason="the extra `jax-examples` is not installed")
def test_ppo_trains_inside_one_scan_and_is_scored(tmp_path) -> None:
    page = tmp_path / "page.md"
    run("jax_ppo.py", "--seeds", "2", "--total-steps", "17000", "--out", str(page))
    rows = [line.split(" | ") for line in page.read_text().splitlines() if re.match(r"\| \d", line)]
    assert [row[0] for row in rows] == ["| 0", "| 1"]
    assert rows[0][1] != rows[1][1]  # another seed, another policy


def test_the_examples_are_those_that_tests_run() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {
        "client.py",
        "gymnasium_wrappers.py",
        "jax_ppo.py",
        "plan.py",
    }
    # The others of this folder need their libraries: tests/ecosystem/check_examples.py runs them.
    assert {path.name for path in (EXAMPLES / "libraries").glob("*.py")} == {
        f"use_{name}.py"
        for name in ("cleanrl", "jax", "minari", "rllib", "skrl", "tianshou", "torchrl")
    }
