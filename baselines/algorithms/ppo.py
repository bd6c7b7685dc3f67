"""Proximal Policy Optimization: config, collect, advantages, loss, update.

Sources: Schulman et al., "Proximal policy optimization algorithms", 2017; advantages: Schulman et
al., "High-dimensional continuous control using generalized advantage estimation", 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import gymnasium as gym
import numpy as np
import torch
from pydantic import Field, model_validator
from torch import Tensor

from baselines.algorithms.fused_ppo import FusedPPO, LossSettings
from baselines.algorithms.health import HealthMonitor
from baselines.algorithms.rollout import (
    Batch,
    Rollout,
    TransitionBatch,
    Transitions,
    shuffled_minibatches,
)
from baselines.networks.actor_critic import ActorCritic, ActorCriticPolicy, Evaluation
from baselines.networks.build import NetworkConfig, build_actor_critic
from baselines.networks.cnn import load_encoder
from baselines.optim.compiled import CompiledStep, Metrics
from baselines.optim.flat_adam import FlatAdam
from baselines.runs.config import ConfigError, Fraction, NonNegative, Positive, Rate, TrainConfig
from baselines.runs.episode_returns import EpisodeReturns
from baselines.runs.trainer import Iteration, Progress, Trainer
from lander_envs.scoring.policy import Policy

_ADAM_EPSILON = 1e-5  # as in OpenAI's baselines, and since then in most of PPO
_VALUED_AT_ONCE = 4096  # observations: enough to hide the cost of a call, a few MB of activations


class PPOConfig(NetworkConfig):
    """Settings of a PPO run."""

    algorithm: Literal["ppo"] = "ppo"
    num_steps: Positive = 128
    """Steps of each environment in a rollout."""
    critic_learning_rate: Rate | None = None
    """Learning rate of the critic's parameters, if it is another."""
    gamma: Fraction = 0.99
    """Discount of a step."""
    gae_lambda: Fraction = 0.95
    """Trace decay of the advantage estimate."""
    minibatch_size: Positive = 1024
    """Transitions a gradient step."""
    update_epochs: Positive = 4
    """Passes over each rollout."""
    clip_coef: Rate = 0.2
    """Clipping of the probability ratio."""
    value_clip: float | None = Field(None, gt=0)
    """Clipping of the value's distance from the rollout's, if any."""
    normalize_advantages: Literal["minibatch", "rollout"] = "minibatch"
    """Scope over which advantages get mean 0 and standard deviation 1."""
    ent_coef: NonNegative = 0.01
    """Weight of the entropy bonus."""
    vf_coef: NonNegative = 0.5
    """Weight of the value loss."""
    max_grad_norm: float = Field(0.5, gt=0)
    """Maximum gradient norm (gradient clipping)."""
    critic_max_grad_norm: float | None = Field(None, gt=0)
    """Maximum norm of the critic's gradient alone; without it, one norm for all."""
    target_kl: float | None = Field(None, gt=0)
    """Stop an update's epochs once the approximate KL divergence passes this."""
    late_return: float | None = None
    """The late phase begins once a rollout's mean raw return passes this, and lasts."""
    late_ent_coef: NonNegative = 0.0
    """Weight of the entropy bonus in the late phase."""
    late_learning_rate_scale: float = Field(1.0, gt=0, le=1)
    """Factor of the learning rates in the late phase."""
    reward_scale: float = Field(0.05, gt=0)
    """Factor of rewards, so that returns of hundreds suit the critic's loss."""
    reward_floor: float | None = None
    """Minimum of rewards, before scaling; without it they stay as they are."""
    compile_update: bool = False
    """Compile gradient steps first, in 10 to 40 s: for long runs with small minibatches."""
    fused: bool = False
    """Use C++, compiled in seconds first, on a CPU: MLPs with discrete actions act and learn in it,
    and a GRU's sequences pass through it in gradient steps."""

    def without_effect(self) -> dict[str, str]:
        """Settings that do nothing beside the others, with the reason."""
        late = ("late_ent_coef", "late_learning_rate_scale") if self.late_return is None else ()
        return super().without_effect() | dict.fromkeys(late, "only with late_return")

    @model_validator(mode="after")
    def _must_normalise_over_several(self) -> PPOConfig:
        if self.normalize_advantages == "minibatch" and self.minibatch_size == 1:
            raise ConfigError(
                "minibatch_size: must be at least 2 where advantages are normalised over a "
                "minibatch, got 1"
            )
        if self.num_envs * self.num_steps == 1:
            raise ConfigError("num_steps: must be at least 2 with num_envs: 1, got 1")
        return self

    @property
    def max_grad_norms(self) -> tuple[float, ...]:
        """Gradient clipping of all parameters, or of actor and critic each."""
        own = self.critic_max_grad_norm
        return (self.max_grad_norm,) if own is None else (self.max_grad_norm, own)


@dataclass
class PPOProgress(Progress):
    """State of a PPO run."""

    is_late: bool = False  # the late phase has begun


def compute_advantages(rollout: Rollout, gamma: float, gae_lambda: float) -> Tensor:
    """Generalized advantage estimates, (num_steps, num_envs).

    A terminated step bootstraps from 0, a truncated one from the value of its last observation;
    no trace crosses the end of an episode.
    """
    not_terminated = (~rollout.terminated).float()
    same_episode = (~(rollout.terminated | rollout.truncated)).float()
    values, advantages = rollout.values, torch.zeros_like(rollout.rewards)
    following = torch.zeros_like(rollout.rewards[0])
    for t in reversed(range(len(rollout.rewards))):
        delta = rollout.rewards[t] + gamma * values[t + 1] * not_terminated[t] - values[t]
        following = delta + gamma * gae_lambda * same_episode[t] * following
        advantages[t] = following
    return advantages


def flatten(rollout: Rollout, config: PPOConfig) -> Transitions:
    """Flat transitions with advantages and returns; resets are among them."""
    advantages = compute_advantages(rollout, config.gamma, config.gae_lambda)
    returns = advantages + rollout.values[:-1]
    if config.normalize_advantages == "rollout":
        valid = advantages[~rollout.is_reset]
        advantages = (advantages - valid.mean()) / (valid.std() + 1e-8)
    return Transitions(
        obs=rollout.obs[:-1].flatten(0, 1),
        raw_actions=rollout.raw_actions.flatten(0, 1),
        log_probs=rollout.log_probs.flatten(),
        advantages=advantages.flatten(),
        returns=returns.flatten(),
        values=rollout.values[:-1].flatten(),
    )


def ppo_loss(
    old: Transitions, new: Evaluation, config: PPOConfig, ent_coef: float | Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """Clipped objective, value loss and entropy bonus of a minibatch, and metrics to log."""
    log_ratio = new.log_prob - old.log_probs
    ratio = log_ratio.exp()
    advantages = old.advantages
    if config.normalize_advantages == "minibatch":
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    clipped = ratio.clamp(1 - config.clip_coef, 1 + config.clip_coef)
    policy_loss = -torch.min(ratio * advantages, clipped * advantages).mean()
    value_loss = squared_error(old, new.value, config.value_clip)
    entropy = new.entropy.mean()
    loss = policy_loss + config.vf_coef * value_loss - ent_coef * entropy
    with torch.no_grad():
        metrics = {
            "policy_loss": policy_loss.detach(),
            "value_loss": value_loss.detach(),
            "entropy": entropy.detach(),
            # The estimator k3 of Schulman, "Approximating KL divergence", 2020.
            "approx_kl": ((ratio - 1) - log_ratio).mean(),
            "clip_fraction": ((ratio - 1).abs() > config.clip_coef).float().mean(),
        }
    return loss, metrics


def squared_error(old: Transitions, values: Tensor, value_clip: float | None) -> Tensor:
    """Mean squared error of ``values``; with a clip, of the worse of clipped and unclipped."""
    errors = (values - old.returns).square()
    if value_clip is not None:
        near = old.values + (values - old.values).clamp(-value_clip, value_clip)
        errors = torch.max(errors, (near - old.returns).square())
    return errors.mean()


class PPO(Trainer[PPOConfig, ActorCritic]):
    """One run of PPO."""

    config_type: ClassVar[type[TrainConfig]] = PPOConfig
    progress: PPOProgress

    def __init__(self, config: PPOConfig) -> None:
        super().__init__(config)
        self.progress = PPOProgress()
        self._health = HealthMonitor(self.envs.single_action_space)
        self._fused = self._make_fused() if config.fused else None
        self._compiled_step: CompiledStep | None = None
        if config.compile_update:
            norms = config.max_grad_norms
            self._compiled_step = CompiledStep(self.loss, self.agent, self.optimizer, norms)

    @staticmethod
    def build_agent(
        config: PPOConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> ActorCritic:
        """Actor and critic, freshly initialised."""
        return build_actor_critic(config, observation_space, action_space).to(config.device)

    @staticmethod
    def make_policy(agent: ActorCritic, config: PPOConfig, sampled: bool = False) -> Policy:
        """Most probable actions, or sampled ones."""
        return ActorCriticPolicy(agent, config.device, sampled)

    def make_optimizer(self) -> FlatAdam:
        """Adam; two groups, the actor with what it shares and the critic, if these differ."""
        config, named = self.config, list(self.agent.named_parameters())
        rate, of_critic = config.learning_rate, config.critic_learning_rate
        if of_critic is None and config.critic_max_grad_norm is None:
            return FlatAdam([(self.agent.parameters(), rate)], _ADAM_EPSILON)
        actor = [parameter for name, parameter in named if not name.startswith("critic")]
        critic = [parameter for name, parameter in named if name.startswith("critic")]
        return FlatAdam([(actor, rate), (critic, of_critic or rate)], _ADAM_EPSILON)

    def start(self, seed: int) -> None:
        """Reset the environments with ``seed`` and allocate a rollout."""
        config, n = self.config, self.config.num_envs
        if config.encoder_file is not None and self.progress.updates == 0:
            load_encoder(self.agent, config.encoder_file)
        self.obs, _ = self.envs.reset(seed=seed)
        self.hidden_state = self.agent.initial_state(n, config.device)
        self.is_reset = self.arrays.zeros((n,), np.bool_)
        self.episode_start = ~self.is_reset
        self.episode_returns = EpisodeReturns(n, self.arrays)
        self.rollout = Rollout.empty(config.num_steps, self.envs, self.agent.width, config.device)

    def _make_fused(self) -> FusedPPO | None:
        config = self.config
        if config.compile_update:
            raise ConfigError("fused: not with compile_update, got True")
        normalizes = config.normalize_advantages == "minibatch"
        settings = LossSettings(config.clip_coef, config.value_clip, config.vf_coef, normalizes)
        fused = FusedPPO(self.agent, self.optimizer, settings, config.max_grad_norms)
        if (dtype := self.envs.single_observation_space.dtype) != np.float32:
            raise ConfigError(f"fused: observations must be float32, got {dtype}")
        return fused

    def iterate(self) -> Iteration:
        """Collect a rollout and learn from it."""
        config, progress = self.config, self.progress
        metrics = self.update(self.collect())
        returns = self.episode_returns.take_finished()
        progress.steps += config.num_envs * config.num_steps
        progress.updates += 1
        progress.episodes += len(returns)
        if config.late_return is not None and returns and np.mean(returns) > config.late_return:
            progress.is_late = True
        return Iteration(metrics, returns)

    def warnings(self, metrics: dict[str, float]) -> list[str]:
        """Sentences for metrics that have left their healthy bands."""
        return self._health.check(metrics, self._share_done())

    def _learning_rate_scale(self) -> float:
        late = self.config.late_learning_rate_scale if self.progress.is_late else 1.0
        return late * super()._learning_rate_scale()

    @torch.no_grad()
    def collect(self) -> Rollout:
        """Act for ``num_steps`` in all environments; the rollout is overwritten by the next one."""
        rollout, config = self.rollout, self.config
        # Numbers of environments on the host are kept in arrays, and go to the device at once.
        shape = tuple(rollout.rewards.shape)
        rewards = self.arrays.zeros(shape, np.float64)
        terminated, truncated, is_reset = self.arrays.zeros((3, *shape), np.bool_)
        act = self.agent.step if self._fused is None else self._fused.acting()
        for t in range(config.num_steps):
            rollout.obs[t] = torch.as_tensor(self.obs)
            rollout.hidden_states[t] = hidden_state = self._hidden_state_before()
            sample, value, self.hidden_state = act(rollout.obs[t], hidden_state)
            rollout.raw_actions[t], rollout.log_probs[t] = sample.raw_action, sample.log_prob
            if value is not None:
                rollout.values[t] = value
            is_reset[t] = self.is_reset
            action = self.arrays.from_tensor(sample.action)
            self.obs, rewards[t], terminated[t], truncated[t], infos = self.envs.step(action)
            self.episode_start, self.is_reset = self.is_reset, terminated[t] | truncated[t]
            self.episode_returns.add(infos.get("raw_reward", rewards[t]), self.is_reset)
        rollout.obs[-1] = torch.as_tensor(self.obs)
        floor = -np.inf if config.reward_floor is None else config.reward_floor
        rollout.rewards.copy_(torch.as_tensor(rewards).clamp(min=floor) * config.reward_scale)
        rollout.terminated.copy_(torch.as_tensor(terminated))
        rollout.truncated.copy_(torch.as_tensor(truncated))
        rollout.is_reset.copy_(torch.as_tensor(is_reset))
        self._value_rest(rollout)
        return rollout

    def _hidden_state_before(self) -> Tensor:
        """Hidden state before the next step: zeros where an episode starts, and only there.

        The step that only resets (NEXT_STEP) still belongs to the old episode, whose last
        observation it values.
        """
        if self.agent.width == 0:
            return self.hidden_state
        starting = torch.as_tensor(self.episode_start, device=self.hidden_state.device)
        return self.hidden_state.masked_fill(starting[:, None], 0.0)

    def _value_rest(self, rollout: Rollout) -> None:
        """Value the observations after the last step, or all if the steps have valued none."""
        if self.agent.critic_encoder is None:
            rollout.values[-1] = self.agent.value(rollout.obs[-1], self._hidden_state_before())
            return
        steps = max(1, _VALUED_AT_ONCE // rollout.values.shape[1])
        pairs = zip(rollout.obs.split(steps), rollout.values.split(steps), strict=True)
        for obs, values in pairs:
            values[:] = self.agent.value(obs.flatten(0, 1), self.hidden_state).view_as(values)

    def update(self, rollout: Rollout) -> dict[str, float]:
        """Gradient steps on minibatches of a rollout; returns the means of their metrics."""
        config = self.config
        batch = self.make_batch(rollout)
        if self._fused is not None:
            self._fused.start_update(batch)
        ent_coef = config.late_ent_coef if self.progress.is_late else config.ent_coef
        history: list[Metrics] = []
        for _ in range(config.update_epochs):
            start = len(history)
            for index in shuffled_minibatches(len(batch), config.minibatch_size, config.device):
                history.append(self._gradient_step(batch, index, ent_coef))
            self.optimizer.check_finite()
            approx_kl = torch.stack([metrics["approx_kl"] for metrics in history[start:]]).mean()
            if config.target_kl is not None and approx_kl > config.target_kl:
                break
        means = {key: float(torch.stack([m[key] for m in history]).mean()) for key in history[0]}
        old, valid = batch.transitions, rollout.valid_indices
        return means | {
            "explained_variance": explained_variance(old.values[valid], old.returns[valid])
        }

    def _gradient_step(self, batch: Batch, index: Tensor, ent_coef: float) -> Metrics:
        """Gradient step on the minibatch ``index``; returns the metrics to log."""
        if self._fused is not None:
            return self._fused.gradient_step(index, ent_coef)
        if self._compiled_step is not None:
            return self._compiled_step(batch, index, ent_coef)
        loss, metrics = self.loss(self.agent, batch, index, ent_coef)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.clip_gradients(loss, *self.config.max_grad_norms)
        self.optimizer.step()
        return metrics

    def make_batch(self, rollout: Rollout) -> Batch:
        """Transitions of a rollout for minibatches."""
        return TransitionBatch(flatten(rollout, self.config), rollout.valid_indices)

    def loss(
        self, agent: ActorCritic, batch: Batch, index: Tensor, ent_coef: float | Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Loss of the minibatch ``index`` as a function of the agent, and metrics to log."""
        old, inputs = batch.minibatch(index)
        return ppo_loss(old, agent.evaluate(inputs, old.raw_actions), self.config, ent_coef)


def explained_variance(values: Tensor, returns: Tensor) -> float:
    """Share of the returns' variance that the critic explains; 1 is all of it."""
    return float(1 - (returns - values).var() / returns.var())
