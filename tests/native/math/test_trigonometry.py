"""Sine and cosine of a float have glibc's bits."""

import ctypes
import hashlib
import math
import platform
import struct
from pathlib import Path

import numpy as np
import pytest

from tests.native.build import inspection


def sine_cosine(angle: float) -> tuple[float, float]:
    return inspection().sine_cosine(angle)


def angles() -> np.ndarray:
    """Every case of the algorithm: tiny, small, reduced, reduced with many digits, not a number."""
    bits = np.random.default_rng(0).integers(0, 2**32, size=60_000, dtype=np.uint32)
    usual = np.random.default_rng(1).uniform(-130, 130, size=60_000).astype(np.float32)
    borders = np.array([0.0, -0.0, 2**-12, 0.75, 120.0, 2**23, 3.4e38], dtype=np.float32)
    near = np.concatenate([np.nextafter(borders, np.float32(s)) for s in (-np.inf, np.inf)])
    # Near multiples of a quarter turn, where the reduction cancels most: differs without a fused
    # multiply-add, or without what replaces it.
    hard = np.float32([float.fromhex("0x1.1475b6p+4"), float.fromhex("0x1.78edb2p+4")])
    return np.concatenate([bits.view(np.float32), usual, borders, near, -near, hard])


def test_by_hand() -> None:
    assert sine_cosine(0.0) == (0.0, 1.0)
    assert math.copysign(1.0, sine_cosine(-0.0)[0]) == -1.0
    assert sine_cosine(0.5) == (float(np.float32(math.sin(0.5))), float(np.float32(math.cos(0.5))))
    assert sine_cosine(float(np.float32(math.pi)))[1] == -1.0
    assert all(math.isnan(x) for x in (*sine_cosine(math.inf), *sine_cosine(math.nan)))


@pytest.mark.skipif(
    platform.system() != "Linux" or platform.libc_ver()[0] != "glibc",
    reason="compares with glibc",
)
def test_the_bits_of_glibc() -> None:
    if platform.machine() == "x86_64" and " fma " not in Path("/proc/cpuinfo").read_text():
        pytest.skip("glibc's variant without fused multiply-adds differs for a few arguments")
    library = ctypes.CDLL("libm.so.6")
    for name in ("sinf", "cosf"):
        function = getattr(library, name)
        function.restype, function.argtypes = ctypes.c_float, [ctypes.c_float]
    for angle in angles().tolist():
        expected = library.sinf(angle), library.cosf(angle)
        if math.isnan(expected[0]):
            assert all(math.isnan(x) for x in sine_cosine(angle))
        else:
            assert struct.pack("2f", *sine_cosine(angle)) == struct.pack("2f", *expected), angle


def test_the_same_bits_everywhere() -> None:
    finite = angles()
    finite = finite[np.isfinite(finite)]
    bits = b"".join(struct.pack("<2f", *sine_cosine(angle)) for angle in finite.tolist())
    digest = hashlib.sha256(bits).hexdigest()
    assert digest == "45d20208eca167cca728519e6659b0e0a0342c34bb41aed41eb36eb6b2b06014"
