"""Comparison of what environments return, by bytes and types."""

from typing import Any

import numpy as np


def same(got: Any, expected: Any) -> None:
    """Equal types and bytes, through dicts, sequences and object arrays."""
    assert type(got) is type(expected), f"{got!r} against {expected!r}"
    if isinstance(expected, dict):
        assert set(got) == set(expected)
        for key in expected:
            same(got[key], expected[key])
    elif isinstance(expected, np.ndarray) and expected.dtype != object:
        assert (got.dtype, got.shape) == (expected.dtype, expected.shape)
        assert got.tobytes() == expected.tobytes(), f"{got} against {expected}"
    elif isinstance(expected, (np.ndarray, list, tuple)):
        assert len(got) == len(expected)
        for mine, theirs in zip(got, expected, strict=True):
            same(mine, theirs)
    else:
        assert got == expected
