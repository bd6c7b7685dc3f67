"""Memory in PPO: states, resets and sequences against hand-unrolled loops, and a task for it."""

from dataclasses import replace
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from baselines import evaluate, train
from baselines.algorithms.ppo import PPO, PPOConfig
from baselines.algorithms.recurrent_ppo import RecurrentPPO, RecurrentPPOConfig, cut_sequences
from baselines.algorithms.rollout import Batch, Transitions
from baselines.networks.actor_critic import ActorCriticPolicy, Evaluation
from baselines.results import pretrained as agents
from baselines.runs.config import ConfigError
from baselines.runs.run import Run

CELLS = ["lstm", "gru"]
MEMORIES = [*CELLS, "transformer"]
GRU_FORWARD = nn.GRU.forward


class Recall(gym.Env):
    """Say, three steps later, which sign was shown on an episode's first step.

    The other observations are 0 and the other actions are worth nothing: whoever forgets wins
    half of the episodes.
    """

    observation_space = spaces.Box(-1, 1, (1,), np.float32)

    def __init__(self, continuous: bool = False) -> None:
        self.action_space = spaces.Box(-1, 1, (1,)) if continuous else spaces.Discrete(2)
        self.continuous = continuous

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.sign = int(self.np_random.integers(2)) * 2 - 1
        self.number = 0
        return np.full(1, self.sign, np.float32), {}

    def step(self, action):
        self.number += 1
        said = np.sign(action[0]) if self.continuous else 2 * int(action) - 1
        ended = self.number == 4
        return np.zeros(1, np.float32), float(ended and said == self.sign), ended, False, {}


@pytest.fixture
def recall():
    gym.register("test/Recall-v0", Recall)
    yield "test/Recall-v0"
    del gym.registry["test/Recall-v0"]


def trainer_of(env_id: str, **settings: Any) -> RecurrentPPO:
    chosen: dict[str, Any] = {
        "num_envs": 3,
        "num_steps": 12,
        "memory_size": 4,
        "hidden": (4,),
        "sequence_length": 5,
        "minibatch_size": 2,
    }
    return RecurrentPPO(RecurrentPPOConfig(env_id=env_id, **{**chosen, **settings}))


def evaluated(trainer: PPO, batch: Batch, index: torch.Tensor) -> tuple[Transitions, Evaluation]:
    """Stored transitions of a minibatch, and the agent's evaluation of them now."""
    old, inputs = batch.minibatch(index)
    return old, trainer.agent.evaluate(inputs, old.raw_actions)


def scramble(module: nn.Module, by: float = 0.3) -> None:
    """Other weights, those among them that start at 0."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(by * torch.randn_like(parameter))


def collected(
    env_id: str, rollouts: int = 1, scrambled_by: float = 0.3, **settings: Any
) -> RecurrentPPO:
    """A trainer that has acted and not yet learned."""
    trainer = trainer_of(env_id, **settings)
    scramble(trainer.agent, scrambled_by)
    trainer.start(0)
    for _ in range(rollouts):
        trainer.collect()
    return trainer


@pytest.mark.parametrize("cell", MEMORIES)
def test_hidden_states_are_reset_on_episode_starts_only(recall, cell) -> None:
    """Episodes of four steps and one that only resets: starts at 0, 5, 10, 15 and 20."""
    trainer = trainer_of(recall, cell=cell, num_envs=1)
    trainer.start(0)
    states, expected = [], []
    state = trainer.agent.initial_state(1, "cpu")
    for _ in range(2):  # two rollouts, so that a state is carried from one to the next
        trainer.collect()
        states += list(trainer.rollout.hidden_states.clone())
        for obs in trainer.rollout.obs[:-1]:
            if len(expected) % 5 == 0:
                state = torch.zeros_like(state)
            expected.append(state)
            with torch.no_grad():
                _, _, state = trainer.agent.step(obs, state)
    assert len(states) == 24
    for t, (kept, unrolled) in enumerate(zip(states, expected, strict=True)):
        assert torch.allclose(kept, unrolled, atol=1e-6)
        assert (kept == 0).all() == (t % 5 == 0)


def sequences_of(is_reset: torch.Tensor, length: int) -> list[list[int]]:
    rows, shown, inside = cut_sequences(is_reset, length)
    assert torch.equal(shown, inside)
    return [r[kept].tolist() for r, kept in zip(rows.T, inside.T, strict=True)]


def test_a_rollout_is_cut_at_episode_starts_and_lengths() -> None:
    # Env 0: steps 0-1, a reset at 2, then 3-6. Env 1: seven steps. Flat index 2 t + i.
    is_reset = torch.zeros(7, 2, dtype=torch.bool)
    is_reset[2, 0] = True
    assert sequences_of(is_reset, 3) == [[0, 2], [6, 8, 10], [12], [1, 3, 5], [7, 9, 11], [13]]


def test_a_reset_where_a_sequence_would_begin_leaves_no_empty_sequence() -> None:
    is_reset = torch.tensor([[True], [False], [False], [True], [False]])
    assert sequences_of(is_reset, 3) == [[1, 2], [4]]


def test_steps_burnt_in_are_of_the_same_episode_and_enter_no_loss() -> None:
    # As above: env 0 has steps 0-1, a reset at 2, then 3-6; env 1 seven steps. Flat index 2 t + i.
    is_reset = torch.zeros(7, 2, dtype=torch.bool)
    is_reset[2, 0] = True
    rows, shown, inside = cut_sequences(is_reset, 3, burn_in=2)
    assert [r[kept].tolist() for r, kept in zip(rows.T, shown.T, strict=True)] == [
        [0, 2],
        [6, 8, 10],  # nothing of the episode before
        [8, 10, 12],
        [1, 3, 5],
        [3, 5, 7, 9, 11],
        [9, 11, 13],
    ]
    assert [r[kept].tolist() for r, kept in zip(rows.T, inside.T, strict=True)] == [
        [0, 2],
        [6, 8, 10],
        [12],
        [1, 3, 5],
        [7, 9, 11],
        [13],
    ]


@pytest.mark.parametrize("burn_in", [0, 2])
@pytest.mark.parametrize("continuous", [False, True])
@pytest.mark.parametrize("cell", MEMORIES)
def test_before_the_first_gradient_step_the_update_sees_the_rollouts_numbers(
    recall, cell, continuous, burn_in
) -> None:
    kwargs = {"continuous": continuous}
    trainer = collected(recall, rollouts=2, cell=cell, env_kwargs=kwargs, burn_in=burn_in)
    batch = trainer.make_batch(trainer.rollout)
    old, new = evaluated(trainer, batch, torch.arange(len(batch)))
    assert torch.allclose(new.log_prob, old.log_probs, atol=1e-5)
    assert torch.allclose(new.value, old.values, atol=1e-5)
    # 3 envs of 12 steps; of steps 12 to 23, those at 14 and 19 only reset.
    assert len(old.obs) == 3 * 12 - 3 * 2


@pytest.mark.parametrize("cell", ["gru", "transformer"])
def test_an_encoder_that_remembers_frames_sees_the_same_in_the_update(cell) -> None:
    pixels = {
        "env_kwargs": {"frame_stack": 1},
        "encoder": "attention_residual",
        "frame_memory": True,
        "share_encoder": True,
        "cell": cell,
        "burn_in": 1,
        **({"window": 2} if cell == "transformer" else {}),
    }
    trainer = collected("lander_envs/PixelLander-v0", 2, scrambled_by=0.05, **pixels)
    batch = trainer.make_batch(trainer.rollout)
    old, new = evaluated(trainer, batch, torch.arange(len(batch)))
    assert torch.allclose(new.log_prob, old.log_probs, atol=1e-4)
    assert torch.allclose(new.value, old.values, atol=1e-4)
    # A policy shows its memory's state, not the 20 x 20 places of 32 maps behind it.
    policy = ActorCriticPolicy(trainer.agent, "cpu", sampled=False)
    policy.act(trainer.rollout.obs[0].numpy())
    assert policy.hidden_state.shape == (3, trainer.agent.width - 20 * 20 * 32 - 1)


@pytest.mark.parametrize("burn_in", [0, 2])
@pytest.mark.parametrize("cell", MEMORIES)
def test_a_memory_that_sees_the_previous_action_sees_the_same_in_the_update(
    recall, cell, burn_in
) -> None:
    trainer = collected(recall, rollouts=2, cell=cell, previous_action=True, burn_in=burn_in)
    batch = trainer.make_batch(trainer.rollout)
    old, new = evaluated(trainer, batch, torch.arange(len(batch)))
    assert torch.allclose(new.log_prob, old.log_probs, atol=1e-5)
    assert torch.allclose(new.value, old.values, atol=1e-5)
    # Previous action: the last two numbers of a hidden state, zeros at an episode's start.
    rollout = trainer.rollout
    shown = nn.functional.one_hot(rollout.raw_actions[:-1], 2).float()
    starts = torch.zeros(12, dtype=torch.bool)
    starts[[3, 8]] = True  # steps 15 and 20, after resets
    assert torch.equal(rollout.hidden_states[1:][~starts[1:]][..., -2:], shown[~starts[1:]])
    assert (rollout.hidden_states[starts] == 0).all()


def test_the_previous_action_changes_what_is_done_next(recall) -> None:
    agent = collected(recall, previous_action=True, cell="gru").agent
    obs, states = torch.zeros(2, 1), torch.zeros(2, agent.width)
    states[:, -2:] = torch.eye(2)  # after action 0, and after action 1
    values = agent.value(obs, states)
    assert values[0] != values[1]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"env_kwargs": {"continuous": True}}, "previous_action: only for discrete actions"),
        ({"change_gain": 2.0}, "previous_action: not with change_gain, got 2.0"),
    ],
)
def test_settings_that_the_previous_action_excludes_are_refused(recall, settings, message) -> None:
    with pytest.raises(ConfigError, match=message):
        trainer_of(recall, previous_action=True, **settings)


def test_steps_burnt_in_bring_the_state_of_a_window_up_to_date(recall) -> None:
    """A block that sees 3 steps needs the 2 before a sequence, read by the weights of now."""
    trainer = collected(recall, cell="transformer", window=3, sequence_length=12)
    scramble(trainer.agent)
    values = {}
    # Whole episodes, then sequences of 2 of their 4 steps, with what is before them or without.
    for length, burn_in in [(12, 0), (2, 2), (2, 0)]:
        cuts = {"sequence_length": length, "burn_in": burn_in}
        trainer.config = trainer.config.model_copy(update=cuts)
        batch = trainer.make_batch(trainer.rollout)
        _, new = evaluated(trainer, batch, torch.arange(len(batch)))
        rows = batch.rows[batch.in_loss]
        values[length, burn_in] = torch.zeros(36).index_put((rows,), new.value)
    assert torch.allclose(values[2, 2], values[12, 0], atol=1e-5)
    assert (values[2, 0] - values[12, 0]).abs().max() > 1e-2


@pytest.mark.parametrize("cell", MEMORIES)
def test_what_fills_a_sequence_up_changes_no_gradient(recall, cell) -> None:
    trainer = collected(recall, cell=cell, sequence_length=8)
    batch = trainer.make_batch(trainer.rollout)
    assert sorted(batch.is_shown.sum(dim=0).tolist()) == [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
    gradients = []
    for indices in ([torch.arange(len(batch))], torch.arange(len(batch)).split(1)):
        trainer.agent.zero_grad()
        for index in indices:  # all at once, filled up to 8 steps; or one by one, cut to length
            longest = int(batch.is_shown[:, index].sum(dim=0).max()) if len(index) == 1 else 8
            cut_off = replace(
                batch,
                rows=batch.rows[:longest],
                is_shown=batch.is_shown[:longest],
                in_loss=batch.in_loss[:longest],
            )
            _, new = evaluated(trainer, cut_off, index)
            (new.log_prob.sum() + new.value.sum()).backward()
        gradients.append([parameter.grad.clone() for parameter in trainer.agent.parameters()])
    for one, other in zip(*gradients, strict=True):
        assert torch.allclose(one, other, atol=1e-5)


SECONDS: dict[str, Any] = {
    "total_steps": 12_288,
    "num_envs": 16,
    "num_steps": 32,
    "learning_rate": 1e-2,
    "gamma": 0.9,
    "reward_scale": 1.0,
    "hidden": (16,),
    "ent_coef": 0.0,
    "eval_interval": 12_288,
    "eval_episodes": 100,
}


def learned(trainer: PPO, folder: Any) -> float:
    run = Run(folder, trainer.config, 0, 0.0)
    trainer.train(run)
    run.close()
    return trainer.progress.evaluations[-1]


@pytest.mark.parametrize(
    ("cell", "continuous"),
    [("lstm", False), ("gru", False), ("gru", True), ("transformer", False)],
)
def test_memory_learns_in_seconds_to_recall_a_sign(recall, tmp_path, cell, continuous) -> None:
    config = RecurrentPPOConfig(
        env_id=recall,
        env_kwargs={"continuous": continuous},
        cell=cell,
        memory_size=16,
        sequence_length=4,
        minibatch_size=32,
        **SECONDS,
    )
    assert learned(RecurrentPPO(config), tmp_path) == 1.0


def test_without_memory_the_sign_stays_a_guess(recall, tmp_path) -> None:
    config = PPOConfig(env_id=recall, minibatch_size=128, **SECONDS)
    assert learned(PPO(config), tmp_path) < 0.7


def test_a_policy_forgets_when_episodes_start(recall) -> None:
    trainer = trainer_of(recall)
    policy = trainer.make_policy(trainer.agent, trainer.config)
    shown, blank = np.ones((2, 1), np.float32), np.zeros((2, 1), np.float32)
    policy.start()
    first = policy.act(shown), policy._hidden_state.clone()
    policy.act(blank)
    assert not torch.equal(policy._hidden_state, first[1])
    policy.start()
    assert (policy.act(shown) == first[0]).all()
    assert torch.equal(policy._hidden_state, first[1])


@pytest.mark.parametrize("cell", MEMORIES)
def test_a_run_is_trained_resumed_loaded_and_scored(cell, tmp_path, capsys) -> None:
    config = tmp_path / "tiny.yaml"
    config.write_text(
        f"{{algorithm: recurrent_ppo, cell: {cell}, name: tiny, num_envs: 4, num_steps: 16, "
        "env_id: lander_envs/MaskedVelocityLander-v0, memory_size: 8, total_steps: 128, "
        "checkpoint_interval: 64, eval_interval: 64, eval_episodes: 2}"
    )
    assert train.main([str(config), "--runs", str(tmp_path)]) == 0
    assert train.main(["--resume", str(tmp_path / "tiny-seed1")]) == 0
    assert isinstance(agents.load(tmp_path / "tiny-seed1").config, RecurrentPPOConfig)
    returns = []
    for backend in ("native", "box2d"):
        asked = [str(tmp_path / "tiny-seed1"), "--episodes", "3", "--backend", backend]
        assert evaluate.main([*asked, "--csv", str(tmp_path / f"{backend}.csv")]) == 0
        returns.append((tmp_path / f"{backend}.csv").read_text())
    assert returns[0] == returns[1]


@pytest.mark.parametrize(
    "settings", [{}, {"previous_action": True}, {"share_encoder": True, "memory_layers": 2}]
)
def test_a_fused_training_is_a_plain_one_but_for_rounding(settings, monkeypatch) -> None:
    moved = []
    for fused in (False, True):
        torch.manual_seed(3)
        trainer = trainer_of(
            "lander_envs/MaskedVelocityLander-v0",
            cell="gru",
            memory_size=16,
            fused=fused,
            **settings,
        )
        trainer.start(0)
        if fused:
            monkeypatch.setattr(nn.GRU, "forward", only_without_gradients)
        for _ in range(3):
            metrics = trainer.iterate().metrics
        weights = [x for vector in trainer.optimizer.vectors for x in vector.tolist()]
        moved.append([*weights, *metrics.values()])
    assert moved[1] == pytest.approx(moved[0], abs=1e-4)


def only_without_gradients(cell: nn.GRU, *inputs: torch.Tensor) -> Any:
    """PyTorch's GRU, where no gradient is wanted."""
    assert not torch.is_grad_enabled()
    return GRU_FORWARD(cell, *inputs)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("cell: rnn", r"cell: .*'lstm', 'gru' or 'transformer', got 'rnn'"),
        ("sequence_length: 0", r"sequence_length: .*greater than 0"),
        ("window: 1", r"window: .*greater than 1"),
        ("memory_siz: 64", r"nearest is 'memory_size'"),
    ],
)
def test_a_wrong_memory_setting_is_refused_by_name(tmp_path, line, message) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(f"algorithm: recurrent_ppo\n{line}")
    with pytest.raises(ConfigError, match=message):
        train.load_config(path, [])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"change_gain": 1.0, "cell": "transformer"}, "change_gain: only for flat .*, got 1.0"),
        ({"cell": "transformer", "memory_size": 6}, "memory_size: must be a multiple of 4"),
        ({"mixed_precision": True}, "mixed_precision: with a memory only for pictures"),
        ({"compile_update": True}, "compile_update: not with a memory, got True"),
        ({"fused": True}, "fused: with a memory only cell: gru, got lstm"),
        ({"fused": True, "cell": "transformer"}, "fused: with a memory only cell: gru, got trans"),
        ({"fused": True, "cell": "gru"}, "memory_size: must be a multiple of 16 with fused, got 4"),
        ({"encoder": "motion_crop_residual"}, "encoder: only for pictures, got motion_cr"),
        ({"frame_memory": True}, "frame_memory: only for pictures with frame_stack: 1, got True"),
    ],
)
def test_settings_that_exclude_each_other_are_refused(settings, message) -> None:
    with pytest.raises(ConfigError, match=message):
        trainer_of("lander_envs/MaskedVelocityLander-v0", **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"encoder": "attention"}, "frame_memory: only for pictures with frame_stack: 1"),
        (
            {"encoder": "nature", "env_kwargs": {"frame_stack": 1}},
            "frame_memory: only with encoder: attention or attention_residual, got nature",
        ),
    ],
)
def test_a_memory_of_frames_where_there_is_none_is_refused(settings, message) -> None:
    with pytest.raises(ConfigError, match=message):
        trainer_of("lander_envs/PixelLander-v0", frame_memory=True, share_encoder=True, **settings)
