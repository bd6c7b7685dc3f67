"""Films: frames as GIF or MP4, in real time. Needs the extra ``record``."""

from __future__ import annotations

import base64
import importlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium.error import DependencyNotInstalled
from numpy.typing import NDArray

from lander_envs.transforms.pixels import opencv

Frames = list[NDArray[np.uint8]]
"""Pictures (H, W, 3)."""

MOST_COLOURS = 64
"""Colours of a GIF at most."""

# A GIF shows every second frame at half size: a tenth of the bytes, and motion stays smooth. One
# palette serves all frames: with one each, colours would flicker and still parts be stored again.
_GIF_STRIDE = 2
GIF_SCALE = 0.5


class NotebookFilm:
    """Film in real time that a notebook shows below its cell.

    Args:
        frames: (H, W, 3) each.
        fps: frames a second.
        scale: factor of height and width.
    """

    def __init__(self, frames: Frames, fps: float, scale: float = GIF_SCALE) -> None:
        self._content = gif(frames, fps, scale=scale)

    def _repr_html_(self) -> str:
        """Picture that holds its own bytes; Jupyter asks for this."""
        content = base64.b64encode(self._content).decode()
        return f'<img alt="A film of a flight." src="data:image/gif;base64,{content}">'


def require_writer(kind: str) -> None:
    """Import what :func:`write_film` needs for a "gif" or an "mp4": before the flights.

    Raises:
        gymnasium.error.DependencyNotInstalled: without imageio, Pillow or OpenCV.
    """
    if kind == "mp4":
        _imageio()
    else:
        _pillow()
        opencv()


def write_film(path: Path, frames: Frames, fps: float, scale: float = GIF_SCALE) -> None:
    """Writes ``frames`` as the path's suffix says, so that they play in real time.

    ``scale`` is the factor of a GIF's height and width; an MP4 has every frame as it is.

    Raises:
        gymnasium.error.DependencyNotInstalled: without imageio, Pillow or OpenCV.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".mp4":
        _write_mp4(path, frames, fps)
    else:
        path.write_bytes(gif(frames, fps, scale=scale))


def gif(frames: Frames, fps: float, colours: int = MOST_COLOURS, scale: float = GIF_SCALE) -> bytes:
    """Content of a GIF that plays in real time.

    Args:
        frames: (H, W, 3) each; every second one is shown.
        fps: frames a second.
        colours: of the palette, at most.
        scale: factor of height and width.

    Raises:
        gymnasium.error.DependencyNotInstalled: without Pillow or OpenCV.
    """
    pillow, cv2 = _pillow(), opencv()
    small = [
        cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for frame in frames[::_GIF_STRIDE]
    ]
    some = np.concatenate(small[:: max(1, len(small) // 8)])
    palette = pillow.fromarray(some).quantize(colours)
    first, *rest = (
        pillow.fromarray(frame).quantize(palette=palette, dither=pillow.Dither.NONE)
        for frame in small
    )
    # Durations are in milliseconds; loop=0 is for ever.
    file, duration = io.BytesIO(), 1000 * _GIF_STRIDE / fps
    first.save(file, "GIF", save_all=True, append_images=rest, duration=duration, loop=0)
    return file.getvalue()


def _write_mp4(path: Path, frames: Frames, fps: float) -> None:
    # Sides must be whole macro blocks; 8 divides 600 and 400, the usual 16 does not.
    _imageio().imwrite(path, np.stack(frames), fps=fps, macro_block_size=8)


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as missing:
        raise _not_installed("a GIF needs Pillow") from missing
    return Image


def _imageio() -> Any:
    try:
        import imageio.v3 as iio

        importlib.import_module("imageio_ffmpeg")  # imageio writes with it
    except ImportError as missing:
        raise _not_installed("an MP4 needs imageio and imageio-ffmpeg") from missing
    return iio


def _not_installed(what: str) -> DependencyNotInstalled:
    return DependencyNotInstalled(f'{what}: pip install "lander-envs[record]"')
