"""Command ``check``."""

import json

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
