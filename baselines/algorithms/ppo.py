"""Proximal Policy Optimization: config, update, training; rollouts are in ``rollouts.py``.

Source: Schulman et al., "Proximal policy optimization algorithms", 2017.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from pydantic import Field, model_validator
from torch import Tensor, nn
from typing_extensions import Self

from baselines.algorithms.rollout import Collector, Rollout, advantages
from baselines.evaluation.policy import Policy
from baselines.networks.actor_critic import (
    ACTIVATIONS,
    ActorCritic,
    Evaluation,
    Spread,
    StateCritic,
    build_actor,
    flat_size,
    mlp,
)
from baselines.networks.cnn import Convolutions, MixedPrecision, take
from baselines.networks.residual import ResidualConvolutions, load_encoder
from baselines.optim.compiled import CompiledStep
from baselines.optim.flat_adam import PlainStep, adam
from baselines.runs.config import (
    ConfigError,
    Fraction,
    GreyEnvKwargs,
    NonNegative,
    Positive,
    Rate,
    TrainConfig,
)
from baselines.runs.trainer import Iteration, Trainer

PIXELS = "lander_envs/PixelLander-v0"
_ADAM_EPSILON = 1e-5  # as in OpenAI's baselines, and since then in most of PPO
ENCODERS = {"convolutions": Convolutions, "residual": ResidualConvolutions}


class PPOConfig(TrainConfig):
    """Settings of a PPO run."""

    algorithm: Literal["ppo"] = "ppo"
    env_kwargs: GreyEnvKwargs = Field(default_factory=dict)
    """Keyword arguments of the environment."""
    num_steps: Positive = 128
    """Steps of each env in a rollout."""
    critic_learning_rate: Rate | None = None
    """The learning rate of the critic's parameters, if it is another."""
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
    value_clip: float | None = Field(None, gt=0)
    """How far a value may move from the rollout's before its gradient stops, if at all."""
    normalize_advantages: Literal["minibatch", "rollout"] = "minibatch"
    """Over what advantages get mean 0 and standard deviation 1."""
    ent_coef: NonNegative = 0.01
    """Weight of the entropy bonus."""
    vf_coef: NonNegative = 0.5
    """Weight of the value loss."""
    max_grad_norm: float = Field(0.5, gt=0)
    """Gradients are scaled down to this norm."""
    critic_max_grad_norm: float | None = Field(None, gt=0)
    """The same for the critic's gradients alone; without it, one norm for all."""
    target_kl: float | None = Field(None, gt=0)
    """Stop an update's epochs once the approximate KL divergence passes this."""
    late_return: float | None = None
    """The late phase begins once a rollout's mean raw return passes this, and lasts."""
    late_ent_coef: NonNegative = 0.0
    """The entropy bonus's weight in the late phase."""
    late_learning_rate_scale: float = Field(1.0, gt=0, le=1)
    """The learning rates are multiplied by this in the late phase."""
    reward_scale: float = Field(0.05, gt=0)
    """Rewards are multiplied by this, so that returns of hundreds suit the critic's loss."""
    reward_floor: float | None = None
    """Lower rewards, before scaling, count as this; without it they stay as they are."""
    hidden: tuple[Positive, ...] = (64, 64)
    """Units of the hidden layers, of actor and critic each."""
    critic_hidden: tuple[Positive, ...] | None = None
    """The same for the critic alone, if it is another."""
    encoder: Literal["convolutions", "residual"] = "convolutions"
    """What reads pictures: two convolutions, or these, residual blocks and a linear layer."""
    encoder_file: Path | None = None
    """Weights that a residual encoder starts from: a safetensors file."""
    share_encoder: bool = False
    """Let actor and critic share the hidden layers and have a linear layer each."""
    state_critic: bool = False
    """PixelLander: a critic that sees the state judges while training; the policy never sees it."""
    compile_update: bool = False
    """Compile gradient steps first, in 10 to 40 s: for long runs with small minibatches."""
    mixed_precision: bool = False
    """Compute a shared encoder in bfloat16: faster where the processor has instructions for it."""
    activation: Literal["tanh", "relu", "elu"] = "tanh"
    """Between the hidden layers."""
    squash: Literal["sample", "mean"] = "sample"
    """Continuous actions: tanh over the Gaussian's sample, or over its mean only."""
    initial_log_std: float = Field(0.0, ge=-5, le=2)
    """Continuous actions: logarithm of the standard deviation at the start."""
    learn_std: bool = True
    """Continuous actions: whether the standard deviation is learned."""

    @model_validator(mode="after")
    def _check_state_critic(self) -> Self:
        if self.state_critic and self.env_id != PIXELS:
            raise ValueError(f"state_critic: only with env_id {PIXELS}, got {self.env_id}")
        if self.state_critic and self.value_clip is not None:
            raise ValueError(f"value_clip: not with state_critic, got {self.value_clip}")
        return self

    @property
    def spread(self) -> Spread:
        """What those three say together."""
        return Spread(self.initial_log_std, self.learn_std, self.squash == "sample")


# --- Update ----------------------------------------------------------------------------------


@dataclass
class Transitions:
    """Steps of a rollout, flat: row t * num_envs + i is step t of env i."""

    obs: Tensor
    states: Tensor
    raw_actions: Tensor
    logprobs: Tensor
    advantages: Tensor
    returns: Tensor
    values: Tensor

    def __getitem__(self, rows: Tensor) -> Transitions:
        """Select some."""
        return Transitions(*(take(tensor, rows) for tensor in vars(self).values()))


class Batch(Protocol):
    """What an update draws its minibatches from."""

    transitions: Transitions

    def __len__(self) -> int:
        """How many units there are to draw."""

    def evaluate(self, agent: Any, index: Tensor) -> tuple[Transitions, Evaluation]:
        """The transitions of some units as they were, and what ``agent`` says of them now."""


@dataclass
class Samples:
    """A batch whose units are single transitions."""

    transitions: Transitions
    rows: Tensor  # of the transitions that enter the loss

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    def evaluate(self, agent: ActorCritic, index: Tensor) -> tuple[Transitions, Evaluation]:
        """Some transitions as they were, and what ``agent`` says of them now."""
        old = self.transitions[self.rows[index]]
        return old, agent.evaluate(old.obs, old.raw_actions)


def make_batch(rollout: Rollout, config: PPOConfig) -> Samples:
    """All steps but those that only reset."""
    return Samples(flatten(rollout, config), rollout.entering)


def flatten(rollout: Rollout, config: PPOConfig) -> Transitions:
    """All steps with their advantages and returns, those that only reset too."""
    estimates = advantages(rollout, config.gamma, config.gae_lambda)
    returns = estimates + rollout.values[:-1]
    if config.normalize_advantages == "rollout":
        entering = estimates[~rollout.is_reset]
        estimates = (estimates - entering.mean()) / (entering.std() + 1e-8)
    return Transitions(
        obs=rollout.obs[:-1].flatten(0, 1),
        states=rollout.states[:-1].flatten(0, 1),
        raw_actions=rollout.raw_actions.flatten(0, 1),
        logprobs=rollout.logprobs.flatten(),
        advantages=estimates.flatten(),
        returns=returns.flatten(),
        values=rollout.values[:-1].flatten(),
    )


def ppo_loss(
    old: Transitions, new: Evaluation, config: PPOConfig, ent_coef: float | Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a minibatch, and what to log of it."""
    log_ratio = new.logprob - old.logprobs
    ratio = log_ratio.exp()
    weights = old.advantages
    if config.normalize_advantages == "minibatch":
        weights = (weights - weights.mean()) / (weights.std() + 1e-8)
    clipped = ratio.clamp(1 - config.clip_coef, 1 + config.clip_coef)
    policy_loss = -torch.min(ratio * weights, clipped * weights).mean()
    loss_of_value = value_loss(old, new.value, config.value_clip)
    entropy = new.entropy.mean()
    loss = policy_loss + config.vf_coef * loss_of_value - ent_coef * entropy
    with torch.no_grad():
        moved = ratio - 1
        logged = {
            "policy_loss": policy_loss.detach(),
            "value_loss": loss_of_value.detach(),
            "entropy": entropy.detach(),
            # The estimator k3 of Schulman, "Approximating KL divergence", 2020.
            "approx_kl": (moved - log_ratio).mean(),
            "clip_fraction": (moved.abs() > config.clip_coef).float().mean(),
        }
    return loss, logged


class MinibatchLoss(nn.Module):
    """The loss of some units of a batch, and what to log of it, as a function of the weights."""

    def __init__(self, agent: Any, config: PPOConfig) -> None:
        super().__init__()
        self.agent = agent
        self.config = config

    def forward(
        self, batch: Batch, index: Tensor, ent_coef: float | Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Of the units in ``index``, with that weight of the entropy bonus."""
        config, agent = self.config, self.agent
        old, new = batch.evaluate(agent, index)
        loss, logged = ppo_loss(old, new, config, ent_coef)
        if agent.state_critic is not None:
            judged = agent.state_critic(old.states)
            loss = loss + config.vf_coef * value_loss(old, judged, config.value_clip)
        return loss, logged


def value_loss(old: Transitions, values: Tensor, value_clip: float | None) -> Tensor:
    """Mean squared error of ``values``; with a clip, of whichever is worse, clipped or not."""
    errors = (values - old.returns).square()
    if value_clip is not None:
        near = old.values + (values - old.values).clamp(-value_clip, value_clip)
        errors = torch.max(errors, (near - old.returns).square())
    return errors.mean()


def build_step(
    agent: Any, optimizer: torch.optim.Optimizer, config: PPOConfig
) -> PlainStep | CompiledStep:
    """Clipped gradient steps on minibatches, as the config wants them."""
    own = config.critic_max_grad_norm
    limits = (config.max_grad_norm,) if own is None else (config.max_grad_norm, own)
    kind = CompiledStep if config.compile_update else PlainStep
    return kind(MinibatchLoss(agent, config), optimizer, *limits)


def update(
    descend: Callable[..., dict[str, Tensor]], batch: Batch, config: PPOConfig, ent_coef: float
) -> dict[str, float]:
    """Several epochs of gradient steps; returns the means of what was logged."""
    history: list[dict[str, Tensor]] = []
    minibatches = max(1, len(batch) // config.minibatch_size)
    for _ in range(config.update_epochs):
        for index in torch.randperm(len(batch), device=config.device).tensor_split(minibatches):
            history.append(descend(batch, index, ent_coef))
        recent = torch.stack([logged["approx_kl"] for logged in history[-minibatches:]])
        if config.target_kl is not None and recent.mean() > config.target_kl:
            break
    return {key: float(torch.stack([h[key] for h in history]).mean()) for key in history[0]}


def explained_variance(values: Tensor, returns: Tensor) -> float:
    """Share of the returns' variance that the critic foresaw; 1 is all of it."""
    return float(1 - (returns - values).var() / returns.var())


# --- Training --------------------------------------------------------------------------------


class FeedForwardPolicy(Policy):
    """A trained agent that acts on each observation by itself."""

    def __init__(self, agent: ActorCritic, device: str, sampled: bool) -> None:
        self._agent = agent
        self._device = device
        self._sampled = sampled

    @torch.no_grad()
    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n, ...) for observations (n, ...)."""
        action = self._agent.act(torch.as_tensor(obs, device=self._device), self._sampled)
        chosen: NDArray[Any] = action.cpu().numpy()
        return chosen


class PPOTrainer(Trainer[PPOConfig, Any]):
    """One run of PPO."""

    config_type: ClassVar[type[TrainConfig]] = PPOConfig

    @staticmethod
    def build_agent(
        config: PPOConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> ActorCritic:
        """Actor and critic, freshly initialised."""
        return build_agent(config, observation_space, action_space).to(config.device)

    @staticmethod
    def make_policy(agent: Any, config: PPOConfig, sampled: bool = False) -> Policy:
        """The most probable action, or a sampled one."""
        return FeedForwardPolicy(agent, config.device, sampled)

    def _make_optimizer(self) -> torch.optim.Optimizer:
        return build_optimizer(self.agent, self.config)

    def _begin(self, seed: int) -> None:
        config = self.config
        if config.encoder_file is not None and self.progress.updates == 0:
            load_encoder(self.agent, config.encoder_file)
        self._descend = build_step(self.agent, self.optimizer, config)
        self._rollout = Rollout.empty(config.num_steps, self.envs, config.device)
        self._collector = Collector.start(self.envs, seed)

    def _make_envs(self) -> VectorEnv[Any, Any, Any]:
        config = self.config
        shown = {"obs": "both"} if config.state_critic else {}
        kwargs = {**config.env_kwargs, **shown}
        return gym.make_vec(config.env_id, num_envs=config.num_envs, **kwargs)

    def _make_batch(self) -> Batch:
        return make_batch(self._rollout, self.config)

    def _iterate(self) -> Iteration:
        """Collect a rollout and learn from it."""
        config, progress = self.config, self.progress
        self._collector.collect(self.agent, self._rollout, config.reward_scale, config.reward_floor)
        ent_coef = config.late_ent_coef if progress.is_late else config.ent_coef
        batch = self._make_batch()
        metrics = update(self._descend, batch, config, ent_coef)
        rows, old = self._rollout.entering, batch.transitions
        metrics["explained_variance"] = explained_variance(old.values[rows], old.returns[rows])
        returns = self._collector.returns.take_finished()
        progress.steps += config.num_envs * config.num_steps
        progress.updates += 1
        progress.episodes += len(returns)
        if config.late_return is not None and returns and np.mean(returns) > config.late_return:
            progress.is_late = True
        return Iteration(metrics, returns)

    def _learning_rate_scale(self) -> float:
        late = self.config.late_learning_rate_scale if self.progress.is_late else 1.0
        return late * super()._learning_rate_scale()


def build_optimizer(agent: nn.Module, config: PPOConfig) -> torch.optim.Optimizer:
    """Adam; in two groups, the actor with what it shares and the critic, where these differ."""
    rate, of_critic = config.learning_rate, config.critic_learning_rate
    if of_critic is None and config.critic_max_grad_norm is None:
        return adam([(agent.parameters(), rate)], _ADAM_EPSILON)
    named = list(agent.named_parameters())
    actor, critic = (
        [p for name, p in named if name.startswith("critic") == is_critic]
        for is_critic in (False, True)
    )
    return adam([(actor, rate), (critic, of_critic or rate)], _ADAM_EPSILON)


def build_agent(
    config: PPOConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
) -> ActorCritic:
    """The networks that the config describes, freshly initialised.

    Raises:
        ConfigError: for settings that exclude each other, and spaces that no network here serves.
    """
    if config.share_encoder and config.critic_hidden is not None:
        raise ConfigError(f"critic_hidden: not with share_encoder, got {config.critic_hidden}")
    if config.mixed_precision and not config.share_encoder:
        raise ConfigError("mixed_precision: only with share_encoder, got True")
    if config.encoder == "residual" and not config.share_encoder:
        raise ConfigError("encoder: residual only with share_encoder")
    hidden, activation = config.hidden, config.activation
    encoder, n_features = build_encoder(config, observation_space)
    if config.share_encoder:
        last = ACTIVATIONS[activation]()
        body = nn.Sequential(encoder, mlp([n_features, *hidden], activation, math.sqrt(2.0)), last)
        actor = build_actor(action_space, hidden[-1], (), activation, config.spread)
        encoder = MixedPrecision(body) if config.mixed_precision else body
        critic = mlp([hidden[-1], 1], activation, out_gain=1.0)
        return ActorCritic(encoder, actor, critic, None, build_state_critic(config))
    actor = build_actor(action_space, n_features, hidden, activation, config.spread)
    of_critic = hidden if config.critic_hidden is None else config.critic_hidden
    critic = mlp([n_features, *of_critic, 1], activation, out_gain=1.0)
    critic_encoder = build_encoder(config, observation_space)[0]
    return ActorCritic(encoder, actor, critic, critic_encoder, build_state_critic(config))


def build_state_critic(config: PPOConfig) -> StateCritic | None:
    """The critic that sees states, where the config has one."""
    return StateCritic() if config.state_critic else None


def build_encoder(config: PPOConfig, observation_space: gym.Space[Any]) -> tuple[nn.Module, int]:
    """What comes before the hidden layers: convolutions of pictures, nothing of flat observations.

    Returns:
        The module, and how many features it makes.

    Raises:
        ConfigError: for a space that is neither pictures nor a flat Box, and a residual encoder
            or its file where there is none.
    """
    if config.encoder_file is not None and config.encoder != "residual":
        raise ConfigError(f"encoder_file: only with encoder: residual, got {config.encoder_file}")
    if isinstance(observation_space, gym.spaces.Dict):
        observation_space = observation_space["pixels"]  # the state is for a state critic alone
    if isinstance(observation_space, gym.spaces.Box) and len(observation_space.shape) == 3:
        return ENCODERS[config.encoder](), Convolutions.n_features
    if config.encoder == "residual":
        raise ConfigError(f"encoder: residual only for pictures, got {observation_space}")
    return nn.Identity(), flat_size(observation_space)
