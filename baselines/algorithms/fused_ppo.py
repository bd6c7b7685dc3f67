"""PPO in C++, for multilayer perceptrons on the CPU: a step's actions, and whole gradient steps.

Small networks spend their time in calls, of compiled gradient steps too. ``fused_ppo.cpp`` makes
each of the two one call. It is compiled for this processor at the start of a run, in a second or
two.
"""

from __future__ import annotations

import ctypes
import math
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from baselines.algorithms.rollout import Batch, TransitionBatch, Transitions
from baselines.fused.library import address, load_library
from baselines.networks.actor_critic import ActorCritic, Step
from baselines.networks.policy_heads import ActionSample, DiscretePolicy
from baselines.optim.compiled import Metrics
from baselines.optim.flat_adam import NORM_EPSILON, FlatAdam, NonFiniteError
from baselines.runs.config import ConfigError

_SOURCE = Path(__file__).with_suffix(".cpp")
_ACTIVATIONS: tuple[type[nn.Module], ...] = (nn.Tanh, nn.ReLU, nn.ELU)  # as the source counts them
_METRICS = ("policy_loss", "value_loss", "entropy", "approx_kl", "clip_fraction")


class LossSettings(NamedTuple):
    """Settings of PPO's loss that stay the same in a run."""

    clip_coef: float
    value_clip: float | None
    vf_coef: float
    normalizes_minibatch: bool  # gives each minibatch's advantages mean 0 and deviation 1


class FusedPPO:
    """Actions and gradient steps of an agent, equal to PyTorch's but for rounding.

    Where a probability ratio overflows, PyTorch's gradient is NaN and this one is not.

    Args:
        agent: feed-forward, with discrete actions and flat observations; its parameters are the
            optimiser's.
        optimizer: holds moments and learning rates.
        settings: of the loss.
        max_grad_norms: as of ``clip_gradients`` of the optimiser.

    Raises:
        ConfigError: for a shared encoder, pictures, continuous actions and a GPU.
        MemoryError: if the networks need more than there is.
        NoCompilerError: without a C++ compiler that compiles the source.
    """

    def __init__(
        self,
        agent: ActorCritic,
        optimizer: FlatAdam,
        settings: LossSettings,
        max_grad_norms: tuple[float, ...],
    ) -> None:
        networks = _networks(agent)
        self._library = _library()
        self._agent, self._optimizer = agent, optimizer  # their memory is what the calls work on
        specs = [_network_spec(network) for network in networks]
        self._learner = ctypes.c_void_p(self._library.make_learner(*map(ctypes.byref, specs)))
        if self._learner.value is None:
            raise MemoryError("hidden, critic_hidden: there is not enough memory for the networks")
        weakref.finalize(self, self._library.free_learner, self._learner)
        clip = math.inf if settings.value_clip is None else settings.value_clip
        normalizes = settings.normalizes_minibatch
        self._settings = _LossSettings(settings.clip_coef, clip, settings.vf_coef, 0.0, normalizes)
        group = optimizer.param_groups[0]
        joint = len(max_grad_norms) == 1
        self._adam = _Adam(*group["betas"], group["eps"], NORM_EPSILON, joint)
        n_groups = len(optimizer.vectors)
        self._max_norms = max_grad_norms * n_groups if joint else max_grad_norms
        self._groups = (_Group * n_groups)()
        self._n_actions = specs[0].sizes[specs[0].n_sizes - 1]

    def acting(self) -> Callable[[Tensor, Tensor], Step]:
        """Sampling step of the agent, like its ``step``; valid until its parameters change."""
        self._library.read_parameters(self._learner)
        return self._step

    def _step(self, obs: Tensor, hidden_state: Tensor) -> Step:
        n = len(obs)
        # Exponential race, as in torch.multinomial: the largest of probability over these wins.
        exponentials = torch.empty(n, self._n_actions).exponential_()
        actions, log_probs = torch.empty(n, dtype=torch.int64), torch.empty(n)
        tensors = (exponentials, actions, log_probs)
        if self._library.act(self._learner, address(obs), n, *map(address, tensors)):
            raise NonFiniteError("no action can be drawn: a probability is not a number")
        return Step(ActionSample(actions, actions, log_probs), None, hidden_state)

    def start_update(self, batch: Batch) -> None:
        """Take in the transitions of the gradient steps that follow, and the learning rates."""
        assert isinstance(batch, TransitionBatch)  # no memory, so no sequences
        self._batch = batch
        self._transitions = _Transitions(*map(address, vars(batch.transitions).values()))
        optimizer = self._optimizer
        every = zip(optimizer.vectors, optimizer.param_groups, self._max_norms, strict=True)
        for i, (vector, group, max_norm) in enumerate(every):
            state = optimizer.state[vector]
            moments = (state["exp_avg"], state["exp_avg_sq"], state["step"])
            pointers = map(address, (vector, vector.grad, *moments))
            self._groups[i] = _Group(*pointers, vector.numel(), group["lr"], max_norm)

    def gradient_step(self, index: Tensor, ent_coef: float) -> Metrics:
        """Gradient step on the transitions ``index``; returns the metrics to log."""
        rows = self._batch.valid_indices[index]
        self._settings.entropy_weight = ent_coef
        n_groups = len(self._groups)
        out = torch.empty(len(_METRICS) + 1 + 2 * n_groups)
        self._library.take_gradient_step(
            self._learner,
            ctypes.byref(self._transitions),
            address(rows),
            len(rows),
            ctypes.byref(self._settings),
            self._groups,
            n_groups,
            ctypes.byref(self._adam),
            address(out),
        )
        self._optimizer.examine(out[len(_METRICS) : -n_groups])
        return dict(zip(_METRICS, out.unbind(), strict=False))


def _networks(agent: ActorCritic) -> tuple[nn.Sequential, nn.Sequential]:
    """Actor and critic of an agent; ConfigError if they are not what the source computes."""
    if agent.critic_encoder is None:
        raise ConfigError("fused: not with share_encoder, got True")
    if not isinstance(agent.encoder, nn.Identity):
        raise ConfigError("fused: only for flat observations, got True")
    if not isinstance(agent.actor, DiscretePolicy):
        raise ConfigError("fused: only for discrete actions, got True")
    if next(agent.parameters()).device.type != "cpu":
        raise ConfigError("fused: only with device: cpu, got True")
    assert isinstance(agent.critic, nn.Sequential)
    return agent.actor.logits, agent.critic


def _library() -> ctypes.CDLL:
    library = load_library(_SOURCE)
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    library.make_learner.argtypes, library.make_learner.restype = [pointer] * 2, pointer
    library.free_learner.argtypes = library.read_parameters.argtypes = [pointer]
    library.act.argtypes = [pointer, pointer, number, pointer, pointer, pointer]
    step = (pointer, pointer, pointer, number, pointer, pointer, ctypes.c_int32, pointer, pointer)
    library.take_gradient_step.argtypes = step
    return library


def _network_spec(network: nn.Sequential) -> _NetworkSpec:
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    sizes = [layers[0].in_features, *(layer.out_features for layer in layers)]
    parameters = [(layer.weight, layer.bias) for layer in layers]
    pointers = [
        address(tensor)
        for weight, bias in parameters
        for tensor in (weight, bias, weight.grad, bias.grad)
    ]
    # A network without hidden layers has no activation, and any will do.
    kinds = [_ACTIVATIONS.index(type(layer)) for layer in network if type(layer) in _ACTIVATIONS]
    return _NetworkSpec(
        kinds[0] if kinds else 0,
        len(sizes),
        (ctypes.c_int32 * len(sizes))(*sizes),
        (ctypes.c_void_p * len(pointers))(*pointers),
    )


# The source's structures, field by field.


class _Transitions(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in Transitions.__annotations__]


class _LossSettings(ctypes.Structure):
    _fields_ = [
        ("clip", ctypes.c_float),
        ("value_clip", ctypes.c_float),
        ("value_weight", ctypes.c_float),
        ("entropy_weight", ctypes.c_float),
        ("normalize", ctypes.c_int32),
    ]


class _Group(ctypes.Structure):
    _fields_ = [
        ("parameters", ctypes.c_void_p),
        ("gradient", ctypes.c_void_p),
        ("mean", ctypes.c_void_p),
        ("mean_square", ctypes.c_void_p),
        ("step_count", ctypes.c_void_p),
        ("size", ctypes.c_int64),
        ("rate", ctypes.c_float),
        ("max_norm", ctypes.c_float),
    ]


class _Adam(ctypes.Structure):
    _fields_ = [
        ("beta_1", ctypes.c_double),
        ("beta_2", ctypes.c_double),
        ("epsilon", ctypes.c_double),
        ("norm_epsilon", ctypes.c_double),
        ("joint_norm", ctypes.c_int32),
    ]


class _NetworkSpec(ctypes.Structure):
    _fields_ = [
        ("activation", ctypes.c_int32),
        ("n_sizes", ctypes.c_int32),
        ("sizes", ctypes.POINTER(ctypes.c_int32)),
        ("pointers", ctypes.POINTER(ctypes.c_void_p)),
    ]
