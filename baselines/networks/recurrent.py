"""Networks that remember: LSTM and GRU, and the actor and critic that read a memory."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from baselines.networks.actor_critic import Actor, Choice, Evaluation, StateCritic
from baselines.networks.transformer import Window

# Weights of flat observations start this many times as large as usual. A velocity shows only in how
# positions differ from step to step, by hundredths and less, which must count from the start.
FLAT_GAIN = 4.0

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
        input_gain: input weights start this many times as large as usual.

    A hidden state is (n, width), all zeros at an episode's start, where nothing has changed yet.
    """

    def __init__(
        self,
        n_obs: int,
        size: int,
        layers: int,
        cell: str,
        change_gain: float = 0.0,
        input_gain: float = FLAT_GAIN,
    ) -> None:
        super().__init__()
        n_in = 2 * n_obs if change_gain else n_obs
        self.cell = CELLS[cell](n_in, size, layers)
        self.change_gain = change_gain
        of_cell = layers * size * (2 if cell == "lstm" else 1)
        # The observation before, and a 1 that says there was one.
        self.widths = [of_cell, n_obs + 1 if change_gain else 0]
        self.width = sum(self.widths)
        self._initialise(input_gain / math.sqrt(n_in))

    def _initialise(self, input_std: float) -> None:
        for name, parameter in self.cell.named_parameters():
            if name.startswith("bias"):
                nn.init.zeros_(parameter)
            elif name == "weight_ih_l0":
                nn.init.normal_(parameter, std=input_std)
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
    """An actor and a critic over memories: one each and a head over its features, or one for both.

    The hidden state of an environment is one row of (n, width): the actor's part, then the
    critic's, if it has a memory of its own.

    Args:
        encoder: makes features (n, n_features) of observations (n, ...), for the memories.
        actor_memory: features for the actor.
        actor: acts on them.
        critic_memory: features for the critic, or None if it reads the actor's.
        critic: (n, size) to (n, 1).
        state_critic: as in :class:`~baselines.networks.actor_critic.ActorCritic`.
    """

    def __init__(
        self,
        encoder: nn.Module,
        actor_memory: Memory | Window,
        actor: Actor,
        critic_memory: Memory | Window | None,
        critic: nn.Module,
        state_critic: StateCritic | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.actor_memory = actor_memory
        self.actor = actor
        self.critic_memory = critic_memory
        self.critic = critic
        self.state_critic = state_critic
        of_critic = 0 if critic_memory is None else critic_memory.width
        self._widths = [actor_memory.width, of_critic]

    def initial_state(self, n: int, device: str) -> Tensor:
        """The state of ``n`` environments at the start of their episodes."""
        return torch.zeros(n, sum(self._widths), device=device)

    def step(self, obs: Tensor, state: Tensor) -> tuple[Choice, Tensor, Tensor]:
        """Draw actions for observations (n, ...), value these, and remember them."""
        for_actor, for_critic, state = self._remember(self.encoder(obs)[None], state)
        return self.actor.sample(for_actor[0]), self.critic(for_critic[0]).squeeze(-1), state

    def act(self, obs: Tensor, state: Tensor, sampled: bool) -> tuple[Tensor, Tensor]:
        """Greedy actions, or sampled ones, and the state after; the critic's part rests."""
        of_actor, of_critic = state.split(self._widths, dim=1)
        features, of_actor = self.actor_memory(self.encoder(obs)[None], of_actor)
        actor = self.actor
        action = actor.sample(features[0]).action if sampled else actor.greedy(features[0])
        return action, torch.cat((of_actor, of_critic), dim=1)

    def evaluate(
        self, obs: Tensor, state: Tensor, shown: Tensor, inside: Tensor, raw: Tensor
    ) -> Evaluation:
        """What the loss needs of sequences.

        Args:
            obs: of the steps in ``shown``, (shown.sum(), ...), in order of time.
            state: before the first step, (n, width).
            shown: what the memories are shown, (steps, n) bool; other steps fill sequences up.
            inside: which steps count, (steps, n) bool.
            raw: the actions of those steps, (inside.sum(), ...).
        """
        seen = self.encoder(obs)
        features = seen.new_zeros((*shown.shape, seen.shape[-1]))
        features[shown] = seen
        for_actor, for_critic, _ = self._remember(features, state)
        value = self.critic(for_critic[inside]).squeeze(-1)
        return Evaluation(*self.actor.evaluate(for_actor[inside], raw), value)

    def _remember(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What actor and critic read (steps, n, size), and the state after."""
        of_actor, of_critic = state.split(self._widths, dim=1)
        for_actor, of_actor = self.actor_memory(features, of_actor)
        if self.critic_memory is None:
            return for_actor, for_actor, of_actor
        for_critic, of_critic = self.critic_memory(features, of_critic)
        return for_actor, for_critic, torch.cat((of_actor, of_critic), dim=1)
