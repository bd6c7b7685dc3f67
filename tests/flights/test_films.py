"""Films: real time, few bytes, and the extra that they need."""

import base64
import gc
import re
import sys

import imageio.v3 as iio
import numpy as np
import pytest
from gymnasium.error import DependencyNotInstalled

from lander_envs.flights import films

FRAMES = [np.full((40, 60, 3), 10 * i, np.uint8) for i in range(8)]


def test_a_gif_shows_every_second_frame_at_half_size_in_real_time(tmp_path) -> None:
    path = tmp_path / "new" / "film.gif"
    films.write_film(path, FRAMES, fps=50)
    assert iio.imread(path).shape == (4, 20, 30, 3)
    assert iio.immeta(path)["duration"] == 40


def test_a_notebook_shows_a_gif_of_every_second_frame_that_holds_its_own_bytes() -> None:
    html = films.NotebookFilm(FRAMES, fps=50, scale=1.0)._repr_html_()
    match = re.fullmatch(r'<img alt="[^"]+" src="data:image/gif;base64,([^"]+)">', html)
    assert match, html
    assert iio.imread(base64.b64decode(match[1]), extension=".gif").shape == (4, 40, 60, 3)


# imageio's FFmpeg plugin leaves its pipes to the garbage collector, which is therefore called here.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_mp4_has_every_frame_at_full_size(tmp_path) -> None:
    films.write_film(tmp_path / "film.mp4", FRAMES, fps=50)
    assert iio.imread(tmp_path / "film.mp4").shape[1:] == (40, 64, 3)  # whole macro blocks
    gc.collect()


@pytest.mark.parametrize(("name", "module"), [("a.gif", "PIL"), ("a.mp4", "imageio_ffmpeg")])
def test_without_its_package_a_film_names_the_extra(name, module, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DependencyNotInstalled, match=r'pip install "lander-envs\[record\]"'):
        films.write_film(tmp_path / name, FRAMES, 50)
    with pytest.raises(DependencyNotInstalled, match=r'pip install "lander-envs\[record\]"'):
        films.require_writer(name.removeprefix("a."))


def test_where_opencv_cannot_load_a_gif_says_so(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(DependencyNotInstalled, match=r"^reducing a frame needs OpenCV: try `pip"):
        films.write_film(tmp_path / "a.gif", FRAMES, 50)
