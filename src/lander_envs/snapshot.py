"""States as bytes: named parts in one layout, checked on the way in.

Layout, little-endian: 8 bytes of magic, a 16-bit count, for each part its name (8 bytes, padded
with zeros), its size (32 bits) and its bytes; at the end the CRC-32 of all before it. What a part
holds is checked by whoever takes it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Steps of the episode and whether it is over: a vector env's part, which a single env leaves to
# its wrappers and so ignores.
CLOCK = "clock"
MAX_STEPS = 2**31 - 1  # of an episode: what the engine's counter holds

_MAGIC = b"LNDRENV1"
_HEAD = struct.Struct("<8sH")
_PART = struct.Struct("<8sI")
_CRC = struct.Struct("<I")


def pack(parts: dict[str, bytes]) -> bytes:
    """Put named parts (names of up to 8 ASCII letters) into one state."""
    pieces = [_HEAD.pack(_MAGIC, len(parts))]
    for name, content in parts.items():
        pieces += [_PART.pack(name.encode(), len(content)), content]
    body = b"".join(pieces)
    return body + _CRC.pack(zlib.crc32(body))


def unpack(state: Any, names: Sequence[str]) -> dict[str, bytes]:
    """The parts of a state that holds just ``names``, and perhaps the clock of a vector env.

    Raises:
        ValueError: for anything else; it says what is wrong.
    """
    if not isinstance(state, bytes):
        raise ValueError(f"state must be bytes from clone_state(), got {type(state).__name__}")
    if len(state) < _HEAD.size + _CRC.size or not state.startswith(_MAGIC):
        raise ValueError(f"state must begin with {_MAGIC!r}, got {state[:8]!r}")
    body, (crc,) = state[: -_CRC.size], _CRC.unpack(state[-_CRC.size :])
    if zlib.crc32(body) != crc:
        raise ValueError(f"state must be whole and unchanged, got {len(state)} bytes that are not")
    parts = _split(body)
    if [name for name in parts if name != CLOCK] != list(names):
        raise ValueError(
            f"state must come from the same kind of env, with the parts {list(names)}, got "
            f"{list(parts)}"
        )
    return parts


def numbers(
    name: str, content: bytes, dtype: type[np.generic], shape: tuple[int, ...]
) -> NDArray[Any]:
    """A part as an array of its own; ValueError if its size is another."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if len(content) != size:
        raise ValueError(f"state must hold {size} bytes of {name}, got {len(content)}")
    return np.frombuffer(content, dtype).reshape(shape).copy()


def _split(body: bytes) -> dict[str, bytes]:
    _, count = _HEAD.unpack_from(body)
    at, parts = _HEAD.size, {}
    for _ in range(count):
        if at + _PART.size > len(body):
            break
        name, size = _PART.unpack_from(body, at)
        at += _PART.size
        parts[name.rstrip(b"\0").decode("ascii", "replace")] = body[at : at + size]
        at += size
    if at != len(body) or len(parts) != count:
        raise ValueError(f"state must hold {count} whole parts with different names")
    return parts
