"""Stable-Baselines3's zip files of trained agents, for ``PPO.load`` and ``DQN.load``."""

from __future__ import annotations

import io
from typing import Any

import gymnasium as gym
import torch
from stable_baselines3 import DQN, PPO
from torch import nn

from baselines.networks.actor_critic import ActorCritic
from baselines.networks.mlp import ACTIVATIONS
from baselines.networks.policy_heads import DiscretePolicy
from baselines.networks.q_network import QNetwork
from baselines.results.pretrained import Trained
from baselines.runs.environments import make_env


def to_sb3(trained: Trained) -> bytes:
    """Zip of an agent as Stable-Baselines3 saves it: actions and values, no optimizer state.

    Raises:
        ValueError: for networks that Stable-Baselines3's MlpPolicy cannot hold.
    """
    network = trained.network
    model: DQN | PPO
    if isinstance(network, QNetwork):
        model = _dqn(trained, network)
    elif type(network) is ActorCritic:
        model = _ppo(trained, network)
    else:
        raise _not_held(f"a {type(network).__name__}")
    file = io.BytesIO()  # with a path, SB3 would choose another where a folder has its name
    model.save(file)
    return file.getvalue()


def _ppo(trained: Trained, network: ActorCritic) -> PPO:
    if network.critic_encoder is None or not isinstance(network.encoder, nn.Identity):
        raise _not_held("an encoder")
    head = network.actor
    discrete = isinstance(head, DiscretePolicy)
    actor = _linears(head.logits if isinstance(head, DiscretePolicy) else head.mean)
    critic = _linears(network.critic)
    policy_kwargs = {"net_arch": {"pi": _widths(actor), "vf": _widths(critic)}}
    env, activation = _parts(trained)
    # The mean action is tanh of an MLP's output; among SB3's distributions only gSDE has that.
    model = PPO(
        "MlpPolicy",
        env,
        policy_kwargs={**policy_kwargs, **activation, "squash_output": not discrete},
        use_sde=not discrete,
        device="cpu",
    )
    policy = model.policy
    with torch.no_grad():
        _copy(actor, [*_linears(policy.mlp_extractor.policy_net), *_linears(policy.action_net)])
        _copy(critic, [*_linears(policy.mlp_extractor.value_net), *_linears(policy.value_net)])
    return model


def _dqn(trained: Trained, network: QNetwork) -> DQN:
    if not isinstance(network.encoder, nn.Identity):
        raise _not_held("an encoder")
    if any(isinstance(layer, nn.LayerNorm) for layer in network.body.modules()):
        raise _not_held("layer normalisation")
    if int(vars(trained.config)["history"]) > 1:
        raise _not_held("a stack of observations")
    body, out = _linears(network.body), _merged(network)
    env, activation = _parts(trained)
    model = DQN(
        "MlpPolicy",
        env,
        policy_kwargs={"net_arch": _widths([*body, out]), **activation},
        buffer_size=1,
        device="cpu",
    )
    with torch.no_grad():
        for q_net in (model.policy.q_net, model.policy.q_net_target):
            _copy([*body, out], _linears(q_net.q_net))
    return model


def _merged(network: QNetwork) -> nn.Linear:
    """Last layer of a plain Q-network: the dueling heads are linear in the features."""
    (advantages,), (value,) = _linears(network.advantages), _linears(network.value)
    out = nn.Linear(advantages.in_features, advantages.out_features)
    with torch.no_grad():
        for name in ("weight", "bias"):
            of_actions, of_state = getattr(advantages, name), getattr(value, name)
            getattr(out, name).copy_(of_state + of_actions - of_actions.mean(0, keepdim=True))
    return out


def _parts(trained: Trained) -> tuple[gym.Env[Any, Any], dict[str, type[nn.Module]]]:
    """Environment of an agent, closed, and the argument of its activation."""
    config = trained.config
    env = make_env(config.env_id, config.env_kwargs)
    env.close()
    return env, {"activation_fn": ACTIVATIONS[vars(config)["activation"]]}


def _linears(module: nn.Module) -> list[nn.Linear]:
    return [layer for layer in module.modules() if isinstance(layer, nn.Linear)]


def _widths(layers: list[nn.Linear]) -> list[int]:
    """Units of the hidden layers."""
    return [layer.out_features for layer in layers[:-1]]


def _copy(layers: list[nn.Linear], into: list[nn.Linear]) -> None:
    for layer, other in zip(layers, into, strict=True):
        other.load_state_dict(layer.state_dict())


def _not_held(what: str) -> ValueError:
    return ValueError(
        f"agent must be an MLP of the bare observation for Stable-Baselines3, got {what}"
    )
