"""Windows."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pygame
import pytest

from lander_envs.rendering import Window

WITHOUT_PYGAME = """
import sys
sys.modules["pygame"] = None
import numpy as np
from gymnasium.error import DependencyNotInstalled
from lander_envs.rendering import Window
try:
    Window("moon", 50).show(np.zeros((4, 6, 3), np.uint8))
except DependencyNotInstalled as error:
    print(error)
"""


WITHOUT_DISPLAY = """
import gymnasium as gym
import lander_envs
env = gym.make("lander_envs/PixelLander-v0", render_mode="human")
try:
    env.reset()
except lander_envs.rendering.NoDisplayError as error:
    print(error)
env.close()
"""


@pytest.fixture
def window():
    """A window that is closed after the test."""
    window = Window("moon", 1000)
    yield window
    window.close()


def test_a_window_has_the_size_and_pixels_of_its_frame(window) -> None:
    frame = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    window.show(frame)
    assert pygame.display.get_surface().get_size() == (6, 4)
    assert pygame.display.get_caption()[0] == "moon"
    shown = pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)
    assert np.array_equal(shown, frame)


def test_frames_are_shown_at_the_frame_rate() -> None:
    window = Window("moon", 20)
    start = pygame.time.get_ticks()
    for _ in range(4):
        window.show(np.zeros((4, 6, 3), np.uint8))
    window.close()
    assert pygame.time.get_ticks() - start >= 3 * 50 - 5  # milliseconds; a tick rounds to one


def test_a_window_opens_with_its_first_frame_and_closes_more_than_once(window) -> None:
    assert not pygame.display.get_init()
    window.close()
    window.show(np.zeros((4, 6, 3), np.uint8))
    assert pygame.display.get_init()
    window.close()
    window.close()
    assert not pygame.display.get_init()


def test_a_pickled_window_is_closed(window) -> None:
    window.show(np.zeros((4, 6, 3), np.uint8))
    again = pickle.loads(pickle.dumps(window))
    again.close()  # closes nothing of the original's
    assert pygame.display.get_init()


def test_a_missing_pygame_is_named() -> None:
    command = [sys.executable, "-c", WITHOUT_PYGAME]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "a window needs pygame: try `pip install pygame-ce`" in done.stdout, done.stderr


def test_a_window_opens_after_another_was_closed(window) -> None:
    frame = np.zeros((4, 6, 3), np.uint8)
    window.show(frame)
    window.close()
    second = Window("second", 1000)
    second.show(frame)
    assert pygame.display.get_caption()[0] == "second"
    second.close()


@pytest.mark.parametrize("close", [lambda other: other.close(), lambda other: pygame.quit()])
def test_an_open_window_survives_that_the_display_was_closed(close, window) -> None:
    frame = np.full((4, 6, 3), 7, np.uint8)
    window.show(frame)
    other = Window("other", 1000)
    other.show(frame)
    close(other)
    window.show(frame)
    assert pygame.display.get_caption()[0] == "moon"
    assert pygame.surfarray.array3d(pygame.display.get_surface()).min() == 7
    other.close()


@pytest.mark.parametrize(
    "unseen", [{}, {"SDL_VIDEODRIVER": "dummy"}, {"SDL_VIDEODRIVER": "offscreen"}]
)
def test_without_a_display_a_window_says_so_unless_it_is_asked_not_to_be_seen(unseen) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER", "SDL_VIDEO_DRIVER")
    variables = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-c", WITHOUT_DISPLAY]
    done = subprocess.run(command, capture_output=True, text=True, env=variables | unseen)
    assert done.returncode == 0, done.stderr
    told = 'render_mode="human" needs a display and found none' in done.stdout
    assert told == (not unseen), done.stdout
