"""The algorithms by name, as the key ``algorithm`` of a config gives it."""

from __future__ import annotations

from typing import Any

from baselines.config import ConfigError, TrainConfig, build
from baselines.dqn import DQNTrainer
from baselines.ppo import PPOTrainer
from baselines.training import Trainer

ALGORITHMS: dict[str, type[Trainer[Any, Any]]] = {"ppo": PPOTrainer, "dqn": DQNTrainer}


def build_config(content: dict[str, Any], source: str) -> TrainConfig:
    """Check ``content`` against the config of its algorithm, PPO if it names none."""
    return build(_trainer(content.get("algorithm", "ppo"), source).config_type, content, source)


def trainer_of(config: TrainConfig) -> type[Trainer[Any, Any]]:
    """The class that trains such a config."""
    return ALGORITHMS[config.algorithm]


def _trainer(name: Any, source: str) -> type[Trainer[Any, Any]]:
    if name not in ALGORITHMS:
        known = ", ".join(ALGORITHMS)
        raise ConfigError(f"{source}: algorithm: must be one of {known}, got {name!r}")
    return ALGORITHMS[name]
