"""SeedSequence and PCG64 as NumPy has them."""

import numpy as np
import pytest

from lander_envs._native import Lander
from lander_envs.vector import LanderVectorEnv
from tests.native.landers import native_lander

SEEDS = [
    0,
    1,
    42,
    2**31,
    2**32 - 1,
    2**32,
    2**64 - 1,
    2**64,
    2**127 + 12345,
    2**128,
    3**200,
    10**100,
]


def batch(**arguments):
    """One lander, which draws from its own generator."""
    envs = LanderVectorEnv(1, **arguments)
    envs._apply_params(np.ones(1, dtype=bool))  # as a reset does
    return envs._batch


@pytest.mark.parametrize("seed", SEEDS)
def test_seeding_gives_numpys_state(seed) -> None:
    landers = batch()
    landers.seed([seed])
    assert landers.random_state(0) == np.random.PCG64(seed).state


def test_ten_thousand_seeds() -> None:
    landers = batch()
    for seed in range(10_000):
        landers.seed([seed])
        assert landers.random_state(0) == np.random.PCG64(seed).state


@pytest.mark.parametrize("seed", [-1, -(2**80)])
def test_seeds_are_not_negative(seed) -> None:
    with pytest.raises(ValueError, match=f"seed is {seed}, but must be a non-negative integer"):
        batch().seed([seed])


def test_two_integers_share_one_draw() -> None:
    """After the two wind indices the half-word buffer is empty, but keeps its last value."""
    landers = batch(enable_wind=True)
    landers.seed([9])
    landers.reset(np.ones(1, dtype=bool))
    generator = np.random.Generator(np.random.PCG64(9))
    generator.uniform(size=14)
    generator.integers(-9999, 9999)
    assert generator.bit_generator.state["has_uint32"] == 1
    generator.integers(-9999, 9999)
    generator.uniform(size=2)
    assert landers.random_state(0) == generator.bit_generator.state


def test_a_waiting_half_word_is_used_first() -> None:
    """From a state's own generator, and from NumPy's."""
    generator = np.random.Generator(np.random.PCG64(5))
    generator.integers(0, 10)
    single = native_lander(enable_wind=True)
    single.reset(np.random.PCG64(0))
    single.random_state = generator.bit_generator.state
    landers = batch(enable_wind=True)
    landers.restore_state(0, single.clone_state(), 0)
    landers.reset(np.ones(1, dtype=bool))
    single.reset(generator.bit_generator)
    assert landers.random_state(0) == generator.bit_generator.state
    # The bytes of a state hold the generator first.
    assert landers.clone_state(0)[48:] == single.clone_state()[48:]


def test_bad_random_states_are_refused() -> None:
    lander = Lander()
    good = np.random.PCG64(1).state
    lander.random_state = good
    bad = [
        ({**good, "bit_generator": "MT19937"}, "that of a PCG64"),
        ({**good, "state": {**good["state"], "inc": 2}}, "odd increment"),
        ({**good, "state": {**good["state"], "state": 2**128}}, r"below 2\^128"),
        ({**good, "state": {**good["state"], "state": -1}}, "non-negative"),
        ({**good, "has_uint32": 2}, "has_uint32 0 or 1"),
    ]
    for state, message in bad:
        with pytest.raises(ValueError, match=message):
            lander.random_state = state
    with pytest.raises(KeyError):
        lander.random_state = {"bit_generator": "PCG64"}
    assert lander.random_state == good
