"""Pretrained agents: from a checkpoint on disk to a policy.

The folder ``baselines/pretrained/`` holds the committed agents; ``baselines.publish`` puts them
there.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import gymnasium as gym
import torch

import lander_envs  # noqa: F401  # registers the ids
from baselines.algorithms.registry import build_config, trainer_of
from baselines.evaluation.policy import Policy
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import CheckpointError, load_weights
from baselines.runs.config import TrainConfig

COMMITTED = Path(__file__).parents[1] / "pretrained"


class Agent(NamedTuple):
    """A trained policy and the config it was trained with."""

    policy: Policy
    config: TrainConfig


def load(agent: Path | str, *, sampled: bool = False) -> Agent:
    """Loads an agent by its committed name, from a run's folder, or from one checkpoint's JSON.

    PyTorch is set to the threads of the agent's training: small networks lose most of their time
    where two threads wait for each other on busy cores.

    Raises:
        CheckpointError: if the checkpoint is missing, broken, or of another network or environment.
        ConfigError: if the config in it is not one of ours.
    """
    description = _description(Path(agent))
    tensors, facts = checkpoints.load(description)
    config = build_config({**facts.get("config", {}), "device": "cpu"}, str(description))
    torch.set_num_threads(config.torch_threads)
    trainer = trainer_of(config)
    try:
        env = gym.make(config.env_id, **config.env_kwargs)
    except gym.error.Error as unknown:
        raise CheckpointError(f"{description} is of an unknown environment: {unknown}") from None
    network = trainer.build_agent(config, env.observation_space, env.action_space)
    env.close()
    load_weights(network, tensors)
    return Agent(trainer.make_policy(network, config, sampled), config)


def committed() -> list[str]:
    """The names of the committed agents, in order of the alphabet."""
    return sorted(path.parent.name for path in COMMITTED.glob("*/final.json"))


def seed_of(name: str, folder: Path = COMMITTED) -> int:
    """The training seed of a committed agent; CheckpointError if it cannot be read."""
    _, facts = checkpoints.load(folder / name / "final.json")
    return int(facts["config"]["seed"])


def _description(agent: Path) -> Path:
    """The JSON of the checkpoint; what lies at the path comes before a committed name."""
    for path in (agent, COMMITTED / agent):
        for inside in ("checkpoints/final.json", "final.json"):
            if (path / inside).exists():
                return path / inside
    if agent.is_file():
        return agent
    raise CheckpointError(
        f"there is no checkpoint at {agent}, and the committed agents are {', '.join(committed())}"
    )
