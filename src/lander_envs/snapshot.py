"""Serialization of states: named parts in one bytes object, with a checksum.

Layout, little-endian:

- magic number, 8 bytes, and number of parts, 16 bits;
- per part: name (8 bytes, padded with zeros), size (32 bits), content;
- CRC-32 of everything before it, 32 bits.

The content of a part is checked by its reader.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lander_envs import checks

# Part of vector envs: steps of the episode, and whether it is over. Single envs ignore it, because
# their wrappers count the steps.
CLOCK = "clock"
# Part of an env with ranges: names of the arguments that the episode has drawn, and their values,
# float64.
DRAWN = "drawn"
MAX_STEPS = 2**31 - 1  # steps of an episode that fit the engine's counter

_MAGIC = b"LNDRENV1"
_HEAD = struct.Struct("<8sH")
_PART = struct.Struct("<8sI")
_CRC = struct.Struct("<I")


def pack(parts: dict[str, bytes]) -> bytes:
    """Serialize named parts; a name has up to 8 ASCII letters."""
    pieces = [_HEAD.pack(_MAGIC, len(parts))]
    for name, content in parts.items():
        pieces += [_PART.pack(name.encode(), len(content)), content]
    body = b"".join(pieces)
    return body + _CRC.pack(zlib.crc32(body))


def unpack(state: Any, names: Sequence[str]) -> dict[str, bytes]:
    """Read the parts of a state.

    Args:
        state: bytes from :func:`pack`.
        names: the parts that the state must hold, in order; ``CLOCK`` may come with them.

    Raises:
        ValueError: if ``state`` is not bytes, is damaged, or holds other parts.
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
    """Read a part as a new array.

    Raises:
        ValueError: if the content has not the size of such an array.
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if len(content) != size:
        raise ValueError(f"state must hold {size} bytes of {name}, got {len(content)}")
    return np.frombuffer(content, dtype).reshape(shape).copy()


def drawn_names(ranges: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the parts that an env with such ranges adds."""
    return (DRAWN,) if ranges else ()


def drawn_part(drawn: Mapping[str, float]) -> dict[str, bytes]:
    """Part of the arguments that an episode has drawn; none if it draws nothing."""
    return {DRAWN: _names(drawn) + np.array(list(drawn.values())).tobytes()} if drawn else {}


def drawn_from(
    parts: Mapping[str, bytes], ranges: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    """Read the arguments that an episode has drawn.

    Raises:
        ValueError: if others were drawn, or one is outside its range.
    """
    if not ranges:
        return {}
    named, end, content = parts[DRAWN].partition(b"\0")
    if named + end != _names(ranges):
        raise ValueError(
            f"state must come from an env that draws {', '.join(ranges)}, got one that draws "
            f"{named.decode('ascii', 'replace')}"
        )
    values = numbers(DRAWN, content, np.float64, (len(ranges),)).tolist()
    return {
        name: checks.between(f"state: {name}", value, *ends)
        for (name, ends), value in zip(ranges.items(), values, strict=True)
    }


def _names(drawn: Iterable[str]) -> bytes:
    """Head of the part of drawn arguments: their names, and a zero."""
    return ", ".join(drawn).encode() + b"\0"


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
