"""Landers on a GPU: seeds as digits, their order, calls of the kernels."""

import numpy as np
import pytest
import torch

from lander_envs.cuda import driver
from lander_envs.cuda.structures import OrderArguments
from lander_envs.vector.device.landers import STATE_KERNELS, seed_digits
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


def sorted_landers(keys: list[int]) -> list[int]:
    """Lander of each thread, as the kernel orders them."""
    gpu = driver.gpu(0)
    gpu.load(STATE_KERNELS, "lander_order")
    given = torch.tensor(keys, dtype=torch.uint8)
    order = torch.full((len(keys),), -1, dtype=torch.int32)
    call = OrderArguments(given.data_ptr(), order.data_ptr(), len(keys))
    gpu.launch("lander_order", len(keys), call)
    return order.tolist()


def test_landers_are_sorted_by_their_keys_and_else_stay(machine) -> None:
    assert sorted_landers([9, 0, 73, 9, 1]) == [1, 4, 0, 3, 2]
    assert sorted_landers([5]) == [0]


def test_landers_are_sorted_among_512_neighbours(machine) -> None:
    keys = np.random.default_rng(0).integers(0, 128, 1100)
    parts = np.split(keys, [512, 1024])
    expected = [512 * n + np.argsort(part, kind="stable") for n, part in enumerate(parts)]
    assert sorted_landers(keys.tolist()) == np.concatenate(expected).tolist()


def test_keys_tell_resets_from_contacts_from_free_flight(machine) -> None:
    envs = Pair("lander_envs/Lander-v0", 40)
    envs.reset(seed=0)
    batch = envs.gpu.unwrapped._batch
    assert batch._sort_keys.tolist() == [0] * 40  # 14 units above the moon
    seen = set()
    for _ in range(120):
        resets = batch.ended.clone()
        envs.fly(1)
        keys = batch._sort_keys
        assert torch.equal(keys >= 64, batch.ended)
        assert keys[resets].tolist() == [0] * int(resets.sum())
        legs = (batch.obs[:, 6:] > 0).any(dim=1)
        assert bool((keys[legs] % 64 >= 8 + 1).all())  # a contact, and it touches
        seen |= set(keys.tolist())
    assert {0, 1} < seen  # no contact; one that does not touch
