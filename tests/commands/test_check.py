"""Command ``check``."""

import json
import subprocess

import pytest

from lander_envs.cli import main
from lander_envs.commands import check
from lander_envs.flights.reference import REFERENCE


def test_an_installation_that_flies_as_the_reference_is_status_0(capsys) -> None:
    assert main(["check", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["flight_sha256"] == REFERENCE
    assert found["instruction_set"]
    assert found["agents"] == "yes"
    assert found["display"] == "dummy"


def test_another_flight_is_status_1(monkeypatch, capsys) -> None:
    monkeypatch.setattr(check, "flight_hash", lambda: "0" * 64)
    assert main(["check"]) == 1
    assert "differs" in capsys.readouterr().out


@pytest.mark.parametrize("error", [subprocess.TimeoutExpired("nvidia-smi", 10), OSError("broken")])
def test_a_driver_that_does_not_answer_is_told_of(error, monkeypatch, capsys) -> None:
    def run(*args, **kwargs):
        raise error

    monkeypatch.setattr(check.shutil, "which", lambda name: name)
    monkeypatch.setattr(check.subprocess, "run", run)
    assert main(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gpu"] == "nvidia-smi does not answer"
