"""Bindings of the batches: arguments and seeds of many landers in one call, all of them or none."""

import numpy as np
import pytest

from lander_envs import _native
from lander_envs.vector import LanderVectorEnv, arguments

ROWS = arguments.spread(
    3,
    gravity=[-1.0, -2.0, -3.0],
    enable_wind=[False, True, True],
    wind_power=1.0,
    turbulence_power=0.0,
).rows
EVERYONE = np.ones(3, dtype=bool)


@pytest.fixture
def batch() -> _native.Landers:
    envs = LanderVectorEnv(3)
    envs.reset(seed=0)
    return envs._batch


def gravities(batch: _native.Landers) -> list[float]:
    return [batch.params(i)[0] for i in range(3)]


def test_arguments_are_set_where_the_mask_says(batch) -> None:
    batch.set_params(np.array([True, False, True]), ROWS)
    assert batch.params(0)[:4].tolist() == [-1.0, 0.0, 1.0, 0.0]
    assert batch.params(1)[:4].tolist() == [-10.0, 0.0, 15.0, 1.5]
    assert batch.params(2)[:4].tolist() == [-3.0, 1.0, 1.0, 0.0]
    rows = np.zeros_like(ROWS)
    batch.write_params(rows)
    assert rows.tolist() == [batch.params(i).tolist() for i in range(3)]


def test_next_arguments_wait_for_an_episode(batch) -> None:
    batch.set_next_params(np.array([True, True, False]), ROWS)
    batch.step(np.zeros(3, np.int64))
    assert gravities(batch) == [-10.0, -10.0, -10.0]
    batch.reset(np.array([False, True, True]))
    assert gravities(batch) == [-10.0, -2.0, -10.0]
    batch.reset(EVERYONE)
    assert gravities(batch) == [-1.0, -2.0, -10.0]


@pytest.mark.parametrize("name", ["set_params", "set_next_params"])
def test_one_bad_argument_changes_none(batch, name) -> None:
    bad = ROWS.copy()
    bad[2, 0] = 3.0
    with pytest.raises(ValueError, match=r"gravity is 3\.0, but must be between -12 and 0"):
        getattr(batch, name)(EVERYONE, bad)
    batch.reset(EVERYONE)
    assert gravities(batch) == [-10.0, -10.0, -10.0]
    getattr(batch, name)(np.array([True, True, False]), bad)  # where nobody looks
    batch.reset(EVERYONE)
    assert gravities(batch) == [-1.0, -2.0, -10.0]


def test_a_seed_of_none_leaves_the_stream(batch) -> None:
    before = batch.random_state(1)
    batch.seed([7, None, 2**100])
    assert batch.random_state(0) == np.random.PCG64(7).state
    assert batch.random_state(1) == before
    assert batch.random_state(2) == np.random.PCG64(2**100).state


def test_one_bad_seed_changes_none(batch) -> None:
    before = [batch.random_state(i) for i in range(3)]
    with pytest.raises(ValueError, match="seed is -1, but must be a non-negative integer"):
        batch.seed([7, 8, -1])
    assert [batch.random_state(i) for i in range(3)] == before


def test_arrays_and_lists_of_another_length_are_refused(batch) -> None:
    with pytest.raises(ValueError, match="seeds is 2 long, but must be 3"):
        batch.seed([1, 2])
    with pytest.raises(ValueError, match="rows is 2 long, but must be 3"):
        batch.set_params(EVERYONE, ROWS[:2])
