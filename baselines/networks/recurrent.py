"""Recurrent actor-critic networks: LSTM and GRU memories, heads that read a memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from baselines.networks.actor_critic import ActorCritic, Evaluation, GreedyStep, Inputs, Step
from baselines.networks.frame_memory import RecurrentEncoder, padded
from baselines.networks.policy_heads import PolicyHead
from baselines.networks.transformer import Window

# Weights of flat observations start this many times as large as usual. A velocity shows only in how
# positions differ from step to step, by hundredths and less, which must count from the start.
FLAT_GAIN = 4.0

# Chrono initialisation: units remember for times between these bounds, in steps, at the start.
_SHORTEST, _LONGEST = 0.05, 31.05
_CANDIDATE = 2  # row of the candidate among the gates, in both of PyTorch's cells
# Input weights of gates against the candidate's, so that biases set the time scales at first.
GATE_GAIN = 0.1

CELLS: dict[str, type[nn.LSTM] | type[nn.GRU]] = {"lstm": nn.LSTM, "gru": nn.GRU}


class MemoryStart(NamedTuple):
    """Initialisation of a memory: of all layers, but for ``candidate_gain``."""

    chrono: bool = False  # gates' biases by chrono initialisation, see :func:`chrono_`
    gate_gain: float = 1.0  # input weights of gates against the candidate's
    # All input weights of the first layer, gates' too, start this many times as large as usual.
    candidate_gain: float = FLAT_GAIN


_FLAT_START = MemoryStart()


Unroll = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From inputs (steps, n, n_in) and states (layers, n, size) to outputs and the states after."""


class Memory(nn.Module):
    """LSTM or GRU with its hidden state in one row an environment.

    Where gradients are wanted, ``unroll`` stands for the cell unless it is None: the same function
    of the same parameters, computed faster.

    A hidden state is (n, width), all zeros at an episode's start, where nothing has changed yet.

    Args:
        n_obs: numbers in an observation.
        size: units of a layer.
        layers: number of layers.
        cell: "lstm" or "gru".
        change_gain: if not 0, the cell also sees tanh of the observation's change since the step
            before times this. The observation before is then part of the hidden state.
        start: initialisation of the weights.
    """

    def __init__(
        self,
        n_obs: int,
        size: int,
        layers: int,
        cell: str,
        change_gain: float = 0.0,
        start: MemoryStart = _FLAT_START,
    ) -> None:
        super().__init__()
        n_in = 2 * n_obs if change_gain else n_obs
        self.cell = CELLS[cell](n_in, size, layers)
        self.unroll: Unroll | None = None
        self.change_gain = change_gain
        of_cell = layers * size * (2 if cell == "lstm" else 1)
        # The observation before, and a 1 that says there was one.
        self.widths = [of_cell, n_obs + 1 if change_gain else 0]
        self.width = sum(self.widths)
        self._initialise(start.candidate_gain / math.sqrt(n_in))
        if start.chrono:
            chrono_(self.cell)
        scale_gates_(self.cell, start.gate_gain)

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
        layers = (
            of_cell.view(state.shape[0], -1, self.cell.hidden_size).transpose(0, 1).contiguous()
        )
        if self.unroll is not None and torch.is_grad_enabled():
            features, layers = self.unroll(obs, layers)
        elif isinstance(self.cell, nn.GRU):
            features, layers = self.cell(obs, layers)
        else:
            features, last = self.cell(obs, layers.chunk(2))
            layers = torch.cat(last)
        return features, torch.cat((layers.transpose(0, 1).flatten(1), before), dim=-1)

    def _with_change(self, obs: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs of the cell, and the last observations for the hidden state."""
        previous, is_known = before[:, :-1], before[:, -1:]
        first = (obs[:1] - previous) * is_known
        change = torch.cat((first, obs[1:] - obs[:-1]))
        kept = torch.cat((obs[-1], torch.ones_like(is_known)), dim=-1)
        return torch.cat((obs, torch.tanh(self.change_gain * change)), dim=-1), kept


@torch.no_grad()
def chrono_(cell: nn.LSTM | nn.GRU) -> None:
    """Chrono initialisation: each unit keeps its state for a time of its own, drawn uniformly.

    A unit that keeps u / (1 + u) of its state in a step remembers for about u steps; the bias of
    its forget gate is then log u, and that of an LSTM's input gate the negative. Units of different
    times show velocities in the differences of what they remember. Source: Tallec and Ollivier,
    "Can recurrent neural networks warp time?", 2018.
    """
    for layer in range(cell.num_layers):
        bias = cell.get_parameter(f"bias_ih_l{layer}")
        log_time = torch.empty(cell.hidden_size).uniform_(_SHORTEST, _LONGEST).log()
        # PyTorch's gates: input, forget, candidate, output; and reset, update, candidate, where
        # the update gate says what is kept.
        if isinstance(cell, nn.GRU):
            _, keep, _ = bias.chunk(3)
        else:
            admit, keep, _, _ = bias.chunk(4)
            admit.copy_(-log_time)
        keep.copy_(log_time)


@torch.no_grad()
def scale_gates_(cell: nn.LSTM | nn.GRU, gain: float) -> None:
    """Scales the input weights of the gates, which move them away from the times of their biases.

    The candidate, third among PyTorch's rows of both cells, keeps its weights.
    """
    for layer in range(cell.num_layers):
        rows = cell.get_parameter(f"weight_ih_l{layer}").split(cell.hidden_size)
        for number, gate in enumerate(rows):
            if number != _CANDIDATE:
                gate.mul_(gain)


class State(NamedTuple):
    """Parts of the hidden state of a recurrent actor-critic, each (n, width of the part)."""

    of_actor: Tensor
    of_critic: Tensor
    action: Tensor
    of_encoder: Tensor


class RecurrentActorCritic(ActorCritic):
    """Actor and critic over memories: one each, or one for both.

    The hidden state of an environment is one row of (n, width): the actor's part, then the
    critic's, if it has a memory of its own, then the last action (one-hot), if memories see it,
    then the encoder's, if it is recurrent.

    Args:
        encoder: features (n, n_features) of observations (n, ...), for the memories; or a
            :class:`~baselines.networks.frame_memory.RecurrentEncoder`.
        actor_memory: reads features for the actor.
        actor: policy head on them.
        critic_memory: reads features for the critic, or None if it shares the actor's.
        critic: (n, size) to (n, 1).
        n_actions: number of discrete actions, if memories see the previous one beside the features;
            all zeros stand for none, at an episode's start. 0: they do not.
    """

    def __init__(
        self,
        encoder: nn.Module,
        actor_memory: Memory | Window,
        actor: PolicyHead,
        critic_memory: Memory | Window | None,
        critic: nn.Module,
        n_actions: int = 0,
    ) -> None:
        super().__init__(encoder, actor, critic, critic_encoder=None)
        self.actor_memory = actor_memory
        self.critic_memory = critic_memory
        of_critic = 0 if critic_memory is None else critic_memory.width
        self.encoder_width = encoder.width if isinstance(encoder, RecurrentEncoder) else 0
        self._n_actions = n_actions
        self._widths = [actor_memory.width, of_critic, n_actions, self.encoder_width]
        self.width = sum(self._widths)

    def without_critic(self) -> RecurrentActorCritic:
        """The same actor, with no memory for a critic; its values mean nothing."""
        return RecurrentActorCritic(
            self.encoder, self.actor_memory, self.actor, None, self.critic, self._n_actions
        )

    def step(self, obs: Tensor, hidden_state: Tensor) -> Step:
        """Sample actions for observations (n, ...), value these, and update the hidden state."""
        features, state = self._inputs(obs, hidden_state)
        for_actor, for_critic, state = self._remember(features, state)
        sample = self.actor.sample(for_actor[0])
        after = self._after(state, sample.action, for_actor[0])
        return Step(sample, self._value(for_critic[0]), after)

    def act(self, obs: Tensor, hidden_state: Tensor, sampled: bool) -> tuple[Tensor, Tensor]:
        """Greedy actions, or sampled ones, and the hidden state after; the critic's part rests."""
        features, state = self._inputs(obs, hidden_state)
        for_actor, of_actor = self.actor_memory(features, state.of_actor)
        action = self._choose(for_actor[0], sampled)
        return action, self._after(state._replace(of_actor=of_actor), action, for_actor[0])

    def greedy_step(self, obs: Tensor, hidden_state: Tensor) -> GreedyStep:
        """Greedy actions with probabilities and values; both memories move on."""
        features, state = self._inputs(obs, hidden_state)
        for_actor, for_critic, state = self._remember(features, state)
        greedy = self._greedy(for_actor[0])
        after = self._after(state, greedy[0], for_actor[0])
        return GreedyStep(*greedy, self._value(for_critic[0]), after)

    def value(self, obs: Tensor, hidden_state: Tensor) -> Tensor:
        """Value (n,) of observations (n, ...) that follow ``hidden_state``."""
        value = self.step(obs, hidden_state).value
        assert value is not None
        return value

    def evaluate(self, inputs: Inputs, raw_action: Tensor) -> Evaluation:
        """Log-probability, entropy and value of the transitions in the loss, each (n,)."""
        assert inputs.sequences is not None
        hidden_state, is_shown, in_loss, raw_actions = inputs.sequences
        state = self._split(hidden_state)
        features = padded(self._encode(inputs.obs, is_shown, state), is_shown)
        previous = torch.cat((state.action[None], self._shown(raw_actions[:-1], features[1:])))
        for_actor, for_critic, _ = self._remember(self._beside(features, previous), state)
        value = self._value(for_critic[in_loss])
        return Evaluation(*self.actor.evaluate(for_actor[in_loss], raw_action), value)

    def _inputs(self, obs: Tensor, hidden_state: Tensor) -> tuple[Tensor, State]:
        """Inputs of memories (1, n, width) at one step, and the state, the encoder's part after."""
        state = self._split(hidden_state)
        if isinstance(self.encoder, RecurrentEncoder):
            features, of_encoder = self.encoder.step(obs, state.of_encoder)
            state = state._replace(of_encoder=of_encoder)
        else:
            features = self.encoder(obs)
        return self._beside(features, state.action)[None], state

    def _encode(self, obs: Tensor, is_shown: Tensor, state: State) -> Tensor:
        """Features (is_shown.sum(), n_features) of the shown steps of sequences."""
        is_recurrent = isinstance(self.encoder, RecurrentEncoder)
        known = (is_shown, state.of_encoder) if is_recurrent else ()
        features: Tensor = self.encoder(obs, *known)
        return features

    def _remember(self, features: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        """Memory features for actor and critic (steps, n, size), and the hidden state after."""
        for_actor, of_actor = self.actor_memory(features, state.of_actor)
        state = state._replace(of_actor=of_actor)
        if self.critic_memory is None:
            return for_actor, for_actor, state
        for_critic, of_critic = self.critic_memory(features, state.of_critic)
        return for_actor, for_critic, state._replace(of_critic=of_critic)

    def _split(self, hidden_state: Tensor) -> State:
        return State(*hidden_state.split(self._widths, dim=1))

    def _after(self, state: State, action: Tensor, like: Tensor) -> Tensor:
        """Hidden state (n, width) after an action."""
        return torch.cat(state._replace(action=self._shown(action, like)), dim=1)

    def _shown(self, actions: Tensor, like: Tensor) -> Tensor:
        """Actions as memories see them, one-hot: (..., n_actions) for features (..., n)."""
        if self._n_actions == 0:
            return like.new_zeros((*like.shape[:-1], 0))
        return nn.functional.one_hot(actions, self._n_actions).to(like.dtype)

    def _beside(self, features: Tensor, previous: Tensor) -> Tensor:
        """Features with the actions before beside them, if memories see these."""
        return torch.cat((features, previous), dim=-1) if self._n_actions else features
