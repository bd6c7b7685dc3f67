"""Rollouts and minibatches against numbers worked by hand."""

import pytest
import torch

from baselines.algorithms.rollout import (
    Rollout,
    TransitionBatch,
    Transitions,
    gather_rows,
    shuffled_minibatches,
)


def rollout_of(rewards, terminated, truncated, is_reset=None) -> Rollout:
    """One environment's steps; observation t is t, its value t + 1."""
    steps = len(rewards)
    flags = [torch.tensor(f, dtype=torch.bool)[:, None] for f in (terminated, truncated)]
    return Rollout(
        obs=torch.arange(steps + 1.0)[:, None, None],
        values=torch.arange(1.0, steps + 2.0)[:, None],
        hidden_states=torch.zeros(steps, 1, 0),
        raw_actions=torch.zeros(steps, 1, dtype=torch.int64),
        log_probs=torch.zeros(steps, 1),
        rewards=torch.tensor(rewards, dtype=torch.float32)[:, None],
        terminated=flags[0],
        truncated=flags[1],
        is_reset=torch.tensor(is_reset or [False] * steps)[:, None],
    )


def test_resets_are_no_valid_indices() -> None:
    rollout = rollout_of([1.0] * 4, [False] * 4, [False] * 4, [False, True, False, True])
    assert rollout.valid_indices.tolist() == [0, 2]


def test_a_minibatch_counts_valid_transitions() -> None:
    numbers = torch.arange(5.0)
    batch = TransitionBatch(Transitions(*[numbers] * 6), torch.tensor([0, 2, 4]))
    old, inputs = batch.minibatch(torch.tensor([2, 1]))
    assert len(batch) == 3
    assert old.returns.tolist() == [4.0, 2.0]
    assert inputs.obs.tolist() == [4.0, 2.0]
    assert inputs.sequences is None


@pytest.mark.parametrize(
    ("size", "minibatch_size", "sizes"),
    [(10, 5, [5, 5]), (11, 5, [6, 5]), (3, 5, [3]), (14, 5, [7, 7])],
)
def test_minibatches_hold_everything_once(size, minibatch_size, sizes) -> None:
    minibatches = list(shuffled_minibatches(size, minibatch_size, "cpu"))
    assert [len(index) for index in minibatches] == sizes
    assert sorted(torch.cat(minibatches).tolist()) == list(range(size))


@pytest.mark.parametrize("shape", [(5, 2, 4, 4), (5, 3, 3), (5, 8)])
def test_rows_of_bytes_are_gathered_as_by_indexing(shape) -> None:
    tensor = torch.randint(0, 256, shape, dtype=torch.uint8)
    rows = torch.tensor([4, 0, 0, 2])
    assert torch.equal(gather_rows(tensor, rows), tensor[rows])
