"""Trainings whose environments live on a GPU, on the stand-in for one, whose memory is the host's.

Networks and updates are then the CPU's own, so that the weights must be those of a training on the
CPU.
"""

import pytest
import torch

from baselines.algorithms.registry import build_config, trainer_of
from baselines.runs.trainer import Trainer
from tests.cuda.machine.fixtures import machine

__all__ = ["machine"]

SMALL = {"name": "small", "num_envs": 4, "hidden": [8]}
PPO = {"algorithm": "ppo", "num_steps": 32, "minibatch_size": 32, "update_epochs": 2}
DQN = {"algorithm": "dqn", "learning_starts": 100, "log_interval": 200, "batch_size": 16}
CASES = {
    "PPO": PPO,
    "PPO, shaped rewards": {**PPO, "env_id": "lander_envs/ShapedLander-v0", "reward_floor": -5.0},
    "PPO, continuous": {
        **PPO,
        "env_id": "lander_envs/LanderContinuous-v0",
        "critic_max_grad_norm": 0.1,
        "target_kl": 0.01,
    },
    "PPO, pixels": {
        **PPO,
        "env_id": "lander_envs/PixelLander-v0",
        "num_envs": 2,
        "num_steps": 8,
        "minibatch_size": 8,
    },
    "recurrent PPO": {
        "algorithm": "recurrent_ppo",
        "env_id": "lander_envs/MaskedVelocityLander-v0",
        "num_steps": 32,
        "sequence_length": 8,
        "minibatch_size": 8,
    },
    "DQN": {**DQN, "buffer_size": 400, "history": 2},
    "DQN, episodes": {**DQN, "buffer_size": 400, "epsilon_decay": 0.9, "target_episodes": 2},
    "PQN": {"algorithm": "pqn", "num_steps": 32, "minibatch_size": 32, "history": 3},
}


def trainer(case: dict, device: str) -> Trainer:
    """A trainer that has been reset, with short episodes, so that some end."""
    env_kwargs = {"max_episode_steps": 25}
    config = build_config({**SMALL, "env_kwargs": env_kwargs, **case}, "the test")
    made = trainer_of(config)(config.model_copy(update={"device": device}))
    made.start(seed=3)
    return made


@pytest.mark.parametrize("name", CASES)
def test_weights_metrics_and_returns_are_those_of_the_cpu(machine, name) -> None:
    results = []
    for device in ("cpu", "cpu:0"):  # the second is the stand-in's
        trained = trainer(CASES[name], device)
        assert trained.arrays.on_host == (device == "cpu")
        iterations = [trained.iterate() for _ in range(3)]
        weights = {key: value.tolist() for key, value in trained.agent.state_dict().items()}
        results.append((iterations, weights, trained.progress))
    assert results[0][2].episodes >= 2
    assert repr(results[0]) == repr(results[1])


@pytest.mark.parametrize("name", CASES)
def test_acting_neither_copies_to_the_host_nor_waits(machine, monkeypatch, name) -> None:
    acting = trainer(CASES[name], "cpu:0")
    for method in ("cpu", "numpy", "item", "tolist", "nonzero", "__bool__", "__array__"):
        monkeypatch.setattr(torch.Tensor, method, lambda *_: pytest.fail("reads the device"))
    arguments = [0.5] if hasattr(acting.config, "epsilon_start") else []
    for _ in range(2):
        acting.collect(*arguments)


def test_a_gradient_step_on_the_device_reads_no_number(machine, monkeypatch) -> None:
    trained = trainer(CASES["PPO"], "cpu:0")
    batch = trained.make_batch(trained.collect())
    index = torch.arange(32)
    for method in ("cpu", "numpy", "item", "tolist", "nonzero", "__bool__"):
        monkeypatch.setattr(torch.Tensor, method, lambda *_: pytest.fail("reads the device"))
    loss, _ = trained.loss(trained.agent, batch, index, 0.01)
    trained.optimizer.zero_grad()
    loss.backward()
    trained.optimizer.clip_gradients(loss, 0.5)
