"""Frames for people: a picture of the scene, and a window to show it in."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from gymnasium.error import DependencyNotInstalled
from numpy.typing import NDArray

from lander_envs import _native

SCREEN = (600, 400)  # width and height in pixels, as LunarLander-v3 has them
SCALE = 30  # pixels a world unit

_GROUND, _SKY = (255, 255, 255), (0, 0, 0)
_HULL, _OUTLINE = (128, 102, 230), (77, 77, 128)
_FLAG, _POLE = (204, 204, 0), (255, 255, 255)
# Of a flag, in pixels: the pole's height, the pennant's height and its length.
_POLE_HEIGHT, _PENNANT_HEIGHT, _PENNANT_LENGTH = 50, 10, 25


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


def draw_scene(terrain: NDArray[np.float64], poses: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The picture that LunarLander-v3 renders of a scene without flames, (400, 600, 3).

    Args:
        terrain: the points of the ground from left to right, (11, 2), in world units.
        poses: x, y and sine, cosine of the angle of hull and legs, (3, 4).

    The order of drawing is that of ``LunarLander.render``: everything upside down and flipped at
    the end, the flags again after each body, which darkens their smoothed edges.
    """
    pygame = _pygame()
    surface = pygame.Surface(SCREEN)
    surface.fill(_GROUND)
    top = SCREEN[1] / SCALE
    for left, right in itertools.pairwise(terrain.tolist()):
        sky = [left, right, [right[0], top], [left[0], top]]
        _draw_polygon(surface, _SKY, [(x * SCALE, y * SCALE) for x, y in sky])
    bodies = (_native.HULL_CORNERS, _native.LEG_CORNERS, _native.LEG_CORNERS)
    for corners, pose in zip(bodies, poses, strict=True):
        outline = _placed(corners, pose)
        _draw_polygon(surface, _HULL, outline)
        pygame.draw.aalines(surface, _OUTLINE, True, outline)
        _draw_flags(surface)
    upright = pygame.transform.flip(surface, False, True)
    return np.ascontiguousarray(pygame.surfarray.array3d(upright).swapaxes(0, 1))


def _placed(corners: NDArray[np.float64], pose: NDArray[np.float64]) -> list[tuple[float, float]]:
    """A body's corners on the screen, computed in float32 as Box2D's Python types do."""
    x, y, sine, cosine = pose.astype(np.float32)
    u, v = corners.astype(np.float32).T
    on_screen = np.stack([(cosine * u - sine * v) + x, (sine * u + cosine * v) + y])
    on_screen *= np.float32(SCALE)
    return [(float(a), float(b)) for a, b in on_screen.T]


def _draw_polygon(surface: Any, color: tuple[int, int, int], points: list[Any]) -> None:
    """Fill a polygon and smooth its outline."""
    pygame = _pygame()
    pygame.draw.polygon(surface, color, points)
    pygame.gfxdraw.aapolygon(surface, points, color)


def _draw_flags(surface: Any) -> None:
    left, right, height = _native.HELIPAD
    for x in (left * SCALE, right * SCALE):
        foot = height * SCALE
        head = foot + _POLE_HEIGHT
        _pygame().draw.line(surface, _POLE, (x, foot), (x, head))
        middle = (x + _PENNANT_LENGTH, head - _PENNANT_HEIGHT / 2)
        _draw_polygon(surface, _FLAG, [(x, head), (x, head - _PENNANT_HEIGHT), middle])


def _pygame() -> Any:
    """Import pygame only when something is drawn: it takes a third of a second."""
    try:
        import pygame
        import pygame.gfxdraw
    except ImportError as missing:
        raise DependencyNotInstalled(
            "pictures need pygame: try `pip install pygame-ce`"
        ) from missing
    return pygame
