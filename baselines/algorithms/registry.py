"""Registry of the algorithms, by the key ``algorithm`` of a config."""

from __future__ import annotations

import reprlib
from typing import Any

from baselines.algorithms.dqn import DQN
from baselines.algorithms.ppo import PPO
from baselines.algorithms.pqn import PQN
from baselines.algorithms.recurrent_ppo import RecurrentPPO
from baselines.algorithms.sb3 import SB3Trainer
from baselines.runs.config import ConfigError, TrainConfig, build
from baselines.runs.trainer import Learner

ALGORITHMS: dict[str, type[Learner[Any, Any]]] = {
    "ppo": PPO,
    "recurrent_ppo": RecurrentPPO,
    "dqn": DQN,
    "pqn": PQN,
    "sb3": SB3Trainer,
}


def build_config(content: dict[str, Any], source: str) -> TrainConfig:
    """Check ``content`` against the config of its algorithm, PPO if it names none."""
    return build(_trainer(content.get("algorithm", "ppo"), source).config_type, content, source)


def trainer_of(config: TrainConfig) -> type[Learner[Any, Any]]:
    """Trainer class of a config."""
    return ALGORITHMS[config.algorithm]


def _trainer(name: Any, source: str) -> type[Learner[Any, Any]]:
    if not isinstance(name, str) or name not in ALGORITHMS:
        known = ", ".join(ALGORITHMS)
        raise ConfigError(f"{source}: algorithm: must be one of {known}, got {reprlib.repr(name)}")
    return ALGORITHMS[name]
