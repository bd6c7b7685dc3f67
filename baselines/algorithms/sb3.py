"""Stable-Baselines3's learners as runs of this project: trained, scored and filmed like our own.

The YAML file says ``algorithm: sb3``, which learner, and its settings. The checkpoints hold the
policy's weights only, so that such a run cannot be resumed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, field_validator, model_validator
from sb3_contrib import RecurrentPPO
from sb3_contrib.common.recurrent.policies import RecurrentActorCriticPolicy
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.policies import ActorCriticPolicy, BasePolicy
from stable_baselines3.common.vec_env import VecEnv, VecMonitor
from stable_baselines3.dqn.policies import DQNPolicy
from torch import Tensor
from torch.distributions import Categorical

import lander_envs
from baselines.algorithms.sb3_settings import check_types, must_be_bounded
from baselines.runs.config import ConfigError, JsonMapping, Positive, TrainConfig
from baselines.runs.environments import made
from baselines.runs.episode_returns import EpisodeReturns
from baselines.runs.run import Display, Run
from baselines.runs.trainer import Learner
from lander_envs.sb3 import LanderVecEnv
from lander_envs.scoring.policy import Decision, Policy
from lander_envs.scoring.statistics import training_seed

LEARNERS: dict[str, type[BaseAlgorithm]] = {
    "PPO": PPO,
    "DQN": DQN,
    "RecurrentPPO": RecurrentPPO,
}


# Exceptions of its classes for settings that they do not take.
_REFUSALS = (
    *(TypeError, ValueError, AssertionError, AttributeError, LookupError),
    *(ArithmeticError, RuntimeError, MemoryError),
)


class SB3Config(TrainConfig):
    """Settings of a run of Stable-Baselines3."""

    algorithm: Literal["sb3"] = "sb3"
    learner: Literal["PPO", "DQN", "RecurrentPPO"] = "PPO"
    """The class; RecurrentPPO is sb3-contrib's."""
    anneal_learning_rate: bool = False
    """Lower the learning rate linearly to 0 over the run."""
    settings: Annotated[JsonMapping, AfterValidator(must_be_bounded)] = Field(default_factory=dict)
    """Keyword arguments of the class; what is not named here is left to its defaults."""
    log_interval: Positive = 10_000
    """Steps between rows of training.csv."""

    @field_validator("checkpoint_interval")
    @classmethod
    def _must_be_default(cls, interval: int) -> int:
        if interval != cls.model_fields["checkpoint_interval"].default:
            raise ValueError("a run of Stable-Baselines3 cannot be resumed, so leave it out")
        return interval

    @model_validator(mode="after")
    def _must_fit_the_learner(self) -> SB3Config:
        check_types(self.learner, self.settings)
        return self


class SB3Policy(Policy):
    """Policy of Stable-Baselines3 as a :class:`Policy`."""

    def __init__(self, policy: BasePolicy, sampled: bool = False) -> None:
        self._policy = policy
        self._sampled = sampled
        self.start()

    def start(self) -> None:
        """Forget the hidden states."""
        self._hidden: tuple[NDArray[Any], ...] | None = None

    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n, ...) for observations (n, ...)."""
        start = np.full(len(obs), self._hidden is None)
        actions, self._hidden = self._policy.predict(
            obs, self._hidden, start, deterministic=not self._sampled
        )
        return actions

    def decide(self, obs: NDArray[Any]) -> Decision:
        """Actions with Q-values (DQN), or with probabilities and values (PPO without memory)."""
        seen, _ = self._policy.obs_to_tensor(obs)
        with torch.no_grad():
            if isinstance(self._policy, DQNPolicy):
                return Decision(self.act(obs), self._policy.q_net(seen).numpy())
            if isinstance(self._policy, RecurrentActorCriticPolicy):
                return Decision(self.act(obs))
            assert isinstance(self._policy, ActorCriticPolicy)
            values = self._policy.predict_values(seen).flatten().numpy()
            distribution = self._policy.get_distribution(seen).distribution
        if isinstance(distribution, Categorical):
            return Decision(self.act(obs), probabilities=distribution.probs.numpy(), values=values)
        return Decision(self.act(obs), values=values)


class SB3Trainer(Learner[SB3Config, BasePolicy]):
    """One run of a learner of Stable-Baselines3."""

    config_type = SB3Config

    def __init__(self, config: SB3Config) -> None:
        super().__init__(config)
        self.model = make_model(config)
        self.agent = self.model.policy

    @staticmethod
    def build_agent(
        config: SB3Config, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> BasePolicy:
        """Policy of the learner, freshly initialised."""
        return make_model(config).policy

    @staticmethod
    def make_policy(agent: BasePolicy, config: SB3Config, sampled: bool = False) -> SB3Policy:
        """Greedy policy, or a sampling one.

        Raises:
            ConfigError: for a sampling one of DQN.
        """
        if sampled and config.learner == "DQN":
            raise ConfigError("a DQN agent has no distribution over actions to sample from")
        return SB3Policy(agent, sampled)

    def train(self, run: Run) -> None:
        """Train to the end of the config's steps, with logs and evaluations."""
        with Display(self.config.total_steps, 0) as display:
            reporter = _Reporter(self, run, display)
            self.model.learn(self.config.total_steps, callback=reporter)
            if self.model.num_timesteps > self.progress.steps:
                reporter.report()
        self._save(run, "final")

    def report(self, run: Run, display: Display, returns: list[float]) -> bool:
        """Log the steps since the last report, evaluate if due; returns whether to go on."""
        taken = self.model.num_timesteps - self.progress.steps
        before = self.progress.seconds
        self.progress.steps += taken
        self.progress.episodes += len(returns)
        self.progress.seconds = run.seconds
        speed = taken / (run.seconds - before)
        self._log(run, display, {"steps_per_second": speed}, returns)
        with run.paused():
            if self._due(self.config.eval_interval, taken):
                self._evaluate(run, display)
        return not self._finished()

    def resume(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """ConfigError: such a run has no checkpoint "latest"."""
        raise ConfigError("a run of Stable-Baselines3 cannot be resumed")

    def _state_to_resume(self) -> dict[str, Tensor]:
        return {}


class _Reporter(BaseCallback):
    """Counts the episodes that end, and reports every ``log_interval`` steps."""

    def __init__(self, trainer: SB3Trainer, run: Run, display: Display) -> None:
        super().__init__()
        self._trainer, self._run, self._display = trainer, run, display
        self._returns = EpisodeReturns(trainer.config.num_envs)
        self._interval = trainer.config.log_interval
        self._next = self._interval

    def _on_step(self) -> bool:
        pairs = zip(self.locals["infos"], self.locals["rewards"], strict=True)
        raw_rewards = np.array([info.get("raw_reward", reward) for info, reward in pairs])
        self._returns.add(raw_rewards, self.locals["dones"])
        if self.num_timesteps < self._next:
            return True
        self._next += self._interval
        return self.report()

    def report(self) -> bool:
        """Report what came since the last report; returns whether to go on."""
        returns = self._returns.take_finished()
        return self._trainer.report(self._run, self._display, returns)


def make_model(config: SB3Config) -> BaseAlgorithm:
    """Learner of the config, with its environments.

    Raises:
        ConfigError: if the learner does not take the settings.
    """
    rate, envs = config.learning_rate, make_envs(config)
    recurrent = config.learner == "RecurrentPPO"
    try:
        model = LEARNERS[config.learner](
            "MlpLstmPolicy" if recurrent else "MlpPolicy",
            envs,
            learning_rate=(lambda left: rate * left) if config.anneal_learning_rate else rate,
            seed=config.seed,
            device=config.device,
            **config.settings,
        )
        # Arguments of an LSTM that do not go with its hidden state fail at the first step.
        model.predict(model.observation_space.sample(), deterministic=True)
    except _REFUSALS as refused:
        raise ConfigError(f"settings: {config.learner} refuses them: {refused!r}") from None
    if isinstance(model, RecurrentPPO):
        _check_minibatches(model)
    # The learner gives its environments the seeds from its own on, which runs would share.
    envs.seed(training_seed(config.seed, 0))
    return model


def _check_minibatches(model: RecurrentPPO) -> None:
    """ConfigError if advantages are normalised over a minibatch of one, whose deviation is NaN."""
    size = model.n_steps * model.n_envs
    batch_size = min(model.batch_size or size, size)
    if model.normalize_advantage and 1 in (batch_size, size % batch_size):
        raise ConfigError(
            "settings: batch_size: must cut n_steps * num_envs transitions into minibatches of 2 "
            f"or more with normalize_advantage, got {batch_size} for {size}"
        )


def make_envs(config: TrainConfig) -> VecEnv:
    """Environments: the native batch for an id of this package, single ones for any other.

    Raises:
        ConfigError: for an unknown id or arguments that it does not take.
    """
    return made(config.env_id, lambda: _make_envs(config))


def _make_envs(config: TrainConfig) -> VecEnv:
    if config.env_id in lander_envs.REGISTERED_IDS:
        return VecMonitor(LanderVecEnv(config.env_id, config.num_envs, **config.env_kwargs))
    return make_vec_env(config.env_id, config.num_envs, env_kwargs=config.env_kwargs)
