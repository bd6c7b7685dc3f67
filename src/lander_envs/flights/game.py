"""Flights in a window until they end: keys, real time, and who won."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lander_envs.flights.flight import Flight, Result
from lander_envs.flights.keyboard import Keyboard
from lander_envs.flights.screen import Keys, Screen
from lander_envs.spaces import FPS

_START = "A, W, D or the arrows fly the lander: press one to start. Esc leaves."
_FLYING = "A or left: turn left   W or up: main engine   D or right: turn right   Esc: leave"
_NEXT = "Enter: next seed   Esc: leave"


def fly(screen: Screen, flights: Sequence[Flight], keyboard: Keyboard | None = None) -> bool:
    """Fly to the end; a keyboard's first key starts. Returns False if the window was closed."""
    tick = math.gcd(*(flight.base_steps for flight in flights))
    waits, elapsed = keyboard is not None, 0
    while not all(flight.is_over for flight in flights):
        keys = screen.keys()
        if keys.closed:
            return False
        if keyboard is not None and _listen(keyboard, keys):
            waits = False
        if not waits:
            for flight in flights:
                if not flight.is_over and elapsed % flight.base_steps == 0:
                    flight.step()
            elapsed += tick
        told = "" if keyboard is None else _START if waits else _FLYING
        screen.show(flights, told, FPS / tick)
    return True


def wait_for_next(screen: Screen, flights: Sequence[Flight], message: str) -> bool:
    """Show the end until a key says what follows; returns whether another flight does."""
    while True:
        keys = screen.keys()
        if keys.closed:
            return False
        if {ord("\r"), ord("\n")} & set(keys.pressed):
            return True
        screen.show(flights, f"{message}   {_NEXT}", FPS)


def verdict(results: Sequence[Result]) -> str:
    """Sentence on the end of one flight, or on which of two has the higher score."""
    if len(results) == 1:
        (result,) = results
        return f"{result.pilot}: {result.outcome}, score {result.score:.1f}."
    first, second = sorted(results, key=lambda result: result.score, reverse=True)
    margin = first.score - second.score
    if margin == 0:
        return f"A draw: both score {first.score:.1f}."
    won = "win" if first.pilot == "You" else "wins"
    return f"{first.pilot} {won} by {margin:.1f}: {first.score:.1f} to {second.score:.1f}."


def _listen(keyboard: Keyboard, keys: Keys) -> bool:
    """Pass key events on; returns whether a key that flies was pressed."""
    flies = [keyboard.press(code) for code in keys.pressed]
    for code in keys.released:
        keyboard.release(code)
    return any(flies)
