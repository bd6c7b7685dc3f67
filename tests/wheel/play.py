"""``lander-envs play --against lander`` with an installed package and pygame's dummy driver.

    SDL_VIDEODRIVER=dummy python tests/wheel/play.py

presses the key of the main engine, flies to the end, leaves, and ends with the script's status.
"""

from __future__ import annotations

import sys

import pygame

from lander_envs.cli import main
from lander_envs.flights.screen import Screen

KEYS = {"press one to start": pygame.K_UP, "Enter: next seed": pygame.K_ESCAPE}
SHOW = Screen.show


def show_and_press(screen: Screen, flights: list, message: str, fps: float) -> None:
    """Draw, then press the key that the message asks for."""
    SHOW(screen, flights, message, fps)
    for asked, key in KEYS.items():
        if asked in message:
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))


if __name__ == "__main__":
    Screen.show = show_and_press
    sys.exit(main(["play", "--against", "lander"]))
