"""Window that shows flights side by side, each under a line of figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lander_envs.flights.flight import Flight, Result
from lander_envs.rendering import open_display
from lander_envs.spaces import SCREEN_SHAPE

_HEIGHT, _WIDTH, _ = SCREEN_SHAPE
_LINE = 26  # pixels of a line of text
_TEXT_SIZE = 22
_INK, _PAPER, _FAINT = (240, 240, 240), (24, 24, 32), (160, 160, 170)


class Keys(NamedTuple):
    """Key events since the last look."""

    pressed: list[int]
    released: list[int]
    closed: bool  # the window's button, Escape or Q


class Screen:
    """Window for one flight or two.

    Args:
        title: the window's caption.
        count: number of flights.

    Raises:
        lander_envs.rendering.NoDisplayError: if there is no display.
        gymnasium.error.DependencyNotInstalled: if pygame is missing.
    """

    def __init__(self, title: str, count: int) -> None:
        self._pygame = open_display()
        self._pygame.font.init()
        self._pygame.display.set_caption(title)
        size = _WIDTH * count, _HEIGHT + 3 * _LINE
        self._screen: Any = self._pygame.display.set_mode(size)
        self._font = self._pygame.font.Font(None, _TEXT_SIZE)
        self._clock = self._pygame.time.Clock()

    def keys(self) -> Keys:
        """Key events since the last call."""
        pygame = self._pygame
        found = Keys([], [], False)
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                found = found._replace(closed=True)
            elif event.type == pygame.KEYDOWN:
                found.pressed.append(event.key)
            elif event.type == pygame.KEYUP:
                found.released.append(event.key)
        leaves = {pygame.K_ESCAPE, pygame.K_q} & set(found.pressed)
        return found._replace(closed=found.closed or bool(leaves))

    def show(self, flights: Sequence[Flight], message: str, fps: float) -> None:
        """Draw the flights and a message below, then wait until the next picture is due."""
        self._screen.fill(_PAPER)
        for i, flight in enumerate(flights):
            self._blit(flight.frame(), i * _WIDTH, 2 * _LINE)
            if i > 0:
                edge = i * _WIDTH
                self._pygame.draw.line(self._screen, _FAINT, (edge, 0), (edge, _HEIGHT + 2 * _LINE))
            for line, text in enumerate(figures(flight.result)):
                self._write(text, i * _WIDTH + 8, line * _LINE + 4, _INK if line else _FAINT)
        self._write(message, 8, _HEIGHT + 2 * _LINE + 4, _INK)
        self._clock.tick(fps)
        self._pygame.display.flip()

    def picture(self) -> NDArray[np.uint8]:
        """Pixels of the window, (height, width, 3) uint8."""
        pixels = self._pygame.surfarray.array3d(self._screen)
        return np.asarray(pixels.swapaxes(0, 1), np.uint8)

    def close(self) -> None:
        """Close the window."""
        self._pygame.display.quit()

    def _blit(self, frame: NDArray[np.uint8], left: int, top: int) -> None:
        surface = self._pygame.surfarray.make_surface(frame.swapaxes(0, 1))
        self._screen.blit(surface, (left, top))

    def _write(self, text: str, left: int, top: int, colour: tuple[int, int, int]) -> None:
        self._screen.blit(self._font.render(text, True, colour), (left, top))


def figures(result: Result) -> tuple[str, str]:
    """Two lines above a flight: who flies where, and how it stands."""
    heading = f"{result.pilot}   {result.env_id.rpartition('/')[2]}   seed {result.seed}"
    return heading, (
        f"score {result.score:7.1f}   {result.outcome}   fuel {result.fuel:5.1f}   "
        f"time {result.seconds:4.1f} s"
    )
