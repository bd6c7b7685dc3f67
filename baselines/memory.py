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
    """An LSTM or GRU whose hidden state is one row of numbers an environment.

    Args:
        n_obs: numbers in an observation.
        size: units of a layer.
        layers: how many, one above the other.
        cell: "lstm" or "gru".
        change_gain: if not 0, the cell also sees tanh of the observation's change since the step
            before times this. The observation before is then part of the hidden state.

    A hidden state is (n, width), all zeros at an episode's start, where nothing has changed yet.
    """

    def __init__(
        self, n_obs: int, size: int, layers: int, cell: str, change_gain: float = 0.0
    ) -> None:
        super().__init__()
        n_in = 2 * n_obs if change_gain else n_obs
        self.cell = CELLS[cell](n_in, size, layers)
        self.change_gain = change_gain
        of_cell = layers * size * (2 if cell == "lstm" else 1)
        # The observation before, and a 1 that says there was one.
        self.widths = [of_cell, n_obs + 1 if change_gain else 0]
        self.width = sum(self.widths)
        self._initialise(n_in)

    def _initialise(self, n_in: int) -> None:
        for name, parameter in self.cell.named_parameters():
            if name.startswith("bias"):
                nn.init.zeros_(parameter)
            elif name == "weight_ih_l0":
                nn.init.normal_(parameter, std=_INPUT_GAIN / math.sqrt(n_in))
            else:
                for gate in parameter.split(self.cell.hidden_size):
                    nn.init.orthogonal_(gate)

    def forward(self, obs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Features (steps, n, size) of observations (steps, n, n_obs), and the state after."""
        of_cell, before = state.split(self.widths, dim=-1)
        if self.change_gain:
            obs, before = self._with_change(obs, before)
        layers = of_cell.view(len(state), -1, self.cell.hidden_size).transpose(0, 1).contiguous()
        if isinstance(self.cell, nn.GRU):
            features, layers = self.cell(obs, layers)
        else:
            features, last = self.cell(obs, layers.chunk(2))
            layers = torch.cat(last)
        return features, torch.cat((layers.transpose(0, 1).flatten(1), before), dim=-1)

    def _with_change(self, obs: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
        """What the cell sees, and what to keep of the last observations."""
        previous, is_known = before[:, :-1], before[:, -1:]
        first = (obs[:1] - previous) * is_known
        change = torch.cat((first, obs[1:] - obs[:-1]))
        kept = torch.cat((obs[-1], torch.ones_like(is_known)), dim=-1)
        return torch.cat((obs, torch.tanh(self.change_gain * change)), dim=-1), kept


class RecurrentActorCritic(nn.Module):
    """An actor and a critic, each with a memory of its own and a head over its features.

    The hidden state of both is one tensor (n, width): the actor's part, then the critic's.

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
        width = self.actor_memory.width + self.critic_memory.width
        return torch.zeros(n, width, device=device)

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
            state: before the first step, (n, width).
            inside: which steps count, (steps, n) bool; the others only fill sequences up.
            raw: the actions of those steps, (inside.sum(), ...).
        """
        of_actor, of_critic = self._split(state)
        features = self.actor_memory(obs, of_actor)[0][inside]
        seen = self.critic_memory(obs, of_critic)[0][inside]
        return Evaluation(*self.actor.evaluate(features, raw), self.critic(seen).squeeze(-1))

    def _split(self, state: Tensor) -> tuple[Tensor, Tensor]:
        width = self.actor_memory.width
        return state[:, :width], state[:, width:]
