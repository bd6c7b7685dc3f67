"""Policies over Q-networks, with tables of values in their place."""

import numpy as np
import pytest
import torch
from torch import nn

from baselines.algorithms.q_policy import GreedyQPolicy, epsilon_greedy


class Newest(nn.Module):
    """Values are the stacked observations themselves."""

    def forward(self, obs: torch.Tensor) -> torch.Tensor:
        return obs


def test_exploration_is_random_in_its_share_of_the_actions() -> None:
    torch.manual_seed(0)
    values = torch.tensor([[0.0, 1.0, 0.0, 0.0]]).expand(10_000, -1)
    assert (epsilon_greedy(values, 0.0) == 1).all()
    counts = np.bincount(epsilon_greedy(values, 0.4)) / 10_000
    # Random actions hit the greedy one a quarter of the time.
    assert counts.tolist() == pytest.approx([0.1, 0.7, 0.1, 0.1], abs=0.02)


def test_a_greedy_policy_stacks_observations_until_it_starts_anew() -> None:
    policy = GreedyQPolicy(Newest(), history=2, device="cpu")
    # Stacks (oldest first): (1, 1), (1, 3), (3, 2); their larger entry is the action.
    assert [policy.act(np.array([[x]]))[0] for x in (1.0, 3.0, 2.0)] == [0, 1, 0]
    policy.start()
    assert policy.act(np.array([[5.0]])).tolist() == [0]  # (5, 5), the first of equals


def test_a_decision_has_the_values_that_the_action_is_the_largest_of() -> None:
    decision = GreedyQPolicy(Newest(), history=1, device="cpu").decide(np.array([[1.0, 3.0, 2.0]]))
    assert decision.actions.tolist() == [1]
    assert decision.q_values.tolist() == [[1.0, 3.0, 2.0]]
