"""Running sums of raw rewards."""

import numpy as np
import pytest

from baselines.runs.environments import Arrays
from baselines.runs.episode_returns import EpisodeReturns

BOTH = [Arrays(), Arrays("cpu")]


def add(returns: EpisodeReturns, arrays: Arrays, rewards, ended) -> None:
    returns.add(arrays.array(np.array(rewards)), arrays.array(np.array(ended)))


@pytest.mark.parametrize("arrays", BOTH)
def test_a_return_is_the_sum_from_reset_to_end_of_each_environment(arrays) -> None:
    returns = EpisodeReturns(2, arrays)
    add(returns, arrays, [1.0, 10.0], [False, False])
    assert returns.count_ended() == 0
    add(returns, arrays, [2.0, 20.0], [True, False])
    add(returns, arrays, [4.0, 40.0], [True, True])
    assert returns.count_ended() == 3
    assert returns.count_ended() == 0
    assert returns.take_finished() == [3.0, 4.0, 70.0]


@pytest.mark.parametrize("arrays", BOTH)
def test_returns_are_taken_once(arrays) -> None:
    returns = EpisodeReturns(1, arrays)
    add(returns, arrays, [5.0], [True])
    assert returns.take_finished() == [5.0]
    assert returns.take_finished() == []
