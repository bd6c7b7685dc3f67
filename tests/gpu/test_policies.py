"""Policies of the benchmarks on a GPU."""

import numpy as np
import pytest
import torch

from lander_envs.scoring.policy import HeuristicPolicy
from tests.gpu.policies import Network, heuristic


def test_the_heuristic_is_that_of_the_package() -> None:
    obs = np.random.default_rng(0).normal(size=(2000, 8)).astype(np.float32) * 0.3
    obs[:, 6:] = np.random.default_rng(1).integers(0, 2, (2000, 2))
    expected = HeuristicPolicy(continuous=False).act(obs)
    assert heuristic(torch.from_numpy(obs)).tolist() == expected.tolist()
    assert set(expected.tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize(("shape", "dtype"), [((8,), torch.float32), ((4, 84, 84), torch.uint8)])
def test_a_network_samples_an_action_for_each_observation(shape, dtype) -> None:
    actions = Network(shape)(torch.zeros((5, *shape), dtype=dtype))
    assert actions.shape == (5,)
    assert ((actions >= 0) & (actions < 4)).all()
