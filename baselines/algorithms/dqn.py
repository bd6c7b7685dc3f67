"""Deep Q-learning (DQN): config, exploration, collect, targets, loss, update.

Source: Mnih et al., "Human-level control through deep reinforcement learning", 2015. Extensions:
van Hasselt et al., "Deep reinforcement learning with double Q-learning", 2016; Wang et al.,
"Dueling network architectures", 2016; returns of several steps as in Hessel et al., "Rainbow",
2018; averaged target networks as in Lillicrap et al., "Continuous control with deep reinforcement
learning", 2016.
"""

from __future__ import annotations

import copy
from typing import Annotated, Any, Literal

import gymnasium as gym
import numpy as np
import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from baselines.algorithms.q_policy import GreedyQPolicy, epsilon_greedy
from baselines.algorithms.replay_buffer import ObservationHistory, ReplayBuffer, Transitions
from baselines.networks.q_network import QNetwork, build_stack_encoder, count_actions
from baselines.optim.compiled import CompiledStep
from baselines.optim.flat_adam import FlatAdam
from baselines.runs.checkpoint import load_weights
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
from baselines.runs.trainer import Iteration, Progress, Trainer
from lander_envs.scoring.policy import Policy


class DQNConfig(TrainConfig):
    """Settings of a DQN run. Steps are counted over all environments."""

    algorithm: Literal["dqn"] = "dqn"
    env_kwargs: GreyEnvKwargs = Field(default_factory=dict)
    """Keyword arguments of the environment."""
    total_episodes: Positive | None = None
    """End the run after so many episodes, if total_steps have not ended it before."""
    log_interval: Positive = 5_000
    """Steps between rows of training.csv."""
    history: int = Field(1, gt=0, le=128)
    """Observations in a stack, the network's input."""
    change_gain: NonNegative = 0.0
    """Stack tanh of this times the observations' changes instead of old observations, unless 0."""
    buffer_size: Positive = 200_000
    """Steps that the replay buffer holds."""
    learning_starts: Positive = 10_000
    """Steps in the buffer before the first update."""
    train_frequency: Positive = 8
    """Steps for each update."""
    batch_size: int = Field(256, gt=0, le=65_536)
    """Transitions an update."""
    n_step: int = Field(3, gt=0, le=1024)
    """Rewards in a return before it bootstraps."""
    gamma: Fraction = 0.99
    """Discount of a step."""
    target_interval: Positive = 5_000
    """Steps between copies of the network into the target network."""
    target_episodes: Positive | None = None
    """Copy every so many episodes instead."""
    target_rate: float | None = Field(None, gt=0, le=1)
    """Instead, at each update, share of the network that the target network takes in."""
    epsilon_start: Fraction = 1.0
    """Share of random actions at the start."""
    epsilon_end: Fraction = 0.02
    """Share of random actions at the end."""
    exploration_fraction: Fraction = 0.2
    """Part of the run over which epsilon falls linearly."""
    epsilon_decay: float | None = Field(None, gt=0, lt=1)
    """Multiply epsilon by this after each episode instead."""
    max_grad_norm: float = Field(10.0, gt=0)
    """Maximum gradient norm (gradient clipping)."""
    reward_scale: float = Field(0.05, gt=0)
    """Factor of rewards, so that returns of hundreds suit the loss."""
    hidden: Annotated[Layers, Field(min_length=1)] = (128, 128)
    """Units of the hidden layers."""
    activation: Literal["tanh", "relu", "elu"] = "relu"
    """Activation between the hidden layers."""
    layer_norm: bool = False
    """LayerNorm before each activation, which keeps values bounded at high replay ratios."""
    compile_update: bool = False
    """Compile gradient steps first, in 10 to 40 s: for runs of many thousand."""

    def without_effect(self) -> dict[str, str]:
        """Settings that do nothing beside the others, with the reason."""
        ignored = super().without_effect()
        if self.target_episodes is not None:
            ignored["target_interval"] = "not with target_episodes"
        if self.target_rate is not None:
            ignored |= dict.fromkeys(("target_interval", "target_episodes"), "not with target_rate")
        if self.epsilon_decay is not None:
            ignored["exploration_fraction"] = "not with epsilon_decay"
        return ignored

    @model_validator(mode="after")
    def _must_hold_what_learning_starts_with(self) -> DQNConfig:
        held = self.buffer_size // self.num_envs * self.num_envs
        if held < self.learning_starts:
            raise ConfigError(
                f"buffer_size: must hold learning_starts = {self.learning_starts} steps, as many "
                f"of each of {self.num_envs} environments, got {self.buffer_size}"
            )
        return self

    @property
    def counts_episodes(self) -> bool:
        """Whether exploration, target network or end of the run depend on ended episodes."""
        settings = (self.epsilon_decay, self.target_episodes, self.total_episodes)
        return any(setting is not None for setting in settings)


def epsilon(config: DQNConfig, progress: Progress) -> float:
    """Share of random actions at this point of the run."""
    if config.epsilon_decay is not None:
        decayed = config.epsilon_start * config.epsilon_decay**progress.episodes
        return max(config.epsilon_end, decayed)
    falling = config.exploration_fraction * config.total_steps
    done = min(1.0, progress.steps / falling) if falling else 1.0
    return config.epsilon_start + done * (config.epsilon_end - config.epsilon_start)


@torch.no_grad()
def td_targets(agent: QNetwork, target: QNetwork, batch: Transitions) -> Tensor:
    """Double-Q targets (batch,): the online network chooses, the target network values."""
    values: Tensor = target(batch.next_obs)
    best = agent(batch.next_obs).argmax(dim=1, keepdim=True)
    return batch.returns + batch.discounts * values.gather(1, best).squeeze(1)


def dqn_loss(
    agent: QNetwork, target: QNetwork, batch: Transitions
) -> tuple[Tensor, dict[str, Tensor]]:
    """Huber loss of a batch, and metrics to log."""
    values = agent(batch.obs).gather(1, batch.actions[:, None]).squeeze(1)
    loss = nn.functional.smooth_l1_loss(values, td_targets(agent, target, batch))
    return loss, {"loss": loss.detach(), "value": values.detach().mean()}


class DQN(Trainer[DQNConfig, QNetwork]):
    """One run of DQN."""

    config_type = DQNConfig

    @staticmethod
    def build_agent(
        config: DQNConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> QNetwork:
        """Online network, freshly initialised."""
        n_actions = count_actions(action_space)
        encoder, n_features = build_stack_encoder(
            observation_space, config.history, config.change_gain
        )
        hidden, activation = config.hidden, config.activation
        agent = QNetwork(
            encoder, n_features, n_actions, hidden, activation, layer_norm=config.layer_norm
        )
        return agent.to(config.device)

    @staticmethod
    def make_policy(agent: QNetwork, config: DQNConfig, sampled: bool = False) -> Policy:
        """Actions of the highest value."""
        if sampled:
            raise ConfigError("a DQN agent has no distribution over actions to sample from")
        return GreedyQPolicy(agent, config.history, config.device)

    def __init__(self, config: DQNConfig) -> None:
        super().__init__(config)
        self._target = copy.deepcopy(self.agent).requires_grad_(False)
        self._compiled_step: CompiledStep | None = None
        if config.compile_update:
            norms = (config.max_grad_norm,)
            self._compiled_step = CompiledStep(self._loss, self.agent, self.optimizer, norms)

    def make_optimizer(self) -> FlatAdam:
        """Adam over all parameters."""
        return FlatAdam([(self.agent.parameters(), self.config.learning_rate)])

    def start(self, seed: int) -> None:
        """Reset; a resumed run fills its replay buffer anew before it learns on."""
        config, space, n = self.config, self.envs.single_observation_space, self.envs.num_envs
        self.buffer = ReplayBuffer(
            config.buffer_size,
            n,
            space.shape or (),
            space.dtype,
            history=config.history,
            n_step=config.n_step,
            gamma=config.gamma,
            arrays=self.arrays,
        )
        self.episode_returns = EpisodeReturns(n, self.arrays)
        self._history = ObservationHistory(config.history, self.arrays)
        self._obs, _ = self.envs.reset(seed=seed)
        self._is_reset = self.arrays.zeros((n,), np.bool_)
        self._episode_start = ~self._is_reset
        self._steps_without_update = 0
        self._copies = self._copies_due()

    def iterate(self) -> Iteration:
        """Act and learn for ``log_interval`` steps."""
        progress, history = self.progress, []
        until = progress.steps + self.config.log_interval
        while progress.steps < until and not self._finished():
            share = epsilon(self.config, progress)
            self.collect(share)
            if self.arrays.on_host or self.config.counts_episodes:
                progress.episodes += self.episode_returns.count_ended()
            history += [self.update() for _ in range(self._updates_due())]
            self._copy_to_target()
        self.optimizer.check_finite()
        progress.episodes += self.episode_returns.count_ended()
        metrics = {"epsilon": share, **_means(history)}
        return Iteration(metrics, self.episode_returns.take_finished())

    @torch.no_grad()
    def collect(self, epsilon: float) -> None:
        """Take one step of all environments into the replay buffer, partly at random."""
        stacks = self._history.push(self._obs, self._episode_start)
        seen = torch.as_tensor(stacks, device=self.config.device)
        actions = self.arrays.from_tensor(epsilon_greedy(self.agent(seen), epsilon))
        obs, rewards, terminated, truncated, infos = self.envs.step(actions)
        scaled = rewards * self.config.reward_scale
        self.buffer.add(self._obs, actions, scaled, terminated, truncated, self._is_reset)
        self._obs, self._episode_start = obs, self._is_reset
        self._is_reset = terminated | truncated
        self.episode_returns.add(infos.get("raw_reward", rewards), self._is_reset)
        self.progress.steps += self.config.num_envs

    def update(self) -> dict[str, Tensor]:
        """Gradient step on a batch of the replay buffer; returns the metrics to log."""
        batch = self.buffer.sample(self.config.batch_size, self.config.device)
        metrics = self._gradient_step(batch)
        self.progress.updates += 1
        if self.config.target_rate is not None:
            self._average(self.config.target_rate)
        return metrics

    def _gradient_step(self, batch: Transitions) -> dict[str, Tensor]:
        if self._compiled_step is not None:
            return self._compiled_step(batch)
        loss, metrics = self._loss(self.agent, batch)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.clip_gradients(loss, self.config.max_grad_norm)
        self.optimizer.step()
        return metrics

    def _loss(self, agent: QNetwork, batch: Transitions) -> tuple[Tensor, dict[str, Tensor]]:
        return dqn_loss(agent, self._target, batch)

    def _updates_due(self) -> int:
        if len(self.buffer) < self.config.learning_starts or not self.buffer.ready:
            return 0
        self._steps_without_update += self.config.num_envs
        due, self._steps_without_update = divmod(
            self._steps_without_update, self.config.train_frequency
        )
        return due

    @torch.no_grad()
    def _average(self, rate: float) -> None:
        """Move the target network towards the network: an exponential mean of its past weights."""
        pairs = zip(self._target.parameters(), self.agent.parameters(), strict=True)
        for mean, parameter in pairs:
            mean.lerp_(parameter, rate)

    def _copies_due(self) -> int:
        """Number of copies that a run at this point should have made."""
        if self.config.target_rate is not None:
            return 0
        if self.config.target_episodes is not None:
            return self.progress.episodes // self.config.target_episodes
        return self.progress.steps // self.config.target_interval

    def _copy_to_target(self) -> None:
        due = self._copies_due()
        if due > self._copies:
            self._target.load_state_dict(self.agent.state_dict())
            self._copies = due

    def _share_done(self) -> float:
        if self.config.total_episodes is None:
            return super()._share_done()
        return max(super()._share_done(), self.progress.episodes / self.config.total_episodes)

    def _finished(self) -> bool:
        return super()._finished() or self._share_done() >= 1

    def _state_to_resume(self) -> dict[str, Tensor]:
        target = {f"target.{key}": value for key, value in self._target.state_dict().items()}
        return super()._state_to_resume() | target

    def resume(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Continue from the checkpoint "latest" of a run with the same config."""
        super().resume(tensors, facts)
        load_weights(self._target, tensors, "target.")


def _means(history: list[dict[str, Tensor]]) -> dict[str, float]:
    """Means of the metrics; NaN before the first update."""
    if not history:
        return {"loss": float("nan"), "value": float("nan")}
    return {key: float(torch.stack([one[key] for one in history]).mean()) for key in history[0]}
