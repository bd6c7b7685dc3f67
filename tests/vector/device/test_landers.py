"""Landers on a GPU: seeds as digits, calls of the kernels."""

import numpy as np
import pytest

from lander_envs.vector.device.landers import seed_digits
from tests.vector.device.comparing import Pair


@pytest.mark.parametrize(
    ("seed", "digits"),
    [
        (0, [0]),
        (7, [7]),
        (2**32, [0, 1]),
        (2**64 - 1, [2**32 - 1, 2**32 - 1]),
    ],
)
def test_a_seed_is_its_32_bit_digits_lowest_first(seed, digits) -> None:
    got, lengths = seed_digits([seed])
    assert got.tolist() == [digits]
    assert lengths.tolist() == [len(digits)]


def test_shorter_seeds_are_padded_and_none_has_no_digits() -> None:
    digits, lengths = seed_digits([None, 2**70, 3])
    assert lengths.tolist() == [0, 3, 1]
    assert digits.tolist() == [[0, 0, 0], [0, 0, 64], [3, 0, 0]]


def test_generators_go_on_where_a_seed_is_none(machine) -> None:
    envs = Pair("lander_envs/Lander-v0", 3)
    envs.reset(seed=[1, 2, 3])
    envs.reset(seed=[None, 2**100, None])
    envs.fly(10)


def test_more_landers_than_a_block_are_all_stepped(machine) -> None:
    envs = Pair("lander_envs/Lander-v0", 300)
    envs.reset(seed=0)
    envs.fly(3)
    assert np.unique(envs.gpu.reset(seed=0)[0].numpy(), axis=0).shape == (300, 8)
