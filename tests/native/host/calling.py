"""Calls under the floating-point environments that a caller can set."""

import ctypes
import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.native.build import TESTS, compile_cpp

ENVIRONMENTS = {
    "nearest": (0, False),
    "upward": (1, False),
    "downward": (2, False),
    "toward zero": (3, False),
    "subnormals flushed": (0, True),
    "upward, subnormals flushed": (1, True),
}
OTHERS = list(ENVIRONMENTS)[1:]


@functools.cache
def caller() -> ctypes.CDLL:
    """The functions of ``caller.cpp``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "caller.so"
        compile_cpp(path, [TESTS / "host" / "caller.cpp"], ["-O1", "-fPIC", "-shared"])
        library = ctypes.CDLL(str(path))
    library.read_caller.restype = ctypes.c_uint64
    return library


@contextmanager
def calling_with(name: str) -> Iterator[None]:
    """Run the calls of a block in an environment; it must be the same after them."""
    mode, flushes = ENVIRONMENTS[name]
    caller().set_caller(mode, ctypes.c_bool(flushes))
    before = caller().read_caller()
    try:
        yield
        after = caller().read_caller()
    finally:
        caller().set_caller(0, ctypes.c_bool(False))
    assert after & ~0x3F == before & ~0x3F  # apart from exception flags, which Python raises too
