"""PPO's parts against numbers worked by hand, and a task it must learn in seconds."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

from baselines.algorithms import ppo
from baselines.algorithms.ppo import (
    PPO,
    PPOConfig,
    compute_advantages,
    flatten,
    ppo_loss,
    squared_error,
)
from baselines.algorithms.rollout import Rollout, TransitionBatch, Transitions
from baselines.networks.actor_critic import Evaluation
from baselines.optim.compiled import NoCompilerError
from baselines.runs.run import Run
from tests.baselines.algorithms.test_rollout import rollout_of
from tests.baselines.conftest import Signs


def batch_of(rollout: Rollout, config: PPOConfig) -> TransitionBatch:
    return TransitionBatch(flatten(rollout, config), rollout.valid_indices)


def test_the_reset_step_never_enters_the_loss() -> None:
    ends = [False, True, False, False], [False] * 4, [False, False, True, False]
    every = torch.arange(3)
    valid, _ = batch_of(rollout_of([1.0, 5.0, 999.0, 7.0], *ends), PPOConfig()).minibatch(every)
    assert valid.obs[:, 0].tolist() == [0.0, 1.0, 3.0]
    other, _ = batch_of(rollout_of([1.0, 5.0, -999.0, 7.0], *ends), PPOConfig()).minibatch(every)
    assert torch.equal(valid.advantages, other.advantages)


def test_advantages_normalised_over_the_rollout_leave_returns_and_reset_steps_alone() -> None:
    config = PPOConfig(normalize_advantages="rollout", gamma=0.0)
    ends = [False, True, False, False], [False] * 4, [False, False, True, False]
    rollout = rollout_of([2.0, 4.0, 999.0, 9.0], *ends)
    valid = flatten(rollout, config)[rollout.valid_indices]
    # Without a future, advantages are reward - value: 2 - 1, 4 - 2, 9 - 4: mean 8/3, std 2.0817.
    expected = (np.array([1.0, 2.0, 5.0]) - 8 / 3) / np.std([1.0, 2.0, 5.0], ddof=1)
    assert valid.advantages.tolist() == pytest.approx(expected.tolist(), abs=1e-5)
    assert valid.returns.tolist() == [2.0, 4.0, 9.0]


def moved_to(ratio: float, advantage: float, **settings: Any) -> tuple[float, dict[str, Any]]:
    """Loss of two transitions, the first of which became ``ratio`` times as probable."""
    config = PPOConfig(clip_coef=0.2, vf_coef=0.0, **settings)
    zeros = torch.zeros(2)
    # Normalised, two advantages of opposite sign become +-1 / sqrt(2).
    weights = torch.tensor([advantage, -advantage])
    old = Transitions(zeros, zeros, zeros, weights, zeros, zeros)
    new = Evaluation(torch.log(torch.tensor([ratio, 1.0])), torch.ones(2), zeros)
    loss, logged = ppo_loss(old, new, config, ent_coef=0.0)
    return loss.item(), logged


def test_the_objective_is_clipped_where_the_ratio_has_moved_too_far() -> None:
    loss, logged = moved_to(ratio=2.0, advantage=1.0)
    # min(2 a, 1.2 a) for a = 0.7071 and -0.7071 for the other: -(1.2 - 1) * 0.7071 / 2.
    assert loss == pytest.approx(-0.2 * 0.70710678 / 2, abs=1e-6)
    assert logged["clip_fraction"].item() == 0.5
    # Mean of (r - 1) - log r over r = 2 and r = 1.
    assert logged["approx_kl"].item() == pytest.approx((1 - np.log(2)) / 2, abs=1e-6)


def test_a_bad_action_that_became_likelier_is_not_clipped() -> None:
    # min(-2 a, -1.2 a) = -2 a: -(-2 + 1) * 0.7071 / 2.
    assert moved_to(ratio=2.0, advantage=-1.0)[0] == pytest.approx(0.70710678 / 2, abs=1e-6)


def test_advantages_of_a_normalised_rollout_are_not_normalised_again() -> None:
    loss, _ = moved_to(ratio=2.0, advantage=10.0, normalize_advantages="rollout")
    assert loss == pytest.approx(-(1.2 * 10 - 10) / 2, abs=1e-5)


def test_a_clipped_value_loses_its_gradient_only_where_it_overshoots() -> None:
    old_values, returns = torch.zeros(3), torch.tensor([1.0, -1.0, 1.0])
    old = Transitions(*[torch.zeros(3)] * 4, returns=returns, values=old_values)
    values = torch.tensor([0.5, 0.5, 0.1], requires_grad=True)
    loss = squared_error(old, values, value_clip=0.2)
    # Clipped to 0.2: max(0.25, 0.64) = 0.64; max(2.25, 1.44) = 2.25; inside: 0.81.
    assert loss.item() == pytest.approx((0.64 + 2.25 + 0.81) / 3)
    loss.backward()
    # 0 where the clipped error is the worse; 2 (v - R) / 3 elsewhere.
    assert values.grad.tolist() == pytest.approx([0.0, 2 * 1.5 / 3, 2 * -0.9 / 3])
    assert squared_error(old, values, None).item() == pytest.approx((0.25 + 2.25 + 0.81) / 3)


def trainer_of(env_id: str, **settings: Any) -> PPO:
    return PPO(PPOConfig(env_id=env_id, num_envs=1, hidden=(4,), **settings))


def test_actor_and_critic_have_their_learning_rates_and_share_what_is_shared(signs) -> None:
    for shared, sizes in [(False, (8 + 10, 8 + 5)), (True, (8 + 10, 5))]:
        rates = {"learning_rate": 2e-4, "critic_learning_rate": 8e-4}
        groups = trainer_of(signs, share_encoder=shared, **rates).optimizer.param_groups
        assert [group["lr"] for group in groups] == [2e-4, 8e-4]
        # Hidden layer 1 x 4 + 4, actor's output 4 x 2 + 2, critic's 4 + 1.
        assert tuple(sum(p.numel() for p in group["params"]) for group in groups) == sizes


@pytest.mark.parametrize(
    ("settings", "n_groups"),
    [({}, 1), ({"critic_learning_rate": 8e-4}, 2), ({"critic_max_grad_norm": 1.0}, 2)],
)
def test_the_critic_is_a_group_of_its_own_where_it_differs(signs, settings, n_groups) -> None:
    trainer = trainer_of(signs, minibatch_size=2, num_steps=5, **settings)
    assert len(trainer.optimizer.param_groups) == n_groups
    before = [parameter.detach().clone() for parameter in trainer.agent.parameters()]
    trainer.start(0)
    trainer.update(rollout_of([1.0, 5.0, 3.0, 7.0, 2.0], *[[False] * 5] * 3))
    for parameter, old in zip(trainer.agent.parameters(), before, strict=True):
        assert not torch.equal(parameter, old)


def test_the_late_phase_begins_above_its_return_and_lasts(signs) -> None:
    settings: dict[str, Any] = {"anneal_learning_rate": False, "late_learning_rate_scale": 0.1}
    trainer = trainer_of(signs, num_steps=7, late_return=180.0, **settings)
    trainer.start(0)
    rates = []
    for episodic_return in (100.0, 181.0, 100.0):
        trainer.set_learning_rate()
        rates.append(trainer.optimizer.param_groups[0]["lr"])
        # An episode that ends here; the rollout of 7 steps ends none of the env's own.
        trainer.start(0)
        trainer.episode_returns.add(np.array([episodic_return]), np.array([True]))
        trainer.iterate()
    trainer.set_learning_rate()
    rates.append(trainer.optimizer.param_groups[0]["lr"])
    assert rates == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4])


def test_a_compiled_update_moves_weights_as_the_plain_one_does(signs) -> None:
    moved = []
    for compiled in (False, True):
        trainer = trainer_of(
            signs, compile_update=compiled, minibatch_size=2, update_epochs=2, learning_rate=1e-2
        )
        trainer.start(0)
        # Minibatches of three and of two transitions: five have no equal halves.
        metrics = trainer.update(rollout_of([1.0, 5.0, 3.0, 7.0, 2.0], *[[False] * 5] * 3))
        weights = [p.flatten()[0].item() for p in trainer.agent.parameters()]
        moved.append([*metrics.values(), *weights])
    assert moved[1] == pytest.approx(moved[0], abs=1e-5)


def test_without_a_compiler_no_update_is_compiled(signs, monkeypatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(NoCompilerError, match="and there is no no-such-compiler"):
        trainer_of(signs, compile_update=True)


def test_advantages_discount_later_errors_by_gamma_lambda() -> None:
    rollout = rollout_of([1.0, 1.0, 1.0], [False] * 3, [False] * 3)
    # With gamma 0.5: deltas 1 + 1 - 1 = 1, 1 + 1.5 - 2 = 0.5, 1 + 2 - 3 = 0; gamma lambda 0.25.
    result = compute_advantages(rollout, gamma=0.5, gae_lambda=0.5)
    assert result[:, 0].tolist() == [1.0 + 0.25 * 0.5, 0.5, 0.0]


def test_a_terminated_step_bootstraps_from_zero() -> None:
    rollout = rollout_of([1.0, 1.0, 1.0], [False, True, False], [False] * 3)
    result = compute_advantages(rollout, gamma=0.5, gae_lambda=0.5)
    # Step 1: 1 + 0 - 2 = -1, with no trace from step 2; step 0: 1 + 0.25 * -1.
    assert result[:, 0].tolist() == [0.75, -1.0, 0.0]


def test_a_truncated_step_bootstraps_from_its_last_observations_value() -> None:
    rollout = rollout_of([1.0, 1.0, 1.0], [False] * 3, [False, True, False])
    result = compute_advantages(rollout, gamma=0.5, gae_lambda=0.5)
    # Step 1: 1 + 0.5 * 3 - 2 = 0.5, and still no trace from step 2.
    assert result[:, 0].tolist() == [1.0 + 0.25 * 0.5, 0.5, 0.0]


class Steps(gym.Env):
    """Two-step episodes that reward the step's number; the observation is that number."""

    observation_space = spaces.Box(0, 2, (1,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.number = 0
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.number += 1
        return np.full(1, self.number, np.float32), float(self.number), self.number == 2, False, {}


@pytest.fixture
def steps():
    gym.register("test/Steps-v0", Steps)
    yield "test/Steps-v0"
    del gym.registry["test/Steps-v0"]


def test_collect_marks_the_steps_that_only_reset(steps) -> None:
    trainer = PPO(PPOConfig(env_id=steps, num_envs=2, num_steps=6, reward_scale=0.5))
    trainer.start(0)
    rollout = trainer.collect()
    # Two-step episodes: step, step (terminated), reset, step, step (terminated), reset.
    assert rollout.is_reset[:, 0].tolist() == [False, False, True, False, False, True]
    assert rollout.terminated[:, 0].tolist() == [False, True, False, False, True, False]
    assert rollout.obs[:, 0, 0].tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert rollout.rewards[:, 0].tolist() == [0.5, 1.0, 0.0, 0.5, 1.0, 0.0]
    assert trainer.episode_start.tolist() == [True, True]
    assert trainer.episode_returns.take_finished() == [3.0] * 4


@pytest.mark.parametrize("share_encoder", [False, True])
def test_collect_values_every_observation_as_the_critic_does(
    monkeypatch, steps, share_encoder
) -> None:
    # Three rows of two environments at once: the seven rows make two full parts and a rest.
    monkeypatch.setattr(ppo, "_VALUED_AT_ONCE", 6)
    config = PPOConfig(env_id=steps, num_envs=2, num_steps=6, share_encoder=share_encoder)
    trainer = PPO(config)
    trainer.start(0)
    rollout = trainer.collect()
    values = trainer.agent.value(rollout.obs, trainer.hidden_state)
    assert torch.allclose(rollout.values, values, atol=1e-6)
    assert len(set(rollout.values[:3, 0].tolist())) == 3


def test_the_reward_is_floored_before_it_is_scaled_and_logged_raw(steps) -> None:
    floored = {"reward_scale": 0.5, "reward_floor": 1.5}
    trainer = PPO(PPOConfig(env_id=steps, num_envs=1, num_steps=2, **floored))
    trainer.start(0)
    assert trainer.collect().rewards[:, 0].tolist() == [0.75, 1.0]  # of 1 and 2
    assert trainer.episode_returns.take_finished() == [3.0]


@pytest.mark.parametrize(("continuous", "wanted"), [(False, 7.8), (True, 6.5)])
def test_ppo_learns_to_tell_signs_in_seconds(signs, tmp_path, continuous, wanted) -> None:
    config = PPOConfig(
        env_id=signs,
        env_kwargs={"continuous": continuous},
        total_steps=20_480,
        num_envs=8,
        num_steps=64,
        minibatch_size=128,
        learning_rate=5e-3,
        gamma=0.0,
        reward_scale=1.0,
        hidden=(16,),
        ent_coef=0.0,
        eval_interval=20_480,
        eval_episodes=20,
    )
    run = Run(tmp_path, config, 0, 0.0)
    trainer = PPO(config)
    trainer.train(run)
    run.close()
    assert trainer.progress.evaluations[-1] > wanted


class Shades(Signs):
    """The same with a picture: is its left half the bright one?"""

    def __init__(self) -> None:
        super().__init__()
        self.observation_space = spaces.Box(0, 255, (1, 36, 36), np.uint8)

    def _draw(self):
        super()._draw()
        picture = np.zeros((1, 36, 36), np.uint8)
        picture[:, :, slice(0, 18) if self.number > 0 else slice(18, 36)] = 200
        return picture


@pytest.mark.parametrize(("shared", "mixed"), [(False, False), (True, True)])
def test_ppo_learns_in_seconds_to_tell_pictures(tmp_path, shared, mixed) -> None:
    gym.register("test/Shades-v0", Shades)
    config = PPOConfig(
        env_id="test/Shades-v0",
        total_steps=2048,
        num_envs=8,
        num_steps=32,
        minibatch_size=64,
        gamma=0.0,
        reward_scale=1.0,
        hidden=(16,),
        share_encoder=shared,
        mixed_precision=mixed,
        eval_interval=2048,
    )
    run = Run(tmp_path, config, 0, 0.0)
    trainer = PPO(config)
    trainer.train(run)
    run.close()
    del gym.registry["test/Shades-v0"]
    assert trainer.rollout.obs.dtype == torch.uint8
    assert trainer.progress.evaluations[-1] == 8.0
