"""The slow lanes over runs, in their shortest form."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.baselines import fuzz_checkpoints

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the lane forks its trainings")
def test_a_training_killed_at_a_random_moment_is_resumed_to_the_end() -> None:
    lane = [sys.executable, "-m", "tests.baselines.kill", "--moments", "1", "--algorithms", "ppo"]
    done = subprocess.run(lane, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    # A training that ended before it was killed is resumed and compared too, but does not count.
    assert "'killed': 1" in done.stdout


def test_damaged_checkpoints_are_resumed_or_refused_in_a_sentence(capsys) -> None:
    assert fuzz_checkpoints.main(["--cases", "8"]) == 0, capsys.readouterr().out
