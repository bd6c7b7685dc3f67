"""The parity script of a machine with a GPU, on the stand-in for one."""

import sys

import pytest

from tests.gpu import parity


def test_the_script_compares_states_and_pictures(machine, monkeypatch, capsys) -> None:
    arguments = ["--steps", "256", "--decisions", "4", "--envs", "32"]
    monkeypatch.setattr(sys, "argv", ["parity", *arguments])
    assert parity.main() == 0
    told = capsys.readouterr().out
    assert "| steps | 256 |" in told
    assert "| arrays that differ | 0 |" in told


def test_a_difference_fails(capsys) -> None:
    assert parity.report(parity.Counter(steps=5), 1, requires_rare=False) == 1
    assert "| arrays that differ | 1 |" in capsys.readouterr().out


@pytest.mark.parametrize("required", [True, False])
def test_rare_events_that_did_not_occur_fail_a_long_run(required, capsys) -> None:
    assert parity.report(parity.Counter(), 0, requires_rare=required) == int(required)
    assert "did not occur: episodes: LANDED" in capsys.readouterr().out
