"""Settings of the whole process."""

import random

import numpy as np
import pytest
import torch

from baselines.runs.process import (
    keep_freed_memory,
    prepare,
    random_states,
    restore_random_states,
)


def test_the_same_seed_gives_the_same_numbers_everywhere() -> None:
    drawn = []
    for seed in (7, 7, 8):
        prepare(seed, torch_threads=1)
        numpy_drawn = np.random.random()  # noqa: NPY002  # the global generator is what is seeded
        drawn.append((random.random(), numpy_drawn, torch.rand(1).item()))
    assert drawn[0] == drawn[1]
    assert all(one != other for one, other in zip(drawn[0], drawn[2], strict=True))


def test_pytorch_gets_its_threads() -> None:
    before = torch.get_num_threads()
    prepare(0, torch_threads=2)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)


def test_freed_memory_is_kept_only_where_the_c_library_can(monkeypatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("ctypes.CDLL", lambda _: 1 / 0)  # not even looked for
    keep_freed_memory()


def test_restored_generators_go_on_where_they_were() -> None:
    states = random_states("cpu")
    drawn = torch.rand(3)
    restore_random_states(states, "cpu")
    assert torch.equal(torch.rand(3), drawn)


def test_a_state_that_no_generator_has_is_refused() -> None:
    zeros = torch.zeros_like(torch.get_rng_state())
    with pytest.raises(RuntimeError):
        restore_random_states({"rng.torch": zeros}, "cpu")
