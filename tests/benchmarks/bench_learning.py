"""Cost of learning: collect and update of each algorithm, with the networks of shipped configs.

    tox run -e bench-learning
    tox run -e bench-learning -- --device cuda

Environments step on the CPU; network, rollout and update are on the device. A step of acting is one
of one environment, a step of an update a transition that one epoch learns from.
"""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch

from baselines.algorithms.ppo import PPO, PPOConfig
from baselines.algorithms.registry import build_config, trainer_of
from baselines.algorithms.sb3 import SB3Config, SB3Trainer
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

SB3, COMPILED, FUSED = "Stable-Baselines3", "ours, compile_update", "ours, fused"
OURS, ZOO = "lander_ppo", "lander_ppo_zoo"
# Settings that both have, by our name.
NAMES_OF_SB3 = {
    "num_steps": "n_steps",
    "minibatch_size": "batch_size",
    "update_epochs": "n_epochs",
    "gamma": "gamma",
    "gae_lambda": "gae_lambda",
    "ent_coef": "ent_coef",
}

Iterate = Callable[[], object]


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


ENGINES = {"Box2D": "LunarLander-v3", "native": "lander_envs/Lander-v0"}
SETTINGS = {"the zoo's settings": ZOO, "our settings": OURS}


def start_ppo(implementation: str, config: str, seed: int, **changes: Any) -> Iterate:
    """One rollout and its update, after a first one that is not timed."""
    content = read_yaml(CONFIGS / f"{config}.yaml") | {"seed": seed} | changes
    if implementation == SB3:
        model = SB3Trainer(build(SB3Config, as_of_sb3(content), config)).model
        steps = content["num_envs"] * content["num_steps"]
        iterate: Iterate = partial(model.learn, steps, reset_num_timesteps=False)
    else:
        trainer = PPO(build(PPOConfig, content, config))
        trainer.start(seed)
        iterate = trainer.iterate
    iterate()
    return iterate


def as_of_sb3(content: dict[str, Any]) -> dict[str, Any]:
    """Our PPO's settings as Stable-Baselines3's."""
    settings = {theirs: content[name] for name, theirs in NAMES_OF_SB3.items()}
    shared = ("env_id", "total_steps", "num_envs", "learning_rate", "seed", "device")
    return {**{key: content[key] for key in shared}, "learner": "PPO", "settings": settings}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("implementation", [SB3, "ours", COMPILED, FUSED])
def bench_ppo_taken_apart(
    benchmark, device: str, implementation: str, settings: str, engine: str
) -> None:
    """A rollout and its update; each round has a seed of its own."""
    if implementation == FUSED and device != "cpu":
        pytest.skip("the C++ is for a CPU")
    config = read_yaml(CONFIGS / f"{SETTINGS[settings]}.yaml")
    num_envs, num_steps = config["num_envs"], config["num_steps"]
    what = {"implementation": implementation, "settings": settings, "engine": engine}
    maker = f"{implementation}, {settings}, {engine}"
    note(benchmark, maker, num_envs, num_envs * num_steps)
    benchmark.extra_info["factors"] = what
    changes = {
        "env_id": ENGINES[engine],
        "device": device,
        "compile_update": implementation == COMPILED,
        "fused": implementation == FUSED,
    }
    seeds = itertools.count(1)

    def setup() -> tuple[tuple[Iterate], dict[str, Any]]:
        return (start_ppo(implementation, SETTINGS[settings], next(seeds), **changes),), {}

    benchmark.pedantic(lambda iterate: iterate(), setup=setup, rounds=ROUNDS)
