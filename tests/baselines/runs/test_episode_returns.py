"""Running sums of raw rewards."""

import numpy as np

from baselines.runs.episode_returns import EpisodeReturns


def test_a_return_is_the_sum_from_reset_to_end_of_each_environment() -> None:
    returns = EpisodeReturns(2)
    assert returns.add(np.array([1.0, 10.0]), np.array([False, False])) == 0
    assert returns.add(np.array([2.0, 20.0]), np.array([True, False])) == 1
    assert returns.add(np.array([4.0, 40.0]), np.array([True, True])) == 2
    assert returns.take_finished() == [3.0, 4.0, 70.0]


def test_returns_are_taken_once() -> None:
    returns = EpisodeReturns(1)
    returns.add(np.array([5.0]), np.array([True]))
    assert returns.take_finished() == [5.0]
    assert returns.take_finished() == []
