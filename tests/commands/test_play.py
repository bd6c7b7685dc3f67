"""Command ``play``, with events that are posted to pygame's dummy driver."""

import json

import pygame
import pytest

from lander_envs.cli import main
from lander_envs.flights.screen import Screen

UP, ENTER, ESCAPE = (
    pygame.event.Event(pygame.KEYDOWN, key=key)
    for key in (pygame.K_UP, pygame.K_RETURN, pygame.K_ESCAPE)
)


@pytest.fixture
def ends(monkeypatch):
    """Keys to press at the ends of flights, which start with the main engine; no waiting."""
    keys = []
    show = Screen.show

    def show_at_once(self, flights, message, fps):
        show(self, flights, message, 1_000_000)
        if "press one to start" in message:
            pygame.event.post(UP)
        elif "Enter: next seed" in message:
            pygame.event.post(keys.pop(0))

    monkeypatch.setattr(Screen, "show", show_at_once)
    return keys


def test_a_flight_against_an_agent_says_who_won(ends, capsys) -> None:
    ends += [ENTER, ESCAPE]
    assert main(["play", "--against", "lander", "--seed", "5", "--json"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert [flight["seed"] for flight in first["flights"]] == [5, 5]
    assert [flight["seed"] for flight in second["flights"]] == [6, 6]
    you, agent = first["flights"]
    assert (you["pilot"], agent["pilot"]) == ("You", "lander")
    assert agent["outcome"] == "landed"
    assert you["score"] < agent["score"]  # the main engine alone flies out of sight
    assert first["verdict"].startswith("lander wins by ")


@pytest.mark.parametrize(
    "arguments", [[], ["--continuous"], ["PixelLander-v0"], ["LanderContinuous-v0"]]
)
def test_every_environment_is_flown_by_keys(arguments, ends, capsys) -> None:
    ends.append(ESCAPE)
    assert main(["play", *arguments]) == 0
    assert capsys.readouterr().out.startswith("You: ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["Landr-v0"], "env-id must be one of lander_envs/Lander-v0, "),
        (["--seed", "-1"], "seed must be an integer at least 0, got -1"),
        (["--against", "landr"], "agent must be one of lander, "),
    ],
)
def test_bad_requests_end_with_status_2_and_one_sentence(arguments, told, capsys) -> None:
    assert main(["play", *arguments]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
