"""Lane ``tox run -e window``: ``lander-envs play`` in a real window, flown by a real keyboard.

Needs a virtual display and a tool that presses keys: Debian's packages xvfb and xdotool.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

DISPLAY = ":87"
KEPT = os.environ.get("LANDER_ENVS_SCREENSHOTS")  # folder that keeps the screenshots


@pytest.fixture
def display(tmp_path):
    """A virtual display; gives the file of its picture."""
    command = ["Xvfb", DISPLAY, "-screen", "0", "1280x720x24", "-fbdir", str(tmp_path)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    picture = tmp_path / "Xvfb_screen0"
    wait_until(lambda: picture.exists() and picture.stat().st_size > 1280 * 720 * 4)
    yield picture
    server.terminate()
    server.wait(10)


def wait_until(done, seconds=60):
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def screenshot(picture: Path, name: str) -> np.ndarray:
    """Pixels (720, 1280, 3) of the display, RGB, from an X window dump."""
    dump = picture.read_bytes()
    header = np.frombuffer(dump[:100], ">u4")  # its size first; the 20th number counts colours
    begin = int(header[0] + 12 * header[19])
    pixels = np.frombuffer(dump[begin : begin + 1280 * 720 * 4], np.uint8)
    frame = pixels.reshape(720, 1280, 4)[..., 2::-1]
    if KEPT:
        cv2.imwrite(str(Path(KEPT) / f"{name}.png"), frame[..., ::-1])
    return frame


def press(*keys: str) -> None:
    environment = {**os.environ, "DISPLAY": DISPLAY}
    subprocess.run(["xdotool", *keys], env=environment, check=True)


def fly(game: subprocess.Popen, display: Path) -> dict:
    """Hold the main engine's key for a while, wait for the end, leave; gives what was printed."""
    wait_until(lambda: screenshot(display, "start").max() > 200)
    time.sleep(1)
    start = screenshot(display, "start")
    time.sleep(1)
    assert np.array_equal(screenshot(display, "start"), start)  # it waits for a key
    press("keydown", "Up")
    time.sleep(1.5)
    flying = screenshot(display, "flying")
    press("keyup", "Up")
    assert not np.array_equal(flying, start)
    result = json.loads(game.stdout.readline())
    time.sleep(0.5)
    screenshot(display, "end")
    press("key", "Escape")
    assert game.wait(20) == 0
    return result


def test_a_human_flies_beside_an_agent_by_real_keys(display) -> None:
    environment = {**os.environ, "DISPLAY": DISPLAY, "SDL_VIDEODRIVER": "x11"}
    command = [sys.executable, "-m", "lander_envs.cli", "play", "--against", "lander", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as game:
        try:
            result = fly(game, display)
        finally:
            game.kill()
    you, agent = result["flights"]
    assert you["fuel"] >= 0.3  # the main engine fired
    assert agent["outcome"] == "landed"
    assert result["verdict"].startswith("lander wins")
