"""A pygame window for ``render_mode="human"``."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.error import DependencyNotInstalled
from numpy.typing import NDArray


class Window:
    """A window that shows frames at a limited rate. It opens with the first frame.

    A pickled or copied window is closed.

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
        """
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
        """Close the window. Repeated calls do nothing."""
        if self._screen is not None:
            _pygame().display.quit()
            self._screen = None


def _pygame() -> Any:
    """Import pygame when a window opens, because the import takes a third of a second."""
    try:
        import pygame
    except ImportError as missing:
        raise DependencyNotInstalled(
            "a window needs pygame: try `pip install pygame-ce`"
        ) from missing
    return pygame
