"""Parallelised Q-network (PQN): config, collect, lambda returns, loss, update.

Q-learning on-policy: many environments in the place of a replay buffer, LayerNorm in the place of
a target network. Source: Gallici et al., "Simplifying deep temporal difference learning", 2024.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import gymnasium as gym
import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from baselines.algorithms.q_policy import GreedyQPolicy, epsilon_greedy
from baselines.algorithms.replay_buffer import ObservationHistory
from baselines.algorithms.rollout import gather_rows, shuffled_minibatches
from baselines.networks.observations import is_pictures
from baselines.networks.q_network import QNetwork, build_plain_encoder, count_actions
from baselines.optim.flat_adam import FlatAdam
from baselines.runs.config import (
    ConfigError,
    Fraction,
    GreyEnvKwargs,
    Layers,
    NonNegative,
    Positive,
    TrainConfig,
)
from baselines.runs.episode_returns import EpisodeReturns
from baselines.runs.resources import require_memory
from baselines.runs.trainer import Iteration, Trainer
from lander_envs.scoring.policy import Policy


class PQNConfig(TrainConfig):
    """Settings of a PQN run."""

    algorithm: Literal["pqn"] = "pqn"
    env_kwargs: GreyEnvKwargs = Field(default_factory=dict)
    """Keyword arguments of the environment."""
    history: int = Field(1, gt=0, le=128)
    """Observations in a stack, the network's input."""
    num_steps: Positive = 64
    """Steps of each environment in a rollout."""
    gamma: Fraction = 0.99
    """Discount of a step."""
    q_lambda: Fraction = 0.9
    """Trace decay of the returns."""
    minibatch_size: Positive = 512
    """Transitions a gradient step."""
    update_epochs: Positive = 2
    """Passes over each rollout."""
    epsilon_start: Fraction = 1.0
    """Share of random actions at the start."""
    epsilon_end: Fraction = 0.01
    """Share of random actions at the end."""
    exploration_fraction: Fraction = 0.2
    """Part of the run over which epsilon falls linearly."""
    max_grad_norm: float = Field(10.0, gt=0)
    """Maximum gradient norm (gradient clipping)."""
    reward_scale: float = Field(0.05, gt=0)
    """Factor of rewards, so that returns of hundreds suit the loss."""
    hidden: Annotated[Layers, Field(min_length=1)] = (128, 128)
    """Units of the hidden layers."""
    activation: Literal["tanh", "relu", "elu"] = "relu"
    """Activation between the hidden layers."""
    encoder: Literal["attention", "nature"] = "attention"
    """Encoder of pictures: a CNN over whole frames."""
    change_gain: NonNegative = 4.0
    """Gain of differences within a stack in the first layer's parametrisation; 0: none."""
    mixed_precision: bool = False
    """Compute an encoder of pictures in bfloat16: faster where the processor has it."""


@dataclass
class Rollout:
    """``num_steps`` transitions of ``num_envs`` environments, and what follows the last one.

    With NEXT_STEP autoreset the row after an episode's end is its true last observation, and the
    step from there, which only resets, is marked in ``is_reset`` and never enters the loss.
    """

    obs: Tensor  # stacks of observations, (num_steps + 1, num_envs, ...)
    values: Tensor  # of the greedy actions, (num_steps + 1, num_envs)
    actions: Tensor  # (num_steps, num_envs), and so all below
    rewards: Tensor
    terminated: Tensor
    truncated: Tensor
    is_reset: Tensor


def epsilon(config: PQNConfig, share_done: float) -> float:
    """Share of random actions at this point of the run."""
    falling = config.exploration_fraction
    done = min(1.0, share_done / falling) if falling else 1.0
    return config.epsilon_start + done * (config.epsilon_end - config.epsilon_start)


def lambda_returns(rollout: Rollout, gamma: float, q_lambda: float) -> Tensor:
    """Returns Q(lambda) of the greedy policy, (num_steps, num_envs).

    A mixture of returns of all lengths: each step bootstraps from the value of the following
    observation with weight 1 - lambda, and from the return there with weight lambda. A terminated
    step bootstraps from 0, a truncated one from the value of its last observation. Source: Peng
    and Williams, "Incremental multi-step Q-learning", 1994.
    """
    returns = torch.empty_like(rollout.rewards)
    following = rollout.values[-1]
    for t in reversed(range(len(returns))):
        value = rollout.values[t + 1]
        mixed = torch.lerp(value, following, q_lambda)
        ended = rollout.terminated[t] | rollout.truncated[t]
        bootstrap = torch.where(ended, value, mixed).masked_fill(rollout.terminated[t], 0.0)
        following = returns[t] = rollout.rewards[t] + gamma * bootstrap
    return returns


def pqn_loss(
    agent: QNetwork, obs: Tensor, actions: Tensor, returns: Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """Mean squared error of the taken actions' values, and metrics to log."""
    values = agent(obs).gather(1, actions[:, None]).squeeze(1)
    loss = 0.5 * (values - returns).square().mean()
    return loss, {"loss": loss.detach(), "value": values.detach().mean()}


class PQN(Trainer[PQNConfig, QNetwork]):
    """One run of PQN."""

    config_type = PQNConfig

    @staticmethod
    def build_agent(
        config: PQNConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> QNetwork:
        """Q-network with LayerNorm, freshly initialised."""
        n_actions = count_actions(action_space)
        frames = 1
        if is_pictures(observation_space):
            frames = observation_space.shape[0]
        else:
            config.require_default("encoder", "only for pictures")
            config.require_default("mixed_precision", "only for pictures")
        if config.history * frames == 1:
            config.require_default("change_gain", "only with a history of 2 or more")
        encoder, n_features = build_plain_encoder(
            observation_space,
            config.history,
            config.encoder,
            config.change_gain,
            config.mixed_precision,
        )
        agent = QNetwork(
            encoder, n_features, n_actions, config.hidden, config.activation, layer_norm=True
        )
        return agent.to(config.device)

    @staticmethod
    def make_policy(agent: QNetwork, config: PQNConfig, sampled: bool = False) -> Policy:
        """Actions of the highest value."""
        if sampled:
            raise ConfigError("a PQN agent has no distribution over actions to sample from")
        return GreedyQPolicy(agent, config.history, config.device)

    def make_optimizer(self) -> FlatAdam:
        """Adam over all parameters."""
        return FlatAdam([(self.agent.parameters(), self.config.learning_rate)])

    def start(self, seed: int) -> None:
        """Reset the environments with ``seed`` and allocate a rollout."""
        config, n = self.config, self.config.num_envs
        self._history = ObservationHistory(config.history, self.arrays)
        self._obs, _ = self.envs.reset(seed=seed)
        self._is_reset = self.arrays.zeros((n,), np.bool_)
        self._episode_start = ~self._is_reset
        self.episode_returns = EpisodeReturns(n, self.arrays)
        steps = (config.num_steps, n)
        obs = torch.as_tensor(self._history.push(self._obs, self._episode_start))
        # An environment's observation; value, action, reward and three flags.
        size = obs.nbytes // n + 19
        require_memory("num_steps, num_envs", (config.num_steps + 1) * n * size)
        self.rollout = Rollout(
            obs=torch.empty((steps[0] + 1, *obs.shape), dtype=obs.dtype, device=config.device),
            values=torch.empty((steps[0] + 1, n), device=config.device),
            actions=torch.empty(steps, dtype=torch.int64, device=config.device),
            rewards=torch.empty(steps, device=config.device),
            **{
                name: torch.empty(steps, dtype=torch.bool, device=config.device)
                for name in ("terminated", "truncated", "is_reset")
            },
        )
        self.rollout.obs[-1] = obs

    def iterate(self) -> Iteration:
        """Collect a rollout and learn from it."""
        config, progress = self.config, self.progress
        share = epsilon(config, self._share_done())
        metrics = self.update(self.collect(share))
        returns = self.episode_returns.take_finished()
        progress.steps += config.num_envs * config.num_steps
        progress.updates += 1
        progress.episodes += len(returns)
        return Iteration({"epsilon": share, **metrics}, returns)

    @torch.no_grad()
    def collect(self, epsilon: float) -> Rollout:
        """Act for ``num_steps`` in all environments; the rollout is overwritten by the next one."""
        rollout, config = self.rollout, self.config
        # Numbers of environments on the host are kept in arrays, and go to the device at once.
        shape = tuple(rollout.rewards.shape)
        rewards = self.arrays.zeros(shape, np.float64)
        terminated, truncated, is_reset = self.arrays.zeros((3, *shape), np.bool_)
        rollout.obs[0] = rollout.obs[-1]
        for t in range(config.num_steps):
            values = self._value(t)
            rollout.actions[t] = epsilon_greedy(values, epsilon)
            is_reset[t] = self._is_reset
            actions = self.arrays.from_tensor(rollout.actions[t])
            self._obs, rewards[t], terminated[t], truncated[t], infos = self.envs.step(actions)
            self._episode_start, self._is_reset = self._is_reset, terminated[t] | truncated[t]
            stacks = self._history.push(self._obs, self._episode_start)
            rollout.obs[t + 1] = torch.as_tensor(stacks)
            self.episode_returns.add(infos.get("raw_reward", rewards[t]), self._is_reset)
        self._value(config.num_steps)
        rollout.rewards.copy_(torch.as_tensor(rewards) * config.reward_scale)
        rollout.terminated.copy_(torch.as_tensor(terminated))
        rollout.truncated.copy_(torch.as_tensor(truncated))
        rollout.is_reset.copy_(torch.as_tensor(is_reset))
        return rollout

    def _value(self, t: int) -> Tensor:
        """Values (num_envs, n_actions) of row ``t``; keeps those of the greedy actions."""
        values: Tensor = self.agent(self.rollout.obs[t])
        self.rollout.values[t] = values.amax(dim=1)
        return values

    def update(self, rollout: Rollout) -> dict[str, float]:
        """Gradient steps on minibatches of a rollout; returns the means of their metrics."""
        config = self.config
        obs, actions = rollout.obs[:-1].flatten(0, 1), rollout.actions.flatten()
        returns = lambda_returns(rollout, config.gamma, config.q_lambda).flatten()
        valid = (~rollout.is_reset).flatten().nonzero().squeeze(-1)
        history: list[dict[str, Tensor]] = []
        for _ in range(config.update_epochs):
            for index in shuffled_minibatches(len(valid), config.minibatch_size, config.device):
                rows = valid[index]
                loss, metrics = pqn_loss(
                    self.agent, gather_rows(obs, rows), actions[rows], returns[rows]
                )
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.clip_gradients(loss, config.max_grad_norm)
                self.optimizer.step()
                history.append(metrics)
        self.optimizer.check_finite()
        return {key: float(torch.stack([m[key] for m in history]).mean()) for key in history[0]}
