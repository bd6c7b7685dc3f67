"""Trajectories equal those that were recorded when the core equalled Gymnasium."""

import json

import pytest

from tests.native.golden import CASES, PATH, digest


@pytest.mark.parametrize("case", CASES)
def test_trajectories_are_the_recorded_ones(case) -> None:
    assert digest(case) == json.loads(PATH.read_text())[case]
