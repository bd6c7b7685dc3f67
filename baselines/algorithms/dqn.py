"""Deep Q-learning: config, exploration, targets, loss, training.

Source: Mnih et al., "Human-level control through deep reinforcement learning", 2015. Extensions:
van Hasselt et al., "Deep reinforcement learning with double Q-learning", 2016; Wang et al.,
"Dueling network architectures", 2016; returns of several steps as in Hessel et al., "Rainbow",
2018.
"""

from __future__ import annotations

import copy
from typing import Any, Literal

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor, nn

from baselines.algorithms.replay_buffer import ObservationHistory, ReplayBuffer, Transitions
from baselines.evaluation.policy import Policy
from baselines.networks.q_network import QNetwork, build_encoder
from baselines.optim.flat_adam import adam, gradient_step
from baselines.runs.config import (
    ConfigError,
    Fraction,
    GreyEnvKwargs,
    NonNegative,
    Positive,
    TrainConfig,
)
from baselines.runs.trainer import (
    EpisodeReturns,
    Iteration,
    Progress,
    Trainer,
    load_weights,
)


class DQNConfig(TrainConfig):
    """Settings of a DQN run. Steps are counted over all environments."""

    algorithm: Literal["dqn"] = "dqn"
    env_kwargs: GreyEnvKwargs = Field(default_factory=dict)
    """Keyword arguments of the environment."""
    total_episodes: Positive | None = None
    """End the run after so many episodes, if total_steps have not ended it before."""
    log_interval: Positive = 5_000
    """Steps between rows of training.csv."""
    history: Positive = 1
    """Observations that the network sees at once, the newest and those before it."""
    change_gain: NonNegative = 0.0
    """Show, of the observations before, tanh of this times what has changed since; 0 shows them."""
    buffer_size: Positive = 200_000
    """Steps that the replay buffer holds."""
    learning_starts: Positive = 10_000
    """Steps in the buffer before the first update."""
    train_frequency: Positive = 8
    """Steps for each update."""
    batch_size: Positive = 256
    """Transitions an update."""
    n_step: Positive = 3
    """Rewards in a return before it bootstraps."""
    gamma: Fraction = 0.99
    """Discount of a step."""
    double: bool = True
    """Choose the next action by the online network and value it by the target network."""
    dueling: bool = True
    """Split the values into the state's value and the actions' advantages."""
    target_interval: Positive = 5_000
    """Steps between copies of the network into the target network."""
    target_episodes: Positive | None = None
    """Copy every so many episodes instead."""
    epsilon_start: Fraction = 1.0
    """Share of random actions at the start."""
    epsilon_end: Fraction = 0.02
    """Share of random actions in the end."""
    exploration_fraction: Fraction = 0.2
    """Part of the run over which epsilon falls linearly."""
    epsilon_decay: float | None = Field(None, gt=0, lt=1)
    """Multiply epsilon by this after each episode instead."""
    max_grad_norm: float = Field(10.0, gt=0)
    """Gradients are scaled down to this norm."""
    reward_scale: float = Field(0.05, gt=0)
    """Rewards are multiplied by this, so that returns of hundreds suit the loss."""
    mixed_precision: bool = False
    """Compute features in bfloat16: faster where the processor has instructions for it."""
    hidden: tuple[Positive, ...] = Field((128, 128), min_length=1)
    """Units of the hidden layers."""
    activation: Literal["tanh", "relu", "elu"] = "relu"
    """Between the hidden layers."""


# --- Exploration -----------------------------------------------------------------------------


def epsilon(config: DQNConfig, progress: Progress) -> float:
    """The share of random actions at this point of the run."""
    if config.epsilon_decay is not None:
        decayed = config.epsilon_start * config.epsilon_decay**progress.episodes
        return max(config.epsilon_end, decayed)
    falling = config.exploration_fraction * config.total_steps
    done = min(1.0, progress.steps / falling) if falling else 1.0
    return config.epsilon_start + done * (config.epsilon_end - config.epsilon_start)


@torch.no_grad()
def explore(agent: QNetwork, obs: Tensor, share: float) -> NDArray[np.int64]:
    """Greedy actions (n,) for stacked observations, that share of them replaced by random ones."""
    values = agent(obs)
    random = torch.randint(values.shape[1], (len(obs),), device=obs.device)
    chosen = torch.where(torch.rand(len(obs), device=obs.device) < share, random, values.argmax(1))
    actions: NDArray[np.int64] = chosen.cpu().numpy()
    return actions


class Explorer:
    """Steps the environments, partly at random, and keeps what happens in a replay buffer."""

    def __init__(self, envs: VectorEnv[Any, Any, Any], config: DQNConfig, seed: int) -> None:
        space, n = envs.single_observation_space, envs.num_envs
        self.buffer = ReplayBuffer(
            config.buffer_size,
            n,
            space.shape or (),
            space.dtype,
            history=config.history,
            n_step=config.n_step,
            gamma=config.gamma,
        )
        self.returns = EpisodeReturns(n)
        self._envs, self._config = envs, config
        self._seen = ObservationHistory(config.history)
        self._obs, _ = envs.reset(seed=seed)
        self._episode_start = np.ones(n, np.bool_)
        self._resetting = np.zeros(n, np.bool_)

    def step(self, agent: QNetwork, share: float) -> int:
        """Take one step of all environments; returns how many episodes it ended."""
        stacks = self._seen.push(self._obs, self._episode_start)
        actions = explore(agent, torch.as_tensor(stacks, device=self._config.device), share)
        obs, rewards, terminated, truncated, infos = self._envs.step(actions)
        scaled = rewards * self._config.reward_scale
        self.buffer.add(self._obs, actions, scaled, terminated, truncated, self._resetting)
        self._obs, self._episode_start = obs, self._resetting
        self._resetting = terminated | truncated
        return self.returns.add(infos.get("raw_reward", rewards), self._resetting)


# --- Update ----------------------------------------------------------------------------------


@torch.no_grad()
def td_targets(agent: QNetwork, target: QNetwork, batch: Transitions, double: bool) -> Tensor:
    """What the values of the taken actions should be, (batch,)."""
    values: Tensor = target(batch.next_obs)
    best = (agent(batch.next_obs) if double else values).argmax(dim=1, keepdim=True)
    return batch.returns + batch.discounts * values.gather(1, best).squeeze(1)


def dqn_loss(
    agent: QNetwork, target: QNetwork, batch: Transitions, double: bool
) -> tuple[Tensor, dict[str, Tensor]]:
    """The Huber loss of a batch, and what to log of it."""
    values = agent(batch.obs).gather(1, batch.actions[:, None]).squeeze(1)
    targets = td_targets(agent, target, batch, double)
    loss = nn.functional.smooth_l1_loss(values, targets)
    return loss, {"loss": loss.detach(), "value": values.detach().mean()}


# --- Training --------------------------------------------------------------------------------


class GreedyQPolicy(Policy):
    """A trained network as evaluate and record use it; it remembers what it has seen."""

    def __init__(self, agent: QNetwork, config: DQNConfig) -> None:
        self._agent = agent
        self._config = config
        self.start()

    def start(self) -> None:
        """Forget what was seen: the next observations begin episodes."""
        self._seen = ObservationHistory(self._config.history)

    @torch.no_grad()
    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n,) for observations (n, ...)."""
        stacks = self._seen.push(obs, np.zeros(len(obs), np.bool_))
        values = self._agent(torch.as_tensor(stacks, device=self._config.device))
        actions: NDArray[Any] = values.argmax(dim=1).cpu().numpy()
        return actions


class DQNTrainer(Trainer[DQNConfig, QNetwork]):
    """One run of DQN."""

    config_type = DQNConfig

    @staticmethod
    def build_agent(
        config: DQNConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> QNetwork:
        """The online network, freshly initialised."""
        if not isinstance(action_space, spaces.Discrete):
            raise ConfigError(f"DQN needs discrete actions, got {action_space}")
        agent = QNetwork(
            *build_encoder(observation_space, config.history, config.change_gain),
            int(action_space.n),
            config.hidden,
            config.activation,
            config.dueling,
            config.mixed_precision,
        )
        return agent.to(config.device)

    @staticmethod
    def make_policy(agent: QNetwork, config: DQNConfig, sampled: bool = False) -> GreedyQPolicy:
        """The action of the highest value."""
        if sampled:
            raise ConfigError("a DQN agent has no distribution over actions to sample from")
        return GreedyQPolicy(agent, config)

    def __init__(self, config: DQNConfig) -> None:
        super().__init__(config)
        self._target = copy.deepcopy(self.agent).requires_grad_(False)

    def _make_optimizer(self) -> torch.optim.Optimizer:
        return adam([(self.agent.parameters(), self.config.learning_rate)])

    def _begin(self, seed: int) -> None:
        """Reset; a resumed run fills its replay buffer anew before it learns on."""
        self._explorer = Explorer(self.envs, self.config, seed)
        self._unlearned = 0  # steps that no update has answered yet
        self._copies = self._copies_due()

    def _iterate(self) -> Iteration:
        """Act and learn for ``log_interval`` steps."""
        progress, logged = self.progress, []
        until = progress.steps + self.config.log_interval
        while progress.steps < until and not self._finished():
            share = epsilon(self.config, progress)
            progress.episodes += self._explorer.step(self.agent, share)
            progress.steps += self.config.num_envs
            logged += [self._update() for _ in range(self._updates_due())]
            self._copy_to_target()
        metrics = {"epsilon": share, **_means(logged)}
        return Iteration(metrics, self._explorer.returns.take_finished())

    def _updates_due(self) -> int:
        buffer = self._explorer.buffer
        if len(buffer) < self.config.learning_starts or not buffer.ready:
            return 0
        self._unlearned += self.config.num_envs
        due, self._unlearned = divmod(self._unlearned, self.config.train_frequency)
        return due

    def _update(self) -> dict[str, Tensor]:
        config = self.config
        batch = self._explorer.buffer.sample(config.batch_size, config.device)
        loss, logged = dqn_loss(self.agent, self._target, batch, config.double)
        gradient_step(self.optimizer, loss, config.max_grad_norm)
        self.progress.updates += 1
        return logged

    def _copies_due(self) -> int:
        """How many copies a run that stands here should have made."""
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


def _means(logged: list[dict[str, Tensor]]) -> dict[str, float]:
    """The mean of each number, NaN while nothing has been learned."""
    if not logged:
        return {"loss": float("nan"), "value": float("nan")}
    return {key: float(torch.stack([one[key] for one in logged]).mean()) for key in logged[0]}
