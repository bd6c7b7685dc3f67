"""A pygame window for ``render_mode="human"``."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from gymnasium.error import DependencyNotInstalled, Error
from numpy.typing import NDArray

# SDL's drivers that draw where nobody sees it. SDL falls back to one of them without a display;
# whoever wants one names it in the environment.
_UNSEEN_DRIVERS = ("dummy", "offscreen")
_DRIVER_VARIABLES = ("SDL_VIDEODRIVER", "SDL_VIDEO_DRIVER")


class NoDisplayError(Error):
    """A window was asked for where there is no display."""


class Window:
    """A window that shows frames at a limited rate. It opens with the first frame.

    A pickled or copied window is closed. SDL has one window a process: windows that are open at the
    same time share it, and it opens again after another window, or pygame, closed it.

    Args:
        title: the window's caption.
        fps: maximum frames per second.
    """

    def __init__(self, title: str, fps: int) -> None:
        self._title = title
        self._fps = fps
        self._screen: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arguments: a copy opens its own window."""
        return Window, (self._title, self._fps)

    def show(self, frame: NDArray[np.uint8]) -> None:
        """Display a frame, then wait until the next one is due.

        Args:
            frame: RGB image, shape (H, W, 3), uint8.

        Raises:
            gymnasium.error.DependencyNotInstalled: if pygame is missing.
            lander_envs.rendering.NoDisplayError: if there is no display.
        """
        pygame = _pygame()
        if self._screen is None or not pygame.display.get_init():
            height, width = frame.shape[:2]
            _require_display(pygame)
            pygame.display.set_caption(self._title)
            self._screen = pygame.display.set_mode((width, height))
            self._clock = pygame.time.Clock()
        self._screen.blit(pygame.surfarray.make_surface(frame.swapaxes(0, 1)), (0, 0))
        pygame.event.pump()
        self._clock.tick(self._fps)
        pygame.display.flip()

    def close(self) -> None:
        """Close the window. Repeated calls do nothing."""
        if self._screen is not None:
            _pygame().display.quit()
            self._screen = None


def open_display() -> Any:
    """pygame, with its display ready to open a window.

    Raises:
        gymnasium.error.DependencyNotInstalled: if pygame is missing.
        lander_envs.rendering.NoDisplayError: if there is no display.
    """
    pygame = _pygame()
    _require_display(pygame)
    return pygame


def _require_display(pygame: Any) -> None:
    """Initialize pygame's display.

    Raises:
        NoDisplayError: if there is none, and the environment does not ask for one that nobody sees.
    """
    try:
        pygame.display.init()
        driver = pygame.display.get_driver()
    except pygame.error:
        driver = _UNSEEN_DRIVERS[0]
    asked = {name for variable in _DRIVER_VARIABLES for name in _names(variable)}
    if driver in _UNSEEN_DRIVERS and driver not in asked:
        pygame.display.quit()
        raise NoDisplayError(
            'render_mode="human" needs a display and found none: set DISPLAY or WAYLAND_DISPLAY, '
            "or SDL_VIDEODRIVER=dummy to draw without one"
        )


def _names(variable: str) -> list[str]:
    return os.environ.get(variable, "").split(",")


def _pygame() -> Any:
    """Import pygame when a window opens, because the import takes a third of a second."""
    try:
        import pygame
    except ImportError as missing:
        raise DependencyNotInstalled(
            "a window needs pygame: try `pip install pygame-ce`"
        ) from missing
    return pygame
