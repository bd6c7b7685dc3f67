"""PPO's parts against numbers worked by hand, and a task it must learn in seconds."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

from baselines.algorithms.ppo import (
    PPOConfig,
    PPOTrainer,
    Transitions,
    build_optimizer,
    build_step,
    make_batch,
    ppo_loss,
    update,
    value_loss,
)
from baselines.evaluation.episodes import play
from baselines.evaluation.policy import Policy
from baselines.networks.actor_critic import Evaluation
from baselines.optim.flat_adam import NonFiniteError, gather, gradient_step
from baselines.runs.config import ConfigError
from baselines.runs.run import Run
from tests.baselines.algorithms.test_rollout import rollout_of
from tests.baselines.conftest import Signs


def test_the_reset_step_never_enters_the_loss() -> None:
    ends = [False, True, False, False], [False] * 4, [False, False, True, False]
    batch = make_batch(rollout_of([1.0, 5.0, 999.0, 7.0], *ends), PPOConfig())
    entering = batch.transitions[batch.rows]
    assert entering.obs[:, 0].tolist() == [0.0, 1.0, 3.0]
    changed = make_batch(rollout_of([1.0, 5.0, -999.0, 7.0], *ends), PPOConfig())
    assert torch.equal(entering.advantages, changed.transitions[changed.rows].advantages)


def test_advantages_normalised_over_the_rollout_leave_returns_and_reset_steps_alone() -> None:
    config = PPOConfig(normalize_advantages="rollout", gamma=0.0)
    ends = [False, True, False, False], [False] * 4, [False, False, True, False]
    batch = make_batch(rollout_of([2.0, 4.0, 999.0, 9.0], *ends), config)
    entering = batch.transitions[batch.rows]
    # Without a future, advantages are reward - value: 2 - 1, 4 - 2, 9 - 4: mean 8/3, std 2.0817.
    expected = (np.array([1.0, 2.0, 5.0]) - 8 / 3) / np.std([1.0, 2.0, 5.0], ddof=1)
    assert entering.advantages.tolist() == pytest.approx(expected.tolist(), abs=1e-5)
    assert entering.returns.tolist() == [2.0, 4.0, 9.0]


def moved_to(ratio: float, advantage: float, **settings: Any) -> tuple[float, dict[str, Any]]:
    """Loss of two transitions, the first of which became ``ratio`` times as probable."""
    config = PPOConfig(clip_coef=0.2, vf_coef=0.0, **settings)
    zeros = torch.zeros(2)
    # Normalised, two advantages of opposite sign become +-1 / sqrt(2).
    weights = torch.tensor([advantage, -advantage])
    old = Transitions(zeros, zeros, zeros, zeros, weights, zeros, zeros)
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
    old = Transitions(*[torch.zeros(3)] * 5, returns=returns, values=old_values)
    values = torch.tensor([0.5, 0.5, 0.1], requires_grad=True)
    loss = value_loss(old, values, value_clip=0.2)
    # Clipped to 0.2: max(0.25, 0.64) = 0.64; max(2.25, 1.44) = 2.25; inside: 0.81.
    assert loss.item() == pytest.approx((0.64 + 2.25 + 0.81) / 3)
    loss.backward()
    # 0 where the clipped error is the worse; 2 (v - R) / 3 elsewhere.
    assert values.grad.tolist() == pytest.approx([0.0, 2 * 1.5 / 3, 2 * -0.9 / 3])
    assert value_loss(old, values, None).item() == pytest.approx((0.25 + 2.25 + 0.81) / 3)


def flat_agent(**settings: Any) -> Any:
    config = PPOConfig(hidden=(4,), **settings)
    return PPOTrainer.build_agent(config, spaces.Box(-1, 1, (1,)), spaces.Discrete(2)), config


def test_actor_and_critic_have_their_learning_rates_and_share_what_is_shared() -> None:
    for shared, sizes in [(False, (8 + 10, 8 + 5)), (True, (8 + 10, 5))]:
        agent, config = flat_agent(
            share_encoder=shared, learning_rate=2e-4, critic_learning_rate=8e-4
        )
        groups = build_optimizer(agent, config).param_groups
        assert [group["lr"] for group in groups] == [2e-4, 8e-4]
        # Hidden layer 1 x 4 + 4, actor's output 4 x 2 + 2, critic's 4 + 1.
        assert tuple(sum(p.numel() for p in group["params"]) for group in groups) == sizes


@pytest.mark.parametrize(
    ("settings", "n_groups"),
    [({}, 1), ({"critic_learning_rate": 8e-4}, 2), ({"critic_max_grad_norm": 1.0}, 2)],
)
def test_the_critic_is_a_group_of_its_own_where_it_differs(settings, n_groups) -> None:
    agent, config = flat_agent(minibatch_size=2, **settings)
    optimizer = build_optimizer(agent, config)
    assert len(optimizer.param_groups) == n_groups
    before = [parameter.detach().clone() for parameter in agent.parameters()]
    batch = make_batch(rollout_of([1.0, 5.0, 3.0, 7.0, 2.0], *[[False] * 5] * 3), config)
    update(build_step(agent, optimizer, config), batch, config, ent_coef=0.01)
    for parameter, old in zip(agent.parameters(), before, strict=True):
        assert not torch.equal(parameter, old)


def test_gradients_are_clipped_together_or_by_group() -> None:
    for limits, expected in [((1.0,), [0.6, 0.8]), ((1.0, 2.0), [1.0, 2.0])]:
        pair = torch.nn.ParameterList([torch.zeros(1), torch.zeros(1)])
        groups = [{"params": [gather([parameter])]} for parameter in pair]
        optimizer = torch.optim.SGD(groups, lr=1.0)
        # Gradients 3 and 4: a norm of 5 together, scaled to 1; or to 1 and 2 apart.
        gradient_step(optimizer, (-3 * pair[0] - 4 * pair[1]).sum(), *limits)
        assert [p.item() for p in pair] == pytest.approx(expected, abs=1e-5)


def test_the_late_phase_begins_above_its_return_and_lasts(tmp_path) -> None:
    settings: dict[str, Any] = {"anneal_learning_rate": False, "late_learning_rate_scale": 0.1}
    config = PPOConfig(num_envs=1, num_steps=8, hidden=(4,), late_return=180.0, **settings)
    trainer = PPOTrainer(config)
    trainer._begin(0)
    rates = []
    for mean_return in (100.0, 181.0, 100.0):
        trainer._set_learning_rate()
        rates.append(trainer.optimizer.param_groups[0]["lr"])
        trainer._collector.returns._finished = [mean_return]
        trainer._iterate()
    trainer._set_learning_rate()
    rates.append(trainer.optimizer.param_groups[0]["lr"])
    assert rates == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4])


def test_a_loss_that_is_not_finite_stops_before_any_weight_moves() -> None:
    agent, _ = flat_agent()
    before = [parameter.clone() for parameter in agent.parameters()]
    optimizer = torch.optim.SGD([gather(agent.parameters())], lr=1.0)
    for bad in (float("nan"), float("inf")):
        loss = agent.value(torch.ones(1, 1)).sum() * bad
        with pytest.raises(NonFiniteError, match="last checkpoint stays"):
            gradient_step(optimizer, loss, 1.0)
    for parameter, old in zip(agent.parameters(), before, strict=True):
        assert torch.equal(parameter, old)


def test_a_compiled_update_moves_weights_as_the_plain_one_does() -> None:
    moved = []
    for compiled in (False, True):
        torch.manual_seed(0)
        agent, config = flat_agent(
            compile_update=compiled, minibatch_size=2, update_epochs=2, learning_rate=1e-2
        )
        batch = make_batch(rollout_of([1.0, 5.0, 3.0, 7.0, 2.0], *[[False] * 5] * 3), config)
        descend = build_step(agent, build_optimizer(agent, config), config)
        logged = update(descend, batch, config, ent_coef=0.01)
        # Minibatches of three and of two transitions: five have no equal halves.
        moved.append([*logged.values(), *(p.flatten()[0].item() for p in agent.parameters())])
    assert moved[1] == pytest.approx(moved[0], abs=1e-5)


def test_without_a_compiler_no_update_is_compiled(monkeypatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    agent, config = flat_agent(compile_update=True)
    with pytest.raises(ConfigError, match="and there is no no-such-compiler"):
        build_step(agent, build_optimizer(agent, config), config)


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
    trainer = PPOTrainer(config)
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
    trainer = PPOTrainer(config)
    trainer.train(run)
    run.close()
    del gym.registry["test/Shades-v0"]
    assert trainer._rollout.obs.dtype == torch.uint8
    assert trainer.progress.evaluations[-1] == 8.0


def test_played_episodes_have_their_seeds_and_raw_returns() -> None:
    class Still(Policy):
        def act(self, obs):
            return np.zeros(len(obs), dtype=int)

    shaped = play(Still(), "lander_envs/ShapedLander-v0", {}, 3, 10)
    plain = play(Still(), "lander_envs/Lander-v0", {}, 3, 10)
    assert shaped == plain
    assert [episode.seed for episode in plain] == [10, 11, 12]
    env = gym.make("LunarLander-v3")
    env.reset(seed=11)
    total, length, terminated = 0.0, 0, False
    while not terminated:
        _, reward, terminated, _, _ = env.step(0)
        total, length = total + float(reward), length + 1
    assert plain[1].episodic_return == pytest.approx(total)
    assert (plain[1].length, plain[1].outcome) == (length, "crashed")
