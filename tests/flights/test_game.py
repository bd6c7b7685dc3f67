"""Flights in a window: keys start and end them, and the higher score wins."""

import pytest

from lander_envs.flights.flight import Flight, Result
from lander_envs.flights.game import fly, verdict, wait_for_next
from lander_envs.flights.keyboard import Keyboard
from lander_envs.flights.screen import Keys

LEFT, UP, ENTER = ord("a"), ord("w"), ord("\r")
ACTIONS = {(LEFT,): 1, (UP,): 2}


class Script:
    """A screen that gives scripted keys, and counts pictures."""

    def __init__(self, *keys):
        self._keys, self.shown = list(keys), []

    def keys(self):
        return self._keys.pop(0) if self._keys else Keys([], [], False)

    def show(self, flights, message, fps):
        self.shown.append((message, fps))


def pressed(*codes):
    return Keys(list(codes), [], False)


def flight(env_id="lander_envs/Lander-v0", pilot=lambda obs: 0, **arguments):
    return Flight("You", pilot, env_id, arguments, 0)


def test_a_flight_starts_with_its_first_key_and_follows_the_keys() -> None:
    keyboard = Keyboard(ACTIONS)
    taken = []

    def pilot(obs):
        taken.append(keyboard.action())
        return taken[-1]

    nothing = Keys([], [], False)
    screen = Script(nothing, nothing, pressed(UP), nothing, Keys([LEFT], [UP], False))
    assert fly(screen, [flight(pilot=pilot)], keyboard)
    assert taken[:3] == [2, 2, 1]
    assert screen.shown[0] == screen.shown[1]
    assert "press one to start" in screen.shown[0][0]
    assert len(screen.shown) == len(taken) + 2
    assert {fps for _, fps in screen.shown} == {50}


def test_a_closed_window_ends_a_flight() -> None:
    one = flight()
    assert not fly(Script(Keys([], [], True)), [one])
    assert one.result.seconds == 0


def test_flights_of_other_frame_skips_keep_the_same_time() -> None:
    flights = [flight(), flight("lander_envs/PixelLander-v0")]
    assert fly(Script(), flights)
    state, pixels = (one.result for one in flights)
    assert state.outcome == pixels.outcome == "crashed"
    assert 0 <= pixels.seconds - state.seconds < 4 / 50


def test_frame_skips_that_do_not_divide_each_other_keep_real_time() -> None:
    flights = [flight("lander_envs/PixelLander-v0", frame_skip=skip) for skip in (4, 6)]
    screen = Script()
    assert fly(screen, flights)
    assert {fps for _, fps in screen.shown} == {50 / 2}
    seconds = [one.result.seconds for one in flights]
    assert abs(seconds[0] - seconds[1]) < 6 / 50
    assert max(seconds) - 6 / 50 < len(screen.shown) / (50 / 2) <= max(seconds)


def test_enter_asks_for_another_flight_and_escape_for_none() -> None:
    assert wait_for_next(Script(pressed(LEFT), pressed(ENTER)), [], "over")
    assert not wait_for_next(Script(Keys([], [], True)), [], "over")


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ([150.0], "You: landed, score 150.0."),
        ([250.0, 200.0], "You win by 50.0: 250.0 to 200.0."),
        ([100.0, 240.5], "lander wins by 140.5: 240.5 to 100.0."),
        ([100.0, 100.0], "A draw: both score 100.0."),
    ],
)
def test_the_verdict_is_by_score(scores, told) -> None:
    pilots = ["You", "lander"]
    results = [
        Result(pilot, "lander_envs/Lander-v0", 0, score, "landed", 1, 1)
        for pilot, score in zip(pilots, scores, strict=False)
    ]
    assert verdict(results) == told
