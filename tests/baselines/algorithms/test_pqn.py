"""PQN's parts against numbers worked by hand, and tasks it must learn in seconds."""

import numpy as np
import pytest
import torch
from gymnasium import spaces

from baselines import evaluate, train
from baselines.algorithms.pqn import PQN, PQNConfig, Rollout, epsilon, lambda_returns, pqn_loss
from baselines.runs.config import ConfigError
from tests.baselines.algorithms.test_dqn import Table

CONFIG = PQNConfig(name="tiny", num_envs=4, num_steps=8, hidden=(8,), minibatch_size=16)


def rollout(terminated, truncated, is_reset) -> Rollout:
    """Three steps of one environment; rewards 1, 2, 3, greedy values 10, 20, 30, 40."""
    flags = (torch.tensor(flag)[:, None] for flag in (terminated, truncated, is_reset))
    return Rollout(
        torch.zeros(4, 1, 1),
        torch.tensor([10.0, 20.0, 30.0, 40.0])[:, None],
        torch.zeros(3, 1, dtype=torch.int64),
        torch.tensor([1.0, 2.0, 3.0])[:, None],
        *flags,
    )


NO = [False, False, False]


@pytest.mark.parametrize(
    ("q_lambda", "expected"),
    [
        (0.0, [1 + 0.5 * 20, 2 + 0.5 * 30, 3 + 0.5 * 40]),  # one step each
        (1.0, [1 + 0.5 * 13.5, 2 + 0.5 * 23, 23.0]),  # all steps to the end
        (0.5, [1 + 0.5 * (20 + 15.25) / 2, 2 + 0.5 * (30 + 23) / 2, 23.0]),
    ],
)
def test_lambda_mixes_returns_of_all_lengths(q_lambda, expected) -> None:
    returns = lambda_returns(rollout(NO, NO, NO), gamma=0.5, q_lambda=q_lambda)
    assert returns[:, 0].tolist() == pytest.approx(expected)


def test_a_terminated_step_has_no_future_and_a_truncated_one_that_of_its_last_observation() -> None:
    ends = [False, True, False]
    terminated = lambda_returns(rollout(ends, NO, [False, False, True]), 0.5, 1.0)[:, 0]
    assert terminated[:2].tolist() == [1 + 0.5 * 2, 2.0]
    truncated = lambda_returns(rollout(NO, ends, [False, False, True]), 0.5, 1.0)[:, 0]
    assert truncated[:2].tolist() == [1 + 0.5 * 17, 2 + 0.5 * 30]


def test_the_loss_is_half_the_squared_error_and_moves_only_the_taken_actions_values() -> None:
    agent = Table([[1.0, 2.0], [5.0, 3.0]])
    loss, logged = pqn_loss(
        agent, torch.tensor([[0.0], [1.0]]), torch.tensor([1, 0]), torch.tensor([4.0, 1.0])
    )
    # Errors 2 - 4 and 5 - 1.
    assert loss.item() == pytest.approx(0.5 * (4 + 16) / 2)
    assert logged["value"].item() == 3.5
    loss.backward()
    assert agent.rows.grad.tolist() == [[0.0, -1.0], [2.0, 0.0]]


def test_epsilon_falls_linearly_over_its_part_of_the_run() -> None:
    config = PQNConfig(epsilon_start=1.0, epsilon_end=0.2, exploration_fraction=0.5)
    shares = [epsilon(config, done) for done in (0.0, 0.25, 0.5, 1.0)]
    assert shares == pytest.approx([1.0, 0.6, 0.2, 0.2])


def test_a_rollout_goes_on_where_the_last_one_ended_and_marks_resets() -> None:
    trainer = PQN(CONFIG.model_copy(update={"num_steps": 150}))
    trainer.start(seed=0)
    first = trainer.collect(epsilon=1.0)
    last = first.obs[-1].clone()
    ended = first.terminated | first.truncated
    assert ended.any()  # random landers fall within 150 steps
    assert (first.is_reset[1:] == ended[:-1]).all()
    second = trainer.collect(epsilon=1.0)
    assert torch.equal(second.obs[0], last)
    assert torch.equal(second.is_reset[0], ended[-1])


def test_resets_do_not_enter_the_loss(monkeypatch) -> None:
    trainer = PQN(CONFIG.model_copy(update={"update_epochs": 1}))
    trainer.start(seed=0)
    collected = trainer.collect(epsilon=1.0)
    collected.is_reset[:] = True
    collected.is_reset[3, 2] = False
    seen = []

    def keep(agent, obs, actions, returns):
        seen.append(obs)
        return pqn_loss(agent, obs, actions, returns)

    monkeypatch.setattr("baselines.algorithms.pqn.pqn_loss", keep)
    trainer.update(collected)
    assert [obs.tolist() for obs in seen] == [[collected.obs[3, 2].tolist()]]


def test_continuous_actions_and_sampling_are_refused() -> None:
    box = spaces.Box(-1, 1, (2,), np.float32)
    with pytest.raises(ConfigError, match="Q-networks need discrete actions"):
        PQN.build_agent(CONFIG, box, box)
    agent = PQN.build_agent(CONFIG, box, spaces.Discrete(2))
    with pytest.raises(ConfigError, match="no distribution over actions"):
        PQN.make_policy(agent, CONFIG, sampled=True)


def test_it_learns_cartpole_in_seconds(tmp_path, capsys) -> None:
    path = tmp_path / "cartpole.yaml"
    path.write_text(
        "{algorithm: pqn, name: cartpole, env_id: CartPole-v1, total_steps: 60000, num_envs: 16, "
        "num_steps: 32, hidden: [64, 64], learning_rate: 2.0e-3, minibatch_size: 128, "
        "update_epochs: 4, reward_scale: 1.0, gamma: 0.98, q_lambda: 0.65, "
        "eval_interval: 60000, eval_episodes: 20}"
    )
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    # Chance has 22. Seeds 2 to 7 have 126 to 500, and another processor's rounding is another seed.
    command = [str(tmp_path / "cartpole-seed1"), "--episodes", "20", "--require", "75"]
    assert evaluate.main(command) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"encoder": "nature"}, "encoder: only for pictures, got nature"),
        ({"mixed_precision": True}, "mixed_precision: only for pictures, got True"),
        ({"change_gain": 30.0}, "change_gain: only with a history of 2 or more, got 30.0"),
    ],
)
def test_settings_that_flat_observations_switch_off_are_refused(settings, message) -> None:
    with pytest.raises(ConfigError, match=message):
        PQN(CONFIG.model_copy(update=settings))


def test_a_single_picture_has_no_gain_of_differences() -> None:
    config = CONFIG.model_copy(update={"change_gain": 2.0})
    for frames, history in ((2, 1), (1, 2)):
        pictures = spaces.Box(0, 255, (frames, 84, 84), "uint8")
        PQN.build_agent(
            config.model_copy(update={"history": history}), pictures, spaces.Discrete(4)
        )
    with pytest.raises(ConfigError, match="change_gain: only with a history of 2 or more, got 2"):
        PQN.build_agent(config, spaces.Box(0, 255, (1, 84, 84), "uint8"), spaces.Discrete(4))


def test_a_rollout_that_memory_cannot_hold_is_refused() -> None:
    trainer = PQN(CONFIG.model_copy(update={"num_steps": 1_000_000_000}))
    # 32 bytes an observation, 19 bytes of numbers and flags, and 4 environments: 204 GB.
    with pytest.raises(ConfigError, match=r"num_steps, num_envs: they need 204.0 GB"):
        trainer.start(0)
