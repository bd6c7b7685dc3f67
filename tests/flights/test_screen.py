"""The window: what it shows and which keys it passes on."""

import pygame
import pytest

from lander_envs.flights.flight import Flight, Result
from lander_envs.flights.screen import Screen, figures


@pytest.fixture
def screen():
    screen = Screen("test", 2)
    yield screen
    screen.close()


def test_two_flights_stand_side_by_side_under_their_figures(screen) -> None:
    flights = [Flight(name, lambda obs: 0, "lander_envs/Lander-v0", {}, 0) for name in "ab"]
    screen.show(flights, "below", 1000)
    picture = screen.picture()
    assert picture.shape == (400 + 3 * 26, 1200, 3)
    assert (picture[52:452, :600] == flights[0].frame()).all()
    assert (picture[52:452, 601:] == flights[1].frame()[:, 1:]).all()  # a line between them
    for text in (picture[:52, :600], picture[:52, 600:], picture[452:]):
        assert text.max() > 200  # ink on the dark ground
    for flight in flights:
        flight.close()


def test_keys_are_passed_on_in_their_order(screen) -> None:
    screen.keys()
    for kind, key in ((pygame.KEYDOWN, 97), (pygame.KEYDOWN, 119), (pygame.KEYUP, 97)):
        pygame.event.post(pygame.event.Event(kind, key=key))
    assert screen.keys() == ([97, 119], [97], False)
    assert screen.keys() == ([], [], False)


@pytest.mark.parametrize(
    "event",
    [
        pygame.event.Event(pygame.QUIT),
        pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE),
        pygame.event.Event(pygame.KEYDOWN, key=pygame.K_q),
    ],
)
def test_the_windows_button_escape_and_q_leave(event, screen) -> None:
    pygame.event.post(event)
    assert screen.keys().closed


def test_the_figures_are_score_outcome_fuel_and_time() -> None:
    result = Result("You", "lander_envs/Lander-v0", 3, -12.34, "out of bounds", 4.56, 7.89)
    assert figures(result) == (
        "You   Lander-v0   seed 3",
        "score   -12.3   out of bounds   fuel   4.6   time  7.9 s",
    )
