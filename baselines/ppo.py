"""Proximal Policy Optimization: config, rollout, advantages, update, training loop.

Source: Schulman et al., "Proximal policy optimization algorithms", 2017. Advantages: Schulman et
al., "High-dimensional continuous control using generalized advantage estimation", 2016.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Literal

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor, nn

import lander_envs  # noqa: F401  # registers the ids
from baselines import checkpoints
from baselines.config import Fraction, NonNegative, Positive, Rate, TrainConfig
from baselines.episodes import EVALUATION_SEED, play, summary
from baselines.networks import ActorCritic
from baselines.tracking import Display, Run


class PPOConfig(TrainConfig):
    """Settings of a PPO run."""

    algorithm: Literal["ppo"] = "ppo"
    num_steps: Positive = 128
    """Steps of each env in a rollout."""
    learning_rate: Rate = 1e-3
    """Of Adam, at the start."""
    anneal_learning_rate: bool = True
    """Lower the learning rate linearly to 0 over the run."""
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


class NonFiniteError(RuntimeError):
    """A loss or gradient that is NaN or infinite: the run stops, its last checkpoint stays."""


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
    running_returns: NDArray[np.float64]
    finished_returns: list[float] = field(default_factory=list)

    @classmethod
    def start(cls, envs: VectorEnv[Any, Any, Any], seed: int) -> Collector:
        """Reset all environments."""
        obs, _ = envs.reset(seed=seed)
        return cls(envs, obs, np.zeros(envs.num_envs, dtype=bool), np.zeros(envs.num_envs))

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
            self._count(infos.get("raw_reward", rewards))
        rollout.obs[-1] = torch.as_tensor(self.obs)

    def take_finished_returns(self) -> list[float]:
        """Raw returns of the episodes that ended since the last call."""
        taken, self.finished_returns = self.finished_returns, []
        return taken

    def _count(self, raw_rewards: NDArray[np.float64]) -> None:
        self.running_returns += raw_rewards
        self.finished_returns += self.running_returns[self.resetting].tolist()
        self.running_returns[self.resetting] = 0.0


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


def gradient_step(
    agent: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor, max_grad_norm: float
) -> None:
    """Descend on ``loss``; NonFiniteError, before any weight moves, if it or a gradient is not."""
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(agent.parameters(), max_grad_norm)
    if not (torch.isfinite(loss) and torch.isfinite(norm)):
        raise NonFiniteError(
            f"the loss is {loss.item()} and its gradient's norm {norm.item()}: the run stops "
            "here, and its last checkpoint stays as it is"
        )
    optimizer.step()


# --- Training --------------------------------------------------------------------------------


class GreedyPolicy:
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


@dataclass
class Progress:
    """Where a run stands; what a checkpoint keeps beside weights and optimiser."""

    steps: int = 0
    updates: int = 0
    seconds: float = 0.0
    best_return: float = -float("inf")
    evaluations: list[float] = field(default_factory=list)


class Trainer:
    """One run of PPO: build it, ``resume`` it if it was killed, ``train`` it."""

    def __init__(self, config: PPOConfig) -> None:
        self.config = config
        seed_everything(config.seed)
        torch.set_num_threads(config.torch_threads)
        self.envs = gym.make_vec(config.env_id, num_envs=config.num_envs, **config.env_kwargs)
        self.agent = build_agent(
            config, self.envs.single_observation_space, self.envs.single_action_space
        )
        self.optimizer = torch.optim.Adam(
            self.agent.parameters(), lr=config.learning_rate, eps=1e-5
        )
        self.progress = Progress()

    def train(self, run: Run) -> None:
        """Train to the end of the config's steps, or until its stop rule holds."""
        config, progress = self.config, self.progress
        rollout = Rollout.empty(config.num_steps, self.envs, config.device)
        # A resumed run starts new episodes; another seed keeps it from replaying the first ones.
        seed = config.seed * 10_000 + progress.updates % 5_000
        collector = Collector.start(self.envs, seed)
        with Display(config.total_steps, progress.steps) as display:
            while progress.steps < config.total_steps and not self._stop_rule_holds():
                self._set_learning_rate()
                before = run.seconds
                collector.collect(self.agent, rollout, config.reward_scale)
                metrics = update(
                    self.agent, self.optimizer, make_batch(self.agent, rollout, config), config
                )
                taken = config.num_envs * config.num_steps
                progress.steps += taken
                progress.updates += 1
                metrics["steps_per_second"] = taken / (run.seconds - before)
                self._log(run, display, metrics, collector.take_finished_returns())
                with run.paused():
                    self._evaluate_and_save(run, display, taken)
        self.envs.close()
        self._save(run, "final")

    def _set_learning_rate(self) -> None:
        if self.config.anneal_learning_rate:
            left = 1 - self.progress.steps / self.config.total_steps
            for group in self.optimizer.param_groups:
                group["lr"] = self.config.learning_rate * left

    def _stop_rule_holds(self) -> bool:
        window = self.progress.evaluations[-self.config.stop_window :]
        if self.config.stop_return is None or len(window) < self.config.stop_window:
            return False
        return bool(np.mean(window) >= self.config.stop_return)

    def _log(
        self, run: Run, display: Display, metrics: dict[str, float], returns: list[float]
    ) -> None:
        mean_return = float(np.mean(returns)) if returns else float("nan")
        run.log("training", self.progress.steps, {"episodic_return": mean_return, **metrics})
        speed = metrics["steps_per_second"]
        display.update(self.progress.steps, f"return {mean_return:.0f}, {speed:,.0f} steps/s")

    def _evaluate_and_save(self, run: Run, display: Display, taken: int) -> None:
        """What is due after an update that took the run past an interval or to its end."""
        if self._due(self.config.eval_interval, taken):
            self._evaluate(run, display)
        if self._due(self.config.checkpoint_interval, taken):
            self._save(run, "latest")

    def _due(self, interval: int, taken: int) -> bool:
        steps = self.progress.steps
        return steps // interval > (steps - taken) // interval or steps >= self.config.total_steps

    def _evaluate(self, run: Run, display: Display) -> None:
        config, progress = self.config, self.progress
        policy = GreedyPolicy(self.agent, config.device)
        scores = summary(
            play(policy, config.env_id, config.env_kwargs, config.eval_episodes, EVALUATION_SEED)
        )
        progress.evaluations.append(float(scores["mean_return"]))
        keys = ("mean_return", "std_return", "landing_rate", "timeout_rate", "mean_length")
        run.log("evaluation", progress.steps, {key: scores[key] for key in keys})
        display.line(
            f"{progress.steps:>9,} steps {run.seconds:7.1f} s  evaluation return "
            f"{scores['mean_return']:7.1f} +- {scores['std_return']:5.1f}"
        )
        if scores["mean_return"] > progress.best_return:
            progress.best_return = float(scores["mean_return"])
            self._save(run, "best")

    def _save(self, run: Run, name: str) -> None:
        self.progress.seconds = run.seconds
        tensors = {f"agent.{key}": value for key, value in self.agent.state_dict().items()}
        if name == "latest":
            tensors |= optimizer_tensors(self.optimizer, self.agent)
            tensors["rng.torch"] = torch.get_rng_state()
        facts = {"config": self.config.model_dump(mode="json"), "progress": vars(self.progress)}
        checkpoints.save(run.checkpoints, name, tensors, facts)

    def resume(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Continue from the checkpoint "latest" of a run with the same config."""
        self.progress = Progress(**facts["progress"])
        load_agent(self.agent, tensors)
        restore_optimizer(self.optimizer, self.agent, tensors)
        torch.set_rng_state(tensors["rng.torch"])


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and PyTorch; the environments get theirs at reset."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # the global generator, in case a library uses it
    torch.manual_seed(seed)


def build_agent(
    config: PPOConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
) -> ActorCritic:
    """The networks that the config describes, freshly initialised."""
    agent = ActorCritic(observation_space, action_space, config.hidden, config.activation)
    return agent.to(config.device)


def load_agent(agent: ActorCritic, tensors: dict[str, Tensor]) -> None:
    """Put a checkpoint's weights into ``agent``; CheckpointError if they do not fit."""
    weights = {k.removeprefix("agent."): v for k, v in tensors.items() if k.startswith("agent.")}
    try:
        agent.load_state_dict(weights)
    except RuntimeError as mismatch:
        raise checkpoints.CheckpointError(f"the weights fit another network: {mismatch}") from None


def optimizer_tensors(optimizer: torch.optim.Optimizer, agent: nn.Module) -> dict[str, Tensor]:
    """Adam's moments and step counts, named by parameter."""
    return {
        f"optimizer.{name}.{key}": value
        for name, parameter in agent.named_parameters()
        for key, value in optimizer.state[parameter].items()
    }


def restore_optimizer(
    optimizer: torch.optim.Optimizer, agent: nn.Module, tensors: dict[str, Tensor]
) -> None:
    """The inverse of :func:`optimizer_tensors`."""
    for name, parameter in agent.named_parameters():
        prefix = f"optimizer.{name}."
        optimizer.state[parameter] = {
            key.removeprefix(prefix): value.to(parameter.device if value.ndim else "cpu")
            for key, value in tensors.items()
            if key.startswith(prefix)
        }
