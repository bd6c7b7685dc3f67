"""DQN's parts against numbers worked by hand, and tasks it must learn in seconds."""

import json
import re

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from baselines import evaluate, record, train
from baselines.algorithms.dqn import DQN, DQNConfig, dqn_loss, epsilon, td_targets
from baselines.algorithms.replay_buffer import Transitions
from baselines.results import pretrained as agents
from baselines.runs import checkpoint as checkpoints
from baselines.runs.config import ConfigError
from baselines.runs.run import Run
from baselines.runs.trainer import Progress


class Table(nn.Module):
    """Values by a row number instead of an observation."""

    def __init__(self, rows: list[list[float]]) -> None:
        super().__init__()
        self.rows = nn.Parameter(torch.tensor(rows))

    def forward(self, obs: torch.Tensor) -> torch.Tensor:
        return self.rows[obs[:, 0].long()]


ONLINE = Table([[1.0, 2.0], [5.0, 3.0]])
TARGET = Table([[0.0, 0.0], [10.0, 40.0]])
BATCH = Transitions(
    obs=torch.tensor([[0.0], [0.0]]),
    actions=torch.tensor([1, 0]),
    returns=torch.tensor([3.0, -7.0]),
    discounts=torch.tensor([0.5, 0.0]),
    next_obs=torch.tensor([[1.0], [1.0]]),
)


def test_double_dqn_lets_the_online_network_choose_and_the_target_network_value() -> None:
    targets = td_targets(ONLINE, TARGET, BATCH)
    assert targets.tolist() == [3 + 0.5 * 10, -7.0]


@pytest.mark.parametrize("layer_norm", [False, True])
def test_layer_norm_stands_before_each_activation_if_asked(layer_norm) -> None:
    config = DQNConfig(hidden=(8, 4), layer_norm=layer_norm)
    agent = DQN.build_agent(config, spaces.Box(-1, 1, (3,)), spaces.Discrete(2))
    body = [type(layer).__name__ for layer in agent.body.modules() if not list(layer.children())]
    norm = ["LayerNorm"] if layer_norm else []
    assert body == ["Linear", *norm, "ReLU"] * 2


def test_the_loss_is_hubers_and_moves_only_the_taken_actions_values() -> None:
    online = Table([[1.0, 2.0], [5.0, 3.0]])
    loss, logged = dqn_loss(online, TARGET, BATCH)
    # Errors 2 - 8 = -6 and 1 + 7 = 8; beyond 1 the Huber loss is |error| - 0.5.
    assert loss.item() == pytest.approx((5.5 + 7.5) / 2)
    assert logged["value"].item() == 1.5
    loss.backward()
    assert online.rows.grad.tolist() == [[0.5, -0.5], [0.0, 0.0]]
    assert TARGET.rows.grad is None


def test_a_compiled_update_moves_weights_as_the_plain_one_does() -> None:
    moved = []
    for compiled in (False, True):
        config = DQNConfig(
            env_id="CartPole-v1", num_envs=2, hidden=(8,), batch_size=16, compile_update=compiled
        )
        torch.manual_seed(1)
        trainer = DQN(config)
        trainer.start(seed=1)
        for _ in range(20):
            trainer.collect(1.0)
        torch.manual_seed(2)
        trainer.update()
        with torch.no_grad():  # in place, as a copy into the target network is
            for weights in trainer._target.parameters():
                weights.add_(1.0)
        metrics = [trainer.update() for _ in range(2)][-1]
        weights = [p.flatten()[0].item() for p in trainer.agent.parameters()]
        moved.append([metrics["loss"].item(), metrics["value"].item(), *weights])
    assert moved[1] == pytest.approx(moved[0], abs=1e-5)


@pytest.mark.parametrize(
    ("steps", "share"), [(0, 1.0), (100, 0.55), (200, 0.1), (700, 0.1), (1000, 0.1)]
)
def test_epsilon_falls_linearly_over_its_part_of_the_run(steps, share) -> None:
    config = DQNConfig(total_steps=1000, exploration_fraction=0.2, epsilon_end=0.1)
    assert epsilon(config, Progress(steps=steps)) == pytest.approx(share)


def test_epsilon_falls_by_a_factor_an_episode() -> None:
    config = DQNConfig(epsilon_decay=0.5, epsilon_end=0.2)
    shares = [epsilon(config, Progress(episodes=n)) for n in range(5)]
    assert shares == [1.0, 0.5, 0.25, 0.2, 0.2]


TINY = {
    "name": "tiny",
    "total_steps": 1_024,
    "num_envs": 4,
    "hidden": (8,),
    "learning_starts": 100,
    "train_frequency": 8,
    "batch_size": 16,
    "target_interval": 400,
    "log_interval": 256,
    "eval_interval": 512,
    "eval_episodes": 2,
    "checkpoint_interval": 512,
}


def test_updates_start_late_and_follow_the_train_frequency() -> None:
    trainer = DQN(DQNConfig(**TINY))
    trainer.start(0)
    for _ in range(4):
        trainer.iterate()
    # Rounds of 4 steps from the 100th step on: 232 of them, an update every second round.
    assert trainer.progress.steps == 1024
    assert trainer.progress.updates == 116


@pytest.mark.parametrize(
    ("settings", "copies"),
    [({"target_interval": 400}, [400, 800]), ({"target_episodes": 3}, [3, 6, 9])],
)
def test_the_target_is_copied_at_its_interval(settings, copies, monkeypatch) -> None:
    trainer = DQN(DQNConfig(**TINY).model_copy(update=settings))
    trainer.start(0)
    seen = []
    monkeypatch.setattr(
        trainer._target,
        "load_state_dict",
        lambda _: seen.append(
            trainer.progress.episodes if "target_episodes" in settings else trainer.progress.steps
        ),
    )
    for _ in range(4):
        trainer.iterate()
    assert seen[: len(copies)] == copies


def test_a_target_rate_moves_the_target_a_share_of_the_way_at_each_update() -> None:
    trainer = DQN(DQNConfig(**TINY).model_copy(update={"target_rate": 0.25}))
    trainer.start(0)
    for _ in range(26):  # to the first 100 steps
        trainer.collect(1.0)
    before = [weights.clone() for weights in trainer._target.parameters()]
    trainer.update()
    online = list(trainer.agent.parameters())
    for old, new, target in zip(before, online, trainer._target.parameters(), strict=True):
        assert not torch.equal(new, old)
        assert torch.allclose(target, 0.75 * old + 0.25 * new, atol=1e-7)


def test_with_a_target_rate_nothing_is_copied(monkeypatch) -> None:
    trainer = DQN(DQNConfig(**TINY).model_copy(update={"target_rate": 0.25}))
    trainer.start(0)
    copies: list[object] = []
    monkeypatch.setattr(trainer._target, "load_state_dict", copies.append)
    trainer.iterate()
    trainer.iterate()
    assert trainer.progress.steps > 400  # the target_interval of TINY
    assert copies == []


def test_a_run_may_end_by_episodes(tmp_path) -> None:
    config = DQNConfig(**{**TINY, "total_episodes": 3, "num_envs": 1, "total_steps": 100_000})
    trainer = DQN(config)
    run = Run(tmp_path, config, 0, 0.0)
    trainer.train(run)
    run.close()
    assert trainer.progress.episodes == 3
    assert len(trainer.progress.evaluations) >= 1
    assert (tmp_path / "checkpoints" / "final.json").exists()


def written(tmp_path, **settings):
    path = tmp_path / "tiny.yaml"
    path.write_text(json.dumps({"algorithm": "dqn", **TINY, **settings}))
    return path


def test_a_killed_run_resumes_with_its_target_network(tmp_path) -> None:
    assert train.main([str(written(tmp_path)), "--runs", str(tmp_path)]) == 0
    tensors, facts = checkpoints.load(tmp_path / "tiny-seed1" / "checkpoints" / "latest.json")
    trainer = DQN(DQNConfig(**facts["config"]))
    trainer.resume(tensors, facts)
    target = trainer._target.state_dict()
    online = trainer.agent.state_dict()
    assert all(torch.equal(target[key], tensors[f"target.{key}"]) for key in target)
    assert not all(torch.equal(target[key], online[key]) for key in target)
    assert trainer.progress.steps == 1024
    assert torch.equal(torch.get_rng_state(), tensors["rng.torch"])


def test_the_same_seed_trains_the_same_weights(tmp_path) -> None:
    weights = []
    for attempt in ("a", "b"):
        assert train.main([str(written(tmp_path)), "--runs", str(tmp_path / attempt)]) == 0
        final = tmp_path / attempt / "tiny-seed1" / "checkpoints" / "final.json"
        weights.append(checkpoints.load(final)[0])
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_a_trained_run_is_scored_and_filmed(tmp_path, capsys) -> None:
    path = written(tmp_path, env_id="lander_envs/MaskedVelocityLander-v0", history=3)
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    run = str(tmp_path / "tiny-seed1")
    capsys.readouterr()
    scores = []
    for _ in range(2):
        assert evaluate.main([run, "--episodes", "3", "--json"]) == 0
        scores.append(json.loads(capsys.readouterr().out))
    assert scores[0] == scores[1]
    assert scores[0]["algorithm"] == "dqn"
    assert record.main([run, "--out", str(tmp_path / "films")]) == 0
    assert len(list((tmp_path / "films").iterdir())) == 1


def test_a_pixel_agent_learns_from_single_frames_that_it_stacks_itself(tmp_path) -> None:
    path = written(
        tmp_path,
        env_id="lander_envs/PixelLander-v0",
        env_kwargs={"frame_stack": 1},
        history=4,
        total_steps=160,
        log_interval=80,
    )
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    agent = agents.load(tmp_path / "tiny-seed1")
    assert agent.policy.act(np.zeros((2, 1, 84, 84), np.uint8)).shape == (2,)


def test_an_agent_forgets_the_episode_before() -> None:
    config = DQNConfig(history=2, hidden=(8,))
    network = DQN.build_agent(config, spaces.Box(-1, 1, (3,)), spaces.Discrete(4))
    stacks = []
    network.forward = lambda obs: stacks.append(obs.tolist()) or torch.zeros(len(obs), 4)
    policy = DQN.make_policy(network, config)
    ones, twos = np.ones((1, 3), np.float32), np.full((1, 3), 2, np.float32)
    policy.act(ones)
    policy.act(twos)
    policy.start()
    policy.act(twos)
    assert stacks == [[[1.0] * 6], [[1.0] * 3 + [2.0] * 3], [[2.0] * 6]]


def test_what_dqn_cannot_do_is_said() -> None:
    config = DQNConfig()
    box = spaces.Box(-1, 1, (3,))
    with pytest.raises(ConfigError, match="discrete actions, got Box"):
        DQN.build_agent(config, box, box)
    network = DQN.build_agent(config, box, spaces.Discrete(2))
    with pytest.raises(ConfigError, match="no distribution"):
        DQN.make_policy(network, config, sampled=True)


def learned(tmp_path, **settings) -> float:
    config = DQNConfig(
        num_envs=4,
        gamma=0.5,
        reward_scale=1.0,
        hidden=(32,),
        learning_rate=5e-3,
        learning_starts=200,
        train_frequency=4,
        batch_size=64,
        target_interval=500,
        eval_interval=100_000,
        eval_episodes=20,
        **settings,
    )
    run = Run(tmp_path, config, 0, 0.0)
    trainer = DQN(config)
    trainer.train(run)
    run.close()
    return trainer.progress.evaluations[-1]


def test_dqn_learns_to_tell_signs_in_seconds(signs, tmp_path) -> None:
    assert learned(tmp_path, env_id=signs, total_steps=5_000) > 7.8


class Echo(gym.Env):
    """Say whether the number before the present one was positive: 0 of 8 without a memory's help.

    A right answer gives 1, a wrong one -1; the first of an episode counts nothing.
    """

    observation_space = spaces.Box(-1, 1, (1,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.numbers = [self.np_random.choice([-1.0, 1.0])]
        return self._look(), {}

    def step(self, action):
        right = len(self.numbers) > 1 and (action == (self.numbers[-2] > 0))
        reward = 0.0 if len(self.numbers) == 1 else (1.0 if right else -1.0)
        self.numbers.append(self.np_random.choice([-1.0, 1.0]))
        return self._look(), reward, len(self.numbers) == 10, False, {}

    def _look(self):
        return np.array([self.numbers[-1]], np.float32)


@pytest.mark.parametrize(("history", "low", "high"), [(1, -4, 4), (2, 7.9, 8.1)])
def test_a_history_of_observations_serves_as_memory(tmp_path, history, low, high) -> None:
    gym.register("test/Echo-v0", Echo)
    try:
        reached = learned(tmp_path, env_id="test/Echo-v0", history=history, total_steps=5_000)
    finally:
        del gym.registry["test/Echo-v0"]
    assert low < reached < high


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"buffer_size": 8}, "buffer_size: must hold learning_starts = 100 steps.* got 8"),
        ({"buffer_size": 8, "learning_starts": 1}, "buffer_size: must be at least"),
        ({"num_envs": 48, "buffer_size": 100}, "buffer_size: must hold .* of 48 env.* got 100"),
        ({"epsilon_decay": 1.5}, "epsilon_decay: .*less than 1"),
        ({"hidden": []}, "hidden: "),
        ({"env_kwargs": {"continuous": True}}, "discrete actions"),
        ({"env_id": "FrozenLake-v1"}, "flat Box or pictures"),
    ],
)
def test_a_run_that_cannot_be_is_refused_in_a_sentence(settings, message, tmp_path, capsys) -> None:
    assert train.main([str(written(tmp_path, **settings)), "--runs", str(tmp_path)]) == 2
    assert re.search(message, capsys.readouterr().err)
