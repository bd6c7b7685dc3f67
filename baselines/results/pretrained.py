"""Pretrained agents: from a checkpoint on disk to a policy.

The folder ``baselines/pretrained/`` holds the committed agents; ``baselines.publish`` puts them
there.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn

from baselines.algorithms.registry import build_config, trainer_of
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import load_weights, section
from baselines.runs.config import TrainConfig
from baselines.runs.environments import make_env
from baselines.runs.names import COMMITTED as COMMITTED
from baselines.runs.names import find_checkpoint
from lander_envs.scoring.policy import Policy


class Trained(NamedTuple):
    """A trained network and its config, of which any number of policies can be made."""

    network: nn.Module  # of the kind that the config's trainer builds
    config: TrainConfig

    def policy(self, *, sampled: bool = False) -> Policy:
        """Policy with a memory of its own, greedy unless ``sampled``."""
        return trainer_of(self.config).make_policy(self.network, self.config, sampled)


class Agent(NamedTuple):
    """A trained policy and the config it was trained with."""

    policy: Policy
    config: TrainConfig


def load(agent: Path | str, *, sampled: bool = False) -> Agent:
    """Loads the policy of an agent, as of :func:`load_trained`."""
    trained = load_trained(agent)
    return Agent(trained.policy(sampled=sampled), trained.config)


def load_trained(agent: Path | str) -> Trained:
    """Loads an agent by a name that all commands take, see :mod:`baselines.runs.names`.

    PyTorch is set to the threads of the agent's training: small networks lose most of their time
    where two threads wait for each other on busy cores.

    Raises:
        CheckpointError: if the checkpoint is broken, or of another network.
        ConfigError: if there is none, or its config or environment is not one of ours.
    """
    description = find_checkpoint(agent)
    tensors, facts = checkpoints.load(description)
    content = {**section(facts, "config", description), "device": "cpu"}
    config = build_config(content, str(description))
    torch.set_num_threads(config.torch_threads)
    trainer = trainer_of(config)
    env = make_env(config.env_id, config.env_kwargs)
    network = trainer.build_agent(config, env.observation_space, env.action_space)
    env.close()
    load_weights(network, tensors)
    return Trained(network, config)


def committed() -> list[str]:
    """The names of the committed agents, in order of the alphabet."""
    return sorted(path.parent.name for path in COMMITTED.glob("*/final.json"))


def seed_of(name: str, folder: Path = COMMITTED) -> int:
    """The training seed of a committed agent; CheckpointError if it cannot be read."""
    description = folder / name / "final.json"
    config = section(checkpoints.describe(description), "config", description)
    return build_config(config, str(description)).seed
