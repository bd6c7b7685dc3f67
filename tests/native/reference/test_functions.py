"""Double sine, cosine and tanh have glibc's bits: a sample of what the slow lane compares."""

import pytest

from tests.native.reference.functions import Comparison, compare, is_reference


@pytest.mark.skipif(not is_reference(), reason="compares with glibc on a processor that fuses")
def test_the_bits_of_glibc_and_not_those_of_two_roundings(tmp_path) -> None:
    comparisons = compare(0.002, tmp_path)
    assert len(comparisons) == 17
    assert min(c.arguments for c in comparisons) > 190_000
    assert [c for c in comparisons if not c.is_as_claimed] == []


def test_a_control_that_agrees_is_a_fault() -> None:
    assert Comparison("sine in [-7, 7]", 10, 0).is_as_claimed
    assert not Comparison("sine in [-7, 7]", 10, 1).is_as_claimed
    assert not Comparison("sine, two roundings", 10, 0).is_as_claimed
