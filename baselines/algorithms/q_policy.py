"""Policies over Q-networks: epsilon-greedy while training, greedy afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from baselines.algorithms.replay_buffer import ObservationHistory
from baselines.networks.q_network import QNetwork
from lander_envs.scoring.policy import Decision, Policy


def epsilon_greedy(values: Tensor, epsilon: float) -> Tensor:
    """Actions (n,) of the highest of ``values`` (n, n_actions), a share ``epsilon`` at random."""
    random = torch.randint(values.shape[1], (len(values),), device=values.device)
    is_random = torch.rand(len(values), device=values.device) < epsilon
    return torch.where(is_random, random, values.argmax(1))


class GreedyQPolicy(Policy):
    """Greedy policy of a trained Q-network; stacks of observations last for an episode.

    Args:
        agent: the network.
        history: observations in a stack.
        device: of the network.
    """

    def __init__(self, agent: QNetwork, history: int, device: str) -> None:
        self._agent, self._length, self._device = agent, history, device
        self.start()

    def start(self) -> None:
        """Reset the stacks: new episodes begin in all environments."""
        self._history = ObservationHistory(self._length)

    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n,) for observations (n, ...)."""
        return self.decide(obs).actions

    @torch.no_grad()
    def decide(self, obs: NDArray[Any]) -> Decision:
        """Actions (n,) and Q-values (n, n_actions) for observations (n, ...)."""
        stacks = self._history.push(obs, np.zeros(len(obs), np.bool_))
        q_values = self._agent(torch.as_tensor(stacks, device=self._device))
        return Decision(q_values.argmax(dim=1).cpu().numpy(), q_values.cpu().numpy())
