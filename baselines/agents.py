"""From a checkpoint on disk to a policy that acts."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import gymnasium as gym

import lander_envs  # noqa: F401  # registers the ids
from baselines import checkpoints
from baselines.algorithms import build_config, trainer_of
from baselines.config import TrainConfig
from baselines.policies import Policy
from baselines.training import load_weights


class Agent(NamedTuple):
    """A trained policy and the config it was trained with."""

    policy: Policy
    config: TrainConfig


def load(path: Path, *, sampled: bool = False) -> Agent:
    """Load the agent of a run's folder (its final checkpoint) or of one checkpoint's JSON.

    Raises:
        CheckpointError: if the checkpoint is missing, broken, or of another network.
        ConfigError: if the config in it is not one of ours.
    """
    description = path / "checkpoints" / "final.json" if path.is_dir() else path
    tensors, facts = checkpoints.load(description)
    config = build_config({**facts.get("config", {}), "device": "cpu"}, str(description))
    trainer = trainer_of(config)
    env = gym.make(config.env_id, **config.env_kwargs)
    agent = trainer.build_agent(config, env.observation_space, env.action_space)
    env.close()
    load_weights(agent, tensors)
    return Agent(trainer.make_policy(agent, config, sampled), config)
