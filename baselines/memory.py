"""Networks that remember: an LSTM or a GRU for the actor, and another for the critic."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from baselines.networks import Actor, Choice, Evaluation

# Input weights start this many times as large as usual. A velocity shows only in how positions
# differ from step to step, by hundredths and less, and such differences must count from the start.
_INPUT_GAIN = 4.0

CELLS: dict[str, type[nn.LSTM] | type[nn.GRU]] = {"lstm": nn.LSTM, "gru": nn.GRU}


class Memory(nn.Module):
    """An LSTM or GRU whose hidden state is one tensor, an environment a row.

    Args:
        n_obs: numbers in an observation.
        size: units of a layer.
        layers: how many, one above the other.
        cell: "lstm" or "gru".

    A hidden state is (n, parts, size): a part a layer, and for an LSTM as many more for its cells.
    Zeros are the state at an episode's start.
    """

    def __init__(self, n_obs: int, size: int, layers: int, cell: str) -> None:
        super().__init__()
        self.cell = CELLS[cell](n_obs, size, layers)
        self.parts = layers * (2 if cell == "lstm" else 1)
        for name, parameter in self.cell.named_parameters():
            if name.startswith("bias"):
                nn.init.zeros_(parameter)
            elif name == "weight_ih_l0":
                nn.init.normal_(parameter, std=_INPUT_GAIN / math.sqrt(n_obs))
            else:
                for gate in parameter.chunk(parameter.shape[0] // size):
                    nn.init.orthogonal_(gate)

    def forward(self, obs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Features (steps, n, size) of observations (steps, n, n_obs), and the state after."""
        if isinstance(self.cell, nn.GRU):
            features, last = self.cell(obs, _inward(state))
            return features, last.transpose(0, 1)
        hidden, cells = state.chunk(2, dim=1)
        features, last = self.cell(obs, (_inward(hidden), _inward(cells)))
        return features, torch.cat(last).transpose(0, 1)


def _inward(state: Tensor) -> Tensor:
    """PyTorch's cells have layers first."""
    return state.transpose(0, 1).contiguous()


class RecurrentActorCritic(nn.Module):
    """An actor and a critic, each with a memory of its own and a head over its features.

    The hidden state of both is one tensor (n, parts, size): the actor's parts, then the critic's.

    Args:
        actor_memory: features for the actor.
        actor: acts on them.
        critic_memory: features for the critic.
        critic: (n, size) to (n, 1).
    """

    def __init__(
        self, actor_memory: Memory, actor: Actor, critic_memory: Memory, critic: nn.Module
    ) -> None:
        super().__init__()
        self.actor_memory = actor_memory
        self.actor = actor
        self.critic_memory = critic_memory
        self.critic = critic

    def initial_state(self, n: int, device: str) -> Tensor:
        """The state of ``n`` environments at the start of their episodes."""
        memories = self.actor_memory, self.critic_memory
        parts = sum(memory.parts for memory in memories)
        return torch.zeros(n, parts, self.actor_memory.cell.hidden_size, device=device)

    def step(self, obs: Tensor, state: Tensor) -> tuple[Choice, Tensor, Tensor]:
        """Draw actions for observations (n, n_obs), value these, and remember them."""
        of_actor, of_critic = self._split(state)
        features, of_actor = self.actor_memory(obs[None], of_actor)
        seen, of_critic = self.critic_memory(obs[None], of_critic)
        state = torch.cat((of_actor, of_critic), dim=1)
        return self.actor.sample(features[0]), self.critic(seen[0]).squeeze(-1), state

    def act(self, obs: Tensor, state: Tensor, sampled: bool) -> tuple[Tensor, Tensor]:
        """Greedy actions, or sampled ones, and the state after; the critic's part rests."""
        of_actor, of_critic = self._split(state)
        features, of_actor = self.actor_memory(obs[None], of_actor)
        actor = self.actor
        action = actor.sample(features[0]).action if sampled else actor.greedy(features[0])
        return action, torch.cat((of_actor, of_critic), dim=1)

    def evaluate(self, obs: Tensor, state: Tensor, inside: Tensor, raw: Tensor) -> Evaluation:
        """What the loss needs of sequences.

        Args:
            obs: (steps, n, n_obs), in order of time.
            state: before the first step, (n, parts, size).
            inside: which steps count, (steps, n) bool; the others only fill sequences up.
            raw: the actions of those steps, (inside.sum(), ...).
        """
        of_actor, of_critic = self._split(state)
        features = self.actor_memory(obs, of_actor)[0][inside]
        seen = self.critic_memory(obs, of_critic)[0][inside]
        return Evaluation(*self.actor.evaluate(features, raw), self.critic(seen).squeeze(-1))

    def _split(self, state: Tensor) -> tuple[Tensor, Tensor]:
        parts = self.actor_memory.parts
        return state[:, :parts], state[:, parts:]
