"""Proximal Policy Optimization: config, rollout, advantages, update, training loop.

Source: Schulman et al., "Proximal policy optimization algorithms", 2017. Advantages: Schulman et
al., "High-dimensional continuous control using generalized advantage estimation", 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from baselines.config import Fraction, NonNegative, Positive, Rate, TrainConfig
from baselines.networks import ActorCritic
from baselines.policies import Policy
from baselines.training import EpisodeReturns, Iteration, Trainer, gradient_step


class PPOConfig(TrainConfig):
    """Settings of a PPO run."""

    algorithm: Literal["ppo"] = "ppo"
    num_steps: Positive = 128
    """Steps of each env in a rollout."""
    gamma: Fraction = 0.99
    """Discount of a step."""
    gae_lambda: Fraction = 0.95
    """Trace decay of the advantage estimate."""
    minibatch_size: Positive = 1024
    """Transitions a gradient step."""
    update_epochs: Positive = 4
    """Passes over each rollout."""
    clip_coef: Rate = 0.2
    """How far the probability ratio may move before its gradient stops."""
    ent_coef: NonNegative = 0.01
    """Weight of the entropy bonus."""
    vf_coef: NonNegative = 0.5
    """Weight of the value loss."""
    max_grad_norm: float = Field(0.5, gt=0)
    """Gradients are scaled down to this norm."""
    target_kl: float | None = Field(None, gt=0)
    """Stop an update's epochs once the approximate KL divergence passes this."""
    reward_scale: float = Field(0.05, gt=0)
    """Rewards are multiplied by this, so that returns of hundreds suit the critic's loss."""
    hidden: tuple[Positive, ...] = (64, 64)
    """Units of the hidden layers, of actor and critic each."""
    activation: Literal["tanh", "relu", "elu"] = "tanh"
    """Between the hidden layers."""


# --- Rollout ---------------------------------------------------------------------------------


@dataclass
class Rollout:
    """``num_steps`` transitions of ``num_envs`` environments, preallocated.

    ``obs`` has one row more: the observations after the last step. With NEXT_STEP autoreset the
    row after an episode's end is its true last observation, and the step from there, which only
    resets, is marked in ``is_reset`` and never enters the loss.
    """

    obs: Tensor  # (num_steps + 1, num_envs, ...)
    raw_actions: Tensor  # (num_steps, num_envs, ...), and so all below
    logprobs: Tensor
    rewards: Tensor
    terminated: Tensor
    truncated: Tensor
    is_reset: Tensor

    @classmethod
    def empty(cls, num_steps: int, envs: VectorEnv[Any, Any, Any], device: str) -> Rollout:
        """Room for a rollout of these environments."""
        shape = (num_steps, envs.num_envs)
        obs_shape = envs.single_observation_space.shape or ()
        obs = torch.zeros((num_steps + 1, envs.num_envs, *obs_shape), device=device)
        discrete = isinstance(envs.single_action_space, gym.spaces.Discrete)
        raw_actions = torch.zeros(
            (*shape, *(envs.single_action_space.shape or ())),
            dtype=torch.int64 if discrete else torch.float32,
            device=device,
        )
        numbers = [torch.zeros(shape, device=device) for _ in range(2)]
        flags = [torch.zeros(shape, dtype=torch.bool, device=device) for _ in range(3)]
        return cls(obs, raw_actions, *numbers, *flags)


@dataclass
class Collector:
    """Steps the environments and keeps what must survive from one rollout to the next."""

    envs: VectorEnv[Any, Any, Any]
    obs: NDArray[Any]
    resetting: NDArray[np.bool_]
    returns: EpisodeReturns

    @classmethod
    def start(cls, envs: VectorEnv[Any, Any, Any], seed: int) -> Collector:
        """Reset all environments."""
        obs, _ = envs.reset(seed=seed)
        return cls(envs, obs, np.zeros(envs.num_envs, dtype=bool), EpisodeReturns(envs.num_envs))

    @torch.no_grad()
    def collect(self, agent: ActorCritic, rollout: Rollout, reward_scale: float) -> None:
        """Fill ``rollout`` with what ``agent`` does."""
        for t in range(len(rollout.rewards)):
            rollout.obs[t] = torch.as_tensor(self.obs)
            choice = agent.actor.sample(rollout.obs[t])
            rollout.raw_actions[t] = choice.raw
            rollout.logprobs[t] = choice.logprob
            rollout.is_reset[t] = torch.as_tensor(self.resetting)
            self.obs, rewards, terminated, truncated, infos = self.envs.step(
                choice.action.cpu().numpy()
            )
            rollout.rewards[t] = torch.as_tensor(rewards) * reward_scale
            rollout.terminated[t] = torch.as_tensor(terminated)
            rollout.truncated[t] = torch.as_tensor(truncated)
            self.resetting = terminated | truncated
            self.returns.add(infos.get("raw_reward", rewards), self.resetting)
        rollout.obs[-1] = torch.as_tensor(self.obs)


# --- Advantages ------------------------------------------------------------------------------


def advantages(rollout: Rollout, values: Tensor, gamma: float, gae_lambda: float) -> Tensor:
    """Generalized advantage estimates, (num_steps, num_envs).

    Args:
        rollout: the transitions.
        values: the critic's estimates for ``rollout.obs``, (num_steps + 1, num_envs).
        gamma: discount.
        gae_lambda: trace decay.

    A terminated step bootstraps from 0, a truncated one from the value of its last observation;
    no trace crosses the end of an episode.
    """
    going_on = (~rollout.terminated).float()
    same_episode = (~(rollout.terminated | rollout.truncated)).float()
    estimates = torch.zeros_like(rollout.rewards)
    following = torch.zeros_like(rollout.rewards[0])
    for t in reversed(range(len(rollout.rewards))):
        delta = rollout.rewards[t] + gamma * values[t + 1] * going_on[t] - values[t]
        following = delta + gamma * gae_lambda * same_episode[t] * following
        estimates[t] = following
    return estimates


# --- Update ----------------------------------------------------------------------------------


@dataclass
class Batch:
    """The transitions that enter the loss, flat."""

    obs: Tensor
    raw_actions: Tensor
    logprobs: Tensor
    advantages: Tensor
    returns: Tensor
    values: Tensor

    def __getitem__(self, index: Tensor) -> Batch:
        """Select some transitions."""
        return Batch(*(tensor[index] for tensor in vars(self).values()))


@torch.no_grad()
def make_batch(agent: ActorCritic, rollout: Rollout, config: PPOConfig) -> Batch:
    """Estimate advantages, leave the reset steps out and flatten."""
    values = agent.value(rollout.obs)
    estimates = advantages(rollout, values, config.gamma, config.gae_lambda)
    entering = ~rollout.is_reset
    return Batch(
        obs=rollout.obs[:-1][entering],
        raw_actions=rollout.raw_actions[entering],
        logprobs=rollout.logprobs[entering],
        advantages=estimates[entering],
        returns=(estimates + values[:-1])[entering],
        values=values[:-1][entering],
    )


def ppo_loss(
    agent: ActorCritic, batch: Batch, config: PPOConfig
) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a minibatch, and what to log of it."""
    logprobs, entropies = agent.actor.evaluate(batch.obs, batch.raw_actions)
    log_ratio = logprobs - batch.logprobs
    ratio = log_ratio.exp()
    normalized = (batch.advantages - batch.advantages.mean()) / (batch.advantages.std() + 1e-8)
    clipped = ratio.clamp(1 - config.clip_coef, 1 + config.clip_coef)
    policy_loss = -torch.min(ratio * normalized, clipped * normalized).mean()
    value_loss = (agent.value(batch.obs) - batch.returns).square().mean()
    entropy = entropies.mean()
    loss = policy_loss + config.vf_coef * value_loss - config.ent_coef * entropy
    logged = {
        "policy_loss": policy_loss,
        "value_loss": value_loss,
        "entropy": entropy,
        # The estimator k3 of Schulman, "Approximating KL divergence", 2020.
        "approx_kl": ((ratio - 1) - log_ratio).mean(),
        "clip_fraction": ((ratio - 1).abs() > config.clip_coef).float().mean(),
    }
    return loss, {key: value.detach() for key, value in logged.items()}


def update(
    agent: ActorCritic, optimizer: torch.optim.Optimizer, batch: Batch, config: PPOConfig
) -> dict[str, float]:
    """Several epochs of clipped gradient steps; returns the means of what was logged."""
    history: list[dict[str, Tensor]] = []
    minibatches = max(1, len(batch.obs) // config.minibatch_size)
    for _ in range(config.update_epochs):
        order = torch.randperm(len(batch.obs), device=batch.obs.device)
        for index in order.tensor_split(minibatches):
            loss, logged = ppo_loss(agent, batch[index], config)
            gradient_step(agent, optimizer, loss, config.max_grad_norm)
            history.append(logged)
        recent = torch.stack([logged["approx_kl"] for logged in history[-minibatches:]])
        if config.target_kl is not None and recent.mean() > config.target_kl:
            break
    means = {key: float(torch.stack([h[key] for h in history]).mean()) for key in history[0]}
    unexplained = (batch.returns - batch.values).var() / batch.returns.var()
    return {**means, "explained_variance": float(1 - unexplained)}


# --- Training --------------------------------------------------------------------------------


class GreedyPolicy(Policy):
    """A trained agent as evaluate and record use it: greedy, or sampling if asked to."""

    def __init__(self, agent: ActorCritic, device: str, sampled: bool = False) -> None:
        self._agent = agent
        self._device = device
        self._sampled = sampled

    @torch.no_grad()
    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n, ...) for observations (n, ...)."""
        seen = torch.as_tensor(obs, device=self._device)
        actor = self._agent.actor
        action = actor.sample(seen).action if self._sampled else actor.greedy(seen)
        chosen: NDArray[Any] = action.cpu().numpy()
        return chosen


class PPOTrainer(Trainer["PPOConfig", ActorCritic]):
    """One run of PPO."""

    config_type = PPOConfig

    @staticmethod
    def build_agent(
        config: PPOConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> ActorCritic:
        """Actor and critic, freshly initialised."""
        agent = ActorCritic(observation_space, action_space, config.hidden, config.activation)
        return agent.to(config.device)

    @staticmethod
    def make_policy(agent: ActorCritic, config: PPOConfig, sampled: bool = False) -> GreedyPolicy:
        """The most probable action, or a sampled one."""
        return GreedyPolicy(agent, config.device, sampled)

    def _make_optimizer(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.agent.parameters(), lr=self.config.learning_rate, eps=1e-5)

    def _begin(self, seed: int) -> None:
        config = self.config
        self._rollout = Rollout.empty(config.num_steps, self.envs, config.device)
        self._collector = Collector.start(self.envs, seed)

    def _iterate(self) -> Iteration:
        """Collect a rollout and learn from it."""
        config = self.config
        self._collector.collect(self.agent, self._rollout, config.reward_scale)
        batch = make_batch(self.agent, self._rollout, config)
        metrics = update(self.agent, self.optimizer, batch, config)
        returns = self._collector.returns.take_finished()
        self.progress.steps += config.num_envs * config.num_steps
        self.progress.updates += 1
        self.progress.episodes += len(returns)
        return Iteration(metrics, returns)
