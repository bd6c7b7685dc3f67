"""Argument checks.

Each check returns the value in its proper type, or raises a ValueError whose message is one
sentence: the argument's name, the values allowed and the value given.
"""

from __future__ import annotations

import difflib
import inspect
import math
import operator
import re
import socket
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

# Pixels a side: ten times the screen, and 16 MB for a grey frame.
_MAX_PICTURE_SIDE = 4096
_MAX_SHOWN = 200  # characters of a wrong value in a message

_ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]*)?")
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Exceptions of conversions of numbers, arrays and tensors (one that needs a gradient or lives on a
# GPU cannot become an array).
NOT_CONVERTIBLE = (TypeError, ValueError, OverflowError, RuntimeError)


def shown(value: Any) -> str:
    """Representation of a wrong value, at most ``_MAX_SHOWN`` characters."""
    try:
        text = repr(value)
    except NOT_CONVERTIBLE:  # an integer of more than 4300 digits
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def is_array(value: Any) -> bool:
    """True for a list, a tuple, and an array or tensor of one dimension or more."""
    return isinstance(value, (list, tuple)) or getattr(value, "ndim", 0) != 0


def flag(name: str, value: Any) -> bool:
    """Check a bool (Python's or NumPy's)."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def real(name: str, value: Any) -> float:
    """Check a finite real number; an array or a tensor is one if it has no dimension."""
    try:
        number = math.nan if isinstance(value, (str, bytes)) or is_array(value) else float(value)
    except NOT_CONVERTIBLE:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {shown(value)}")
    return number


def between(name: str, value: Any, low: float, high: float, *, closed: bool = True) -> float:
    """Check a real number in ``[low, high]``, or in ``(low, high)`` if not ``closed``."""
    number = real(name, value)
    inside = low <= number <= high if closed else low < number < high
    if not inside:
        ends = "including the ends" if closed else "excluding the ends"
        raise ValueError(f"{name} must be between {low:g} and {high:g}, {ends}, got {shown(value)}")
    return number


def whole(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Check an integer from ``low`` to ``high``; no upper bound if ``high`` is None."""
    allowed = f"at least {low}" if high is None else f"from {low} to {high}"
    try:
        wrong_kind = isinstance(value, (bool, np.bool_)) or is_array(value)
        number = low - 1 if wrong_kind else operator.index(value)
    except NOT_CONVERTIBLE:
        number = low - 1
    if number < low or (high is not None and number > high):
        raise ValueError(f"{name} must be an integer {allowed}, got {shown(value)}")
    return number


def one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    """Check a string that is one of ``allowed``."""
    if not isinstance(value, str) or value not in allowed:
        choices = ", ".join(repr(choice) for choice in allowed)
        raise ValueError(f"{name} must be one of {choices}, got {shown(value)}")
    return value


def address(name: str, value: str) -> None:
    """Refuse what is no address of an HTTP server, such as "http://127.0.0.1:8000"."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        usable &= parts.port is None or parts.port > 0
    except ValueError:
        usable = False
    if not usable:
        example = "http://127.0.0.1:8000"
        raise ValueError(f"{name} must be an address such as {example}, got {shown(value)}")


def origin(name: str, value: str) -> None:
    """Refuse what is no origin of a page, in the one form that browsers send (RFC 6454)."""
    address(name, value)
    parts = urlsplit(value)
    if not _ORIGIN.fullmatch(value) or parts.port == _DEFAULT_PORTS[parts.scheme]:
        raise ValueError(
            f"{name} must be an origin as browsers send it, such as https://a.org or "
            "http://127.0.0.1:8000, in lower case, without user, path and the scheme's own port, "
            f"got {shown(value)}"
        )


def listening(host: str, port: int, backlog: int | None = None) -> socket.socket:
    """Socket that listens.

    Args:
        host: name or address; an empty one, which stands for all addresses, is refused.
        port: 0 for a free one.
        backlog: connections that may wait.

    Raises:
        ValueError, OSError: if that does not work; the message names host and port.
    """
    if not host:
        raise ValueError("host must be a name or an address such as 127.0.0.1, got ''")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=backlog)
    except (OSError, UnicodeError) as refused:
        raise OSError(f"host, port: cannot listen on {host}:{port}: {refused}") from None


def writable_folder(name: str, folder: Path) -> None:
    """OSError unless files can be put into ``folder``, which is created if it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as refused:
        raise OSError(
            f"{name} must be a folder that can be written to, got {str(folder)!r}: "
            f"{refused.strerror}"
        ) from None


def nearest(name: Any, allowed: Iterable[str]) -> str:
    """End of a refusal of ``name``: the allowed name that is spelt most like it, if one is."""
    close = difflib.get_close_matches(str(name), list(allowed), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def keywords(owner: type) -> tuple[str, ...]:
    """Names of the keyword arguments of a class and of the classes that it passes them on to."""
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return tuple(
        parameter.name
        for base in owner.__mro__
        if "__init__" in vars(base)
        for parameter in list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
        if parameter.kind in named and not parameter.name.startswith("_")
    )


def no_unknown(
    owner: type,
    unknown: Iterable[str],
    hints: Mapping[str, str] | None = None,
    further: Iterable[str] = (),
) -> None:
    """Refuse keyword arguments that a class does not have.

    Args:
        owner: the class.
        unknown: names of the arguments.
        hints: where an argument belongs, by its name; the names are suggested too.
        further: names that the class takes beside those of its signature.

    Raises:
        TypeError: if there is one; the message names the nearest right one.
    """
    hints = hints or {}
    allowed = (*keywords(owner), *further, *hints)
    for name in unknown:
        hint = f"; {hints[name]}" if name in hints else nearest(name, allowed)
        raise TypeError(f"{owner.__name__} got an unexpected keyword argument {name!r}{hint}")


def picture_size(name: str, value: Any) -> tuple[int, int]:
    """Check a picture size in pixels: one integer, or a pair ``[height, width]``.

    Returns:
        Height and width.
    """
    sides = value if isinstance(value, (list, tuple)) else (value, value)
    if len(sides) != 2:
        raise ValueError(f"{name} must be an integer or a pair [height, width], got {shown(value)}")
    height, width = (whole(name, side, 1, _MAX_PICTURE_SIDE) for side in sides)
    return height, width
