"""The table of sines is what the script generates."""

import pytest

from tests.native.build import NATIVE


def test_the_table_is_generated_from_high_precision() -> None:
    pytest.importorskip("mpmath")
    from tests.native.math import sine_table

    assert sine_table.header() == (NATIVE / "math" / "sine_table.h").read_text()


def test_a_rest_is_what_rounding_leaves() -> None:
    mpmath = pytest.importorskip("mpmath")
    from tests.native.math.sine_table import literal, pair

    with mpmath.workprec(200):
        head, rest = pair(mpmath.mpf(1) / 3)
        assert head == 1 / 3
        assert abs(mpmath.mpf(head) + rest - mpmath.mpf(1) / 3) < mpmath.mpf(2) ** -107
    assert literal(0.75) == "0x1.8p-1"
    assert literal(1.0) == "0x1p+0"
