"""SeedSequence and PCG64 as NumPy has them."""

import numpy as np
import pytest

from lander_envs._native import Lander

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


@pytest.mark.parametrize("seed", SEEDS)
def test_seeding_gives_numpys_state(seed) -> None:
    lander = Lander()
    lander.seed(seed)
    assert lander.random_state == np.random.PCG64(seed).state


def test_ten_thousand_seeds() -> None:
    lander = Lander()
    for seed in range(10_000):
        lander.seed(seed)
        assert lander.random_state == np.random.PCG64(seed).state


def test_two_integers_share_one_draw() -> None:
    """After the two wind indices the half-word buffer is empty, but keeps its last value."""
    lander = Lander(enable_wind=True)
    lander.seed(9)
    lander.reset()
    generator = np.random.Generator(np.random.PCG64(9))
    generator.uniform(size=14)
    generator.integers(-9999, 9999)
    assert generator.bit_generator.state["has_uint32"] == 1
    generator.integers(-9999, 9999)
    generator.uniform(size=2)
    assert lander.random_state == generator.bit_generator.state


def test_a_waiting_half_word_is_used_first() -> None:
    generator = np.random.Generator(np.random.PCG64(5))
    generator.integers(0, 10)
    lander = Lander(enable_wind=True)
    lander.random_state = generator.bit_generator.state
    lander.reset()
    other = Lander(enable_wind=True)
    other.reset(generator.bit_generator)
    assert lander.random_state == generator.bit_generator.state
    # The bytes of a state hold the stream first.
    assert lander.clone_state()[48:] == other.clone_state()[48:]


def test_bad_random_states_are_refused() -> None:
    lander = Lander()
    lander.seed(1)
    good = lander.random_state
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
