"""A window that shows frames to people."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.error import DependencyNotInstalled
from numpy.typing import NDArray


class Window:
    """Shows frames of shape (H, W, 3), uint8, at most ``fps`` a second; opens with the first."""

    def __init__(self, title: str, fps: int) -> None:
        self._title = title
        self._fps = fps
        self._screen: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy has no window of its own yet."""
        return Window, (self._title, self._fps)

    def show(self, frame: NDArray[np.uint8]) -> None:
        """Display ``frame``, waiting as long as the frame rate asks for."""
        pygame = _pygame()
        if self._screen is None:
            height, width = frame.shape[:2]
            pygame.display.init()
            pygame.display.set_caption(self._title)
            self._screen = pygame.display.set_mode((width, height))
            self._clock = pygame.time.Clock()
        self._screen.blit(pygame.surfarray.make_surface(frame.swapaxes(0, 1)), (0, 0))
        pygame.event.pump()
        self._clock.tick(self._fps)
        pygame.display.flip()

    def close(self) -> None:
        """Close the window; safe to repeat."""
        if self._screen is not None:
            _pygame().display.quit()
            self._screen = None


def _pygame() -> Any:
    """Import pygame only when a window opens: it takes a third of a second."""
    try:
        import pygame
    except ImportError as missing:
        raise DependencyNotInstalled(
            "a window needs pygame: try `pip install pygame-ce`"
        ) from missing
    return pygame
