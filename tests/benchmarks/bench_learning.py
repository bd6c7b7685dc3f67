"""Cost of learning: collect and update of each algorithm, with the networks of shipped configs.

    tox run -e bench-learning
    tox run -e bench-learning -- --device cuda

Environments step on the CPU; network, rollout and update are on the device. A step of acting is one
of one environment, a step of an update a transition that one epoch learns from.
"""

from typing import Any

import pytest
import torch

from baselines.algorithms.ppo import PPO, PPOConfig
from baselines.algorithms.registry import build_config, trainer_of
from baselines.algorithms.sb3 import SB3Trainer
from baselines.runs.config import CONFIGS, build, read_yaml

ROUNDS = 5  # the median of which counts
STEPS = 8192  # of all environments a round: a tenth of a second for an MLP, seconds for pixels

ON_POLICY = {
    "PPO, MLP": "lander_ppo",
    "PPO, LSTM": "masked_velocity_lander_differences_lstm_ppo",
    "PPO, GRU": "masked_velocity_lander_differences_gru_ppo",
    "PPO, CNN": "pixel_lander_motion_crop_ppo",
}
OFF_POLICY = {"DQN, MLP": "lander_dqn", "DQN, CNN": "pixel_lander_motion_crop_dqn"}

PEER = "sb3_lander_ppo_zoo"
OUR_NAMES = {"n_steps": "num_steps", "batch_size": "minibatch_size", "n_epochs": "update_epochs"}


@pytest.fixture
def device(request, benchmark) -> str:
    name: str = request.config.getoption("--device")
    if name == "cuda" and not torch.cuda.is_available():
        pytest.skip("PyTorch finds no GPU here")
    processor = "the CPU" if name == "cpu" else torch.cuda.get_device_name()
    phase = request.node.originalname.removeprefix("bench_").replace("_", " ")
    benchmark.group = f"{phase}, on {processor}"
    return name


def start(config: str, device: str, **changes: Any) -> Any:
    """A trainer with the shipped settings, about to learn."""
    content = read_yaml(CONFIGS / f"{config}.yaml") | {"device": device} | changes
    settings = build_config(content, config)
    trainer = trainer_of(settings)(settings)
    trainer.start(seed=1)
    return trainer


def start_on_policy(config: str, device: str) -> Any:
    """With a rollout of as many environments as shipped, and a round's steps in all."""
    num_envs = read_yaml(CONFIGS / f"{config}.yaml")["num_envs"]
    trainer = start(config, device, num_steps=STEPS // num_envs, update_epochs=1)
    trainer.collect()
    return trainer


def start_off_policy(config: str, device: str) -> Any:
    """With a replay buffer that holds a round's steps."""
    trainer = start(config, device, buffer_size=STEPS)
    for _ in range(STEPS // trainer.config.num_envs):
        trainer.collect(1.0)
    return trainer


def note(benchmark: Any, maker: str, num_envs: int, env_steps: int) -> None:
    benchmark.extra_info.update(maker=maker, num_envs=num_envs, env_steps=env_steps)


@pytest.mark.parametrize("name", ON_POLICY)
def bench_acting_by_rollouts(benchmark, device: str, name: str) -> None:
    trainer = start_on_policy(ON_POLICY[name], device)
    note(benchmark, name, trainer.config.num_envs, trainer.rollout.rewards.numel())
    benchmark.pedantic(trainer.collect, rounds=ROUNDS)


@pytest.mark.parametrize("name", ON_POLICY)
def bench_updates_from_rollouts(benchmark, device: str, name: str) -> None:
    trainer = start_on_policy(ON_POLICY[name], device)
    note(benchmark, name, trainer.config.num_envs, len(trainer.rollout.valid_indices))
    benchmark.pedantic(trainer.update, (trainer.rollout,), rounds=ROUNDS, warmup_rounds=1)


@pytest.mark.parametrize("name", OFF_POLICY)
def bench_acting_into_a_replay_buffer(benchmark, device: str, name: str) -> None:
    trainer = start_off_policy(OFF_POLICY[name], device)
    steps = STEPS // trainer.config.num_envs
    note(benchmark, name, trainer.config.num_envs, steps * trainer.config.num_envs)

    def explore() -> None:
        for _ in range(steps):
            trainer.collect(0.1)

    benchmark.pedantic(explore, rounds=ROUNDS)


@pytest.mark.parametrize("name", OFF_POLICY)
def bench_updates_from_a_replay_buffer(benchmark, device: str, name: str) -> None:
    trainer = start_off_policy(OFF_POLICY[name], device)
    steps = max(1, STEPS // trainer.config.batch_size)
    note(benchmark, name, trainer.config.num_envs, steps * trainer.config.batch_size)

    def learn() -> float:
        for _ in range(steps):
            logged = trainer.update()
        return float(logged["loss"])  # waits for the device

    benchmark.pedantic(learn, rounds=ROUNDS, warmup_rounds=1)


def note_the_zoo(benchmark: Any, maker: str) -> int:
    """Steps of a round of rl-baselines3-zoo's PPO, noted in its benchmark."""
    settings = read_yaml(CONFIGS / f"{PEER}.yaml")
    steps: int = settings["num_envs"] * settings["settings"]["n_steps"]
    note(benchmark, maker, settings["num_envs"], steps)
    return steps


@pytest.mark.parametrize("env_id", ["LunarLander-v3", "lander_envs/Lander-v0"])
def bench_ppo_with_the_settings_of_the_zoo(benchmark, device: str, env_id: str) -> None:
    """A rollout and its update by Stable-Baselines3, on Gymnasium's env and on the native batch."""
    steps = note_the_zoo(benchmark, f"Stable-Baselines3, {env_id}")
    content = read_yaml(CONFIGS / f"{PEER}.yaml") | {"device": device, "env_id": env_id}
    model = SB3Trainer(build_config(content, PEER)).model
    benchmark.pedantic(
        model.learn, (steps,), {"reset_num_timesteps": False}, rounds=ROUNDS, warmup_rounds=1
    )


@pytest.mark.parametrize("compiled", [False, True])
def bench_ppo_with_the_settings_of_the_zoo_by_us(benchmark, device: str, compiled: bool) -> None:
    """The same network, environments, epochs and minibatches."""
    benchmark.group = benchmark.group.replace(" by us", "")
    note_the_zoo(benchmark, "ours, compile_update" if compiled else "ours")
    peer = read_yaml(CONFIGS / f"{PEER}.yaml")
    content = {OUR_NAMES.get(key, key): value for key, value in peer["settings"].items()}
    content |= {key: peer[key] for key in ("env_id", "total_steps", "num_envs", "learning_rate")}
    trainer = PPO(build(PPOConfig, content | {"device": device, "compile_update": compiled}, PEER))
    trainer.start(seed=1)
    benchmark.pedantic(trainer.iterate, rounds=ROUNDS, warmup_rounds=1)
