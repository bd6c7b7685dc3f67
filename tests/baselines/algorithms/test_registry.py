"""Registry of the algorithms."""

import pytest

from baselines.algorithms.dqn import DQN, DQNConfig
from baselines.algorithms.ppo import PPO, PPOConfig
from baselines.algorithms.pqn import PQN
from baselines.algorithms.recurrent_ppo import RecurrentPPO
from baselines.algorithms.registry import ALGORITHMS, build_config, trainer_of
from baselines.algorithms.sb3 import SB3Trainer
from baselines.runs.config import ConfigError


def test_each_algorithm_has_a_config_of_its_name() -> None:
    named = {"ppo": PPO, "recurrent_ppo": RecurrentPPO, "dqn": DQN, "pqn": PQN, "sb3": SB3Trainer}
    assert named == ALGORITHMS
    for name, trainer in ALGORITHMS.items():
        assert trainer.config_type.model_fields["algorithm"].default == name


def test_a_config_without_an_algorithm_is_ppos() -> None:
    assert type(build_config({}, "here")) is PPOConfig
    config = build_config({"algorithm": "dqn", "n_step": 5}, "here")
    assert isinstance(config, DQNConfig)
    assert (config.n_step, trainer_of(config)) == (5, DQN)


def test_an_unknown_algorithm_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"here: algorithm: must be one of ppo, .*got 'sac'"):
        build_config({"algorithm": "sac"}, "here")
