"""Trained networks as pure functions of an observation and a memory.

Every memory, recurrent or a stack of observations, is one row (n, width) an environment, all zeros
at an episode's start.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from baselines.networks.actor_critic import ActorCritic
from baselines.networks.cnn import MixedPrecision
from baselines.networks.frame_memory import RecurrentEncoder
from baselines.networks.frame_stem import PATCH, FrameStem
from baselines.networks.q_network import QNetwork
from baselines.networks.recurrent import RecurrentActorCritic
from baselines.results.pretrained import Trained
from lander_envs.agents.policy import (
    ACTION,
    HIDDEN_STATE,
    NEXT_HIDDEN_STATE,
    OBS,
    PROBABILITIES,
    Q_VALUES,
    VALUE,
)

Network = TypeVar("Network", bound=nn.Module)
Replaced = TypeVar("Replaced", bound=nn.Module)


class Exportable(NamedTuple):
    """A module of positional tensors with an example of its inputs, and all their names."""

    module: nn.Module
    inputs: dict[str, Tensor]  # each (2, ...)
    outputs: list[str]


class GreedyActorCritic(nn.Module):
    """Greedy actions of an actor-critic, with probabilities if they are discrete, and values.

    Args:
        agent: the networks.
        values: give the values too.
    """

    def __init__(self, agent: ActorCritic, values: bool = True) -> None:
        super().__init__()
        self.agent, self._values = agent, values

    def forward(self, obs: Tensor, hidden_state: Tensor | None = None) -> tuple[Tensor, ...]:
        """Action, probabilities and value of observations (n, ...), and the hidden state after."""
        before = obs.new_zeros((obs.shape[0], 0)) if hidden_state is None else hidden_state
        step = self.agent.greedy_step(obs, before)
        given = [step.action, step.probabilities]
        if self._values:
            given.append(step.value)
        if hidden_state is not None:
            given.append(step.hidden_state)
        return tuple(output for output in given if output is not None)


class GreedyQNetwork(nn.Module):
    """Greedy actions of a Q-network, with its values.

    The memory of a stack is a 1 that says there was a step before, and the ``history - 1``
    observations before this one, oldest first. A first observation fills the stack.
    """

    def __init__(self, agent: QNetwork, history: int) -> None:
        super().__init__()
        self.agent, self._history = agent, history

    def forward(self, obs: Tensor, hidden_state: Tensor | None = None) -> tuple[Tensor, ...]:
        """Action and Q-values of observations (n, ...), and the memory after."""
        if hidden_state is None:
            q_values = self.agent(obs)
            return q_values.argmax(dim=1), q_values
        newest = obs.flatten(1)
        known = hidden_state[:, :1]
        older = torch.where(known > 0, hidden_state[:, 1:], newest.repeat(1, self._history - 1))
        stack = torch.cat((older, newest), dim=1)
        channels = self._history * obs.shape[1]
        q_values = self.agent(stack.unflatten(1, (channels, *obs.shape[2:])))
        after = torch.cat((torch.ones_like(known), stack[:, newest.shape[1] :]), dim=1)
        return q_values.argmax(dim=1), q_values, after


def exportable(trained: Trained, obs: Tensor, *, critic: bool = True) -> Exportable:
    """Module of a trained agent, in float32 throughout.

    Args:
        trained: the network and its config.
        obs: an example of two observations, (2, ...).
        critic: keep an actor-critic's critic, and give its values.

    Raises:
        ValueError: for an agent of Stable-Baselines3, which has exporters of its own, and for a
            Q-network without a critic.
    """
    network = _with_plain_convolutions(in_full_precision(copy.deepcopy(trained.network).eval()))
    if isinstance(network, QNetwork):
        if not critic:
            raise ValueError("critic must be true for a Q-network, which has no other part")
        return _of_q_network(network, int(vars(trained.config)["history"]), obs)
    if isinstance(network, ActorCritic):
        return _of_actor_critic(network, obs, critic)
    raise ValueError(
        "agent must be one of this project's algorithms, got one of Stable-Baselines3, "
        "whose documentation shows how to export it"
    )


def _of_q_network(network: QNetwork, history: int, obs: Tensor) -> Exportable:
    module = GreedyQNetwork(network, history)
    if history == 1:
        return Exportable(module, {OBS: obs}, [ACTION, Q_VALUES])
    width = 1 + (history - 1) * math.prod(obs.shape[1:])
    inputs = {OBS: obs, HIDDEN_STATE: obs.new_zeros((len(obs), width))}
    return Exportable(module, inputs, [ACTION, Q_VALUES, NEXT_HIDDEN_STATE])


def _of_actor_critic(network: ActorCritic, obs: Tensor, critic: bool) -> Exportable:
    if isinstance(network, RecurrentActorCritic) and not critic:
        network = network.without_critic()
    module = GreedyActorCritic(network, critic)
    inputs, memory = {OBS: obs}, []
    if network.width:
        inputs[HIDDEN_STATE] = torch.zeros((len(obs), network.width))
        memory = [NEXT_HIDDEN_STATE]
    with torch.no_grad():
        action = module(*inputs.values())[0]
    discrete = [] if action.is_floating_point() else [PROBABILITIES]
    values = [VALUE] if critic else []
    return Exportable(module, inputs, [ACTION, *discrete, *values, *memory])


def in_full_precision(network: Network) -> Network:
    """The network with the modules that run in bfloat16 replaced by what they hold."""
    for part in network.modules():
        if isinstance(part, RecurrentEncoder):
            part.mixed_precision = False
    return _replaced(network, MixedPrecision, lambda mixed: mixed.module)


class FrameConvolution(nn.Module):
    """Convolution of a :class:`FrameStem`, without the order of bytes that makes it fast."""

    def __init__(self, stem: FrameStem) -> None:
        super().__init__()
        weight = stem.pixel_weight().detach()
        filters, frames, size, _ = weight.shape
        self.convolution = nn.Conv2d(frames, filters, size, stride=PATCH)
        self.convolution.load_state_dict({"weight": weight, "bias": stem.bias})

    def forward(self, pixels: Tensor) -> Tensor:
        """Feature maps of pixels (n, frames, height, width), uint8."""
        maps: Tensor = self.convolution(pixels.float())
        return maps


def _with_plain_convolutions(network: Network) -> Network:
    return _replaced(network, FrameStem, FrameConvolution)


def _replaced(
    network: Network, kind: type[Replaced], replacement: Callable[[Replaced], nn.Module]
) -> Network:
    """The network with each module of one kind replaced."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, kind):
                setattr(parent, name, replacement(child))
    return network
