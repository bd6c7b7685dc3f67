"""Command ``bench``."""

import json

import pytest

from lander_envs.cli import main


def test_every_form_is_measured(capsys) -> None:
    assert main(["bench", "--seconds", "0.6", "--json"]) == 0
    rates = json.loads(capsys.readouterr().out)["steps_per_second"]
    assert len(rates) == 4
    assert min(rates.values()) > 0


def test_a_table_is_shown_without_json(capsys) -> None:
    assert main(["bench", "--seconds", "0.1"]) == 0
    assert "LunarLander-v3" in capsys.readouterr().out


@pytest.mark.parametrize("seconds", ["0", "-1"])
def test_seconds_must_be_more_than_0(seconds, capsys) -> None:
    assert main(["bench", "--seconds", seconds]) == 2
    assert "seconds must be more than 0" in capsys.readouterr().err
