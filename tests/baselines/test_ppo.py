"""PPO's parts against numbers worked by hand, and a task it must learn in seconds."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

from baselines.episodes import play
from baselines.policies import Policy
from baselines.ppo import (
    Batch,
    Collector,
    PPOConfig,
    PPOTrainer,
    Rollout,
    advantages,
    make_batch,
    ppo_loss,
)
from baselines.tracking import Run
from baselines.training import NonFiniteError, gradient_step


def rollout_of(rewards, terminated, truncated, is_reset=None) -> Rollout:
    steps = len(rewards)
    flags = [torch.tensor(f, dtype=torch.bool)[:, None] for f in (terminated, truncated)]
    return Rollout(
        obs=torch.arange(steps + 1.0)[:, None, None],
        raw_actions=torch.zeros(steps, 1, dtype=torch.int64),
        logprobs=torch.zeros(steps, 1),
        rewards=torch.tensor(rewards, dtype=torch.float32)[:, None],
        terminated=flags[0],
        truncated=flags[1],
        is_reset=torch.tensor(is_reset or [False] * steps)[:, None],
    )


VALUES = torch.tensor([[1.0], [2.0], [3.0], [4.0]])


def test_advantages_discount_later_errors_by_gamma_lambda() -> None:
    rollout = rollout_of([1.0, 1.0, 1.0], [False] * 3, [False] * 3)
    # With gamma 0.5: deltas 1 + 1 - 1 = 1, 1 + 1.5 - 2 = 0.5, 1 + 2 - 3 = 0; gamma lambda 0.25.
    result = advantages(rollout, VALUES, gamma=0.5, gae_lambda=0.5)
    assert result[:, 0].tolist() == [1.0 + 0.25 * 0.5, 0.5, 0.0]


def test_a_terminated_step_bootstraps_from_zero() -> None:
    rollout = rollout_of([1.0, 1.0, 1.0], [False, True, False], [False] * 3)
    result = advantages(rollout, VALUES, gamma=0.5, gae_lambda=0.5)
    # Step 1: 1 + 0 - 2 = -1, with no trace from step 2; step 0: 1 + 0.25 * -1.
    assert result[:, 0].tolist() == [0.75, -1.0, 0.0]


def test_a_truncated_step_bootstraps_from_its_last_observations_value() -> None:
    rollout = rollout_of([1.0, 1.0, 1.0], [False] * 3, [False, True, False])
    result = advantages(rollout, VALUES, gamma=0.5, gae_lambda=0.5)
    # Step 1: 1 + 0.5 * 3 - 2 = 0.5, and still no trace from step 2.
    assert result[:, 0].tolist() == [1.0 + 0.25 * 0.5, 0.5, 0.0]


def test_the_reset_step_never_enters_the_loss() -> None:
    config = PPOConfig(hidden=(4,))
    agent = PPOTrainer.build_agent(config, spaces.Box(-9, 9, (1,)), spaces.Discrete(2))
    rollout = rollout_of(
        [1.0, 5.0, 999.0, 7.0],
        [False, True, False, False],
        [False] * 4,
        [False, False, True, False],
    )
    rollout.obs = torch.arange(5.0)[:, None, None]
    batch = make_batch(agent, rollout, config)
    assert batch.obs[:, 0].tolist() == [0.0, 1.0, 3.0]
    changed = rollout_of(
        [1.0, 5.0, -999.0, 7.0],
        [False, True, False, False],
        [False] * 4,
        [False, False, True, False],
    )
    assert torch.equal(batch.advantages, make_batch(agent, changed, config).advantages)


def test_the_collector_marks_the_steps_that_only_reset() -> None:
    envs = gym.vector.SyncVectorEnv([Steps, Steps])
    config = PPOConfig(hidden=(4,))
    agent = PPOTrainer.build_agent(config, envs.single_observation_space, envs.single_action_space)
    rollout = Rollout.empty(6, envs, "cpu")
    collector = Collector.start(envs, seed=0)
    collector.collect(agent, rollout, reward_scale=0.5)
    # Two-step episodes: step, step (terminated), reset, step, step (terminated), reset.
    assert rollout.is_reset[:, 0].tolist() == [False, False, True, False, False, True]
    assert rollout.terminated[:, 0].tolist() == [False, True, False, False, True, False]
    assert rollout.obs[:, 0, 0].tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert rollout.rewards[:, 0].tolist() == [0.5, 1.0, 0.0, 0.5, 1.0, 0.0]
    assert collector.returns.take_finished() == [3.0] * 4
    assert collector.returns.take_finished() == []


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


def one_action_batch(ratio: float, advantage: float) -> tuple[Any, Batch, PPOConfig]:
    """Two transitions of one state whose present probability is ``ratio`` times the old one."""
    config = PPOConfig(hidden=(4,), clip_coef=0.2, vf_coef=0.0, ent_coef=0.0)
    agent = PPOTrainer.build_agent(config, spaces.Box(-1, 1, (1,)), spaces.Discrete(2))
    obs, actions = torch.zeros(2, 1), torch.tensor([0, 1])
    logprobs, _ = agent.actor.evaluate(obs, actions)
    old = (logprobs - torch.log(torch.tensor([ratio, 1.0]))).detach()
    # Normalised, two advantages of opposite sign become +-1 / sqrt(2).
    batch = Batch(obs, actions, old, torch.tensor([advantage, -advantage]), *torch.zeros(2, 2))
    return agent, batch, config


def test_the_objective_is_clipped_where_the_ratio_has_moved_too_far() -> None:
    agent, batch, config = one_action_batch(ratio=2.0, advantage=1.0)
    loss, logged = ppo_loss(agent, batch, config)
    # min(2 a, 1.2 a) for a = 0.7071 and -0.7071 for the other: -(1.2 - 1) * 0.7071 / 2.
    assert loss.item() == pytest.approx(-0.2 * 0.70710678 / 2, abs=1e-6)
    assert logged["clip_fraction"].item() == 0.5
    # Mean of (r - 1) - log r over r = 2 and r = 1.
    assert logged["approx_kl"].item() == pytest.approx((1 - np.log(2)) / 2, abs=1e-6)


def test_a_bad_action_that_became_likelier_is_not_clipped() -> None:
    agent, batch, config = one_action_batch(ratio=2.0, advantage=-1.0)
    loss, _ = ppo_loss(agent, batch, config)
    # min(-2 a, -1.2 a) = -2 a: -(-2 + 1) * 0.7071 / 2.
    assert loss.item() == pytest.approx(0.70710678 / 2, abs=1e-6)


def test_a_loss_that_is_not_finite_stops_before_any_weight_moves() -> None:
    agent, _, _ = one_action_batch(1.0, 1.0)
    before = [parameter.clone() for parameter in agent.parameters()]
    optimizer = torch.optim.SGD(agent.parameters(), lr=1.0)
    for bad in (float("nan"), float("inf")):
        loss = agent.value(torch.ones(1, 1)).sum() * bad
        with pytest.raises(NonFiniteError, match="last checkpoint stays"):
            gradient_step(agent, optimizer, loss, max_grad_norm=1.0)
    for parameter, old in zip(agent.parameters(), before, strict=True):
        assert torch.equal(parameter, old)


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
