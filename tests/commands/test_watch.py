"""Command ``watch``."""

import json

import pytest

from lander_envs.cli import main
from lander_envs.flights.screen import Screen


@pytest.fixture
def at_once(monkeypatch):
    """A window that does not wait."""
    show = Screen.show
    monkeypatch.setattr(
        Screen, "show", lambda self, flights, message, fps: show(self, flights, message, 1e6)
    )


@pytest.mark.usefixtures("at_once")
def test_an_agent_flies_the_seeds_that_follow(capsys) -> None:
    assert main(["watch", "lander", "--seed", "4", "--episodes", "2", "--json"]) == 0
    flights = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [flight["seed"] for flight in flights] == [4, 5]
    assert {flight["outcome"] for flight in flights} == {"landed"}


@pytest.mark.usefixtures("at_once")
def test_an_untrained_policy_flies_too(capsys) -> None:
    assert main(["watch", "random", "--env-id", "ShapedLander-v0"]) == 0
    assert capsys.readouterr().out.startswith("random: ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--episodes", "0"], "episodes must be an integer at least 1, got 0"),
        (["--seed", "-1"], "seed must be an integer at least 0, got -1"),
        (["landr"], "agent must be one of lander, "),
    ],
)
def test_bad_requests_end_with_status_2(arguments, told, capsys) -> None:
    assert main(["watch", *arguments]) == 2
    assert told in capsys.readouterr().err
