"""What the runs of all algorithms share: the loop, evaluations, checkpoints, resuming."""

from __future__ import annotations

import ctypes
import random
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from torch import Tensor, nn

import lander_envs  # noqa: F401  # registers the ids
from baselines.evaluation.episodes import play
from baselines.evaluation.policy import Policy
from baselines.evaluation.statistics import EVALUATION_SEED, summary
from baselines.optim.flat_adam import optimizer_tensors, restore_optimizer
from baselines.runs import checkpoint as checkpoints
from baselines.runs.config import TrainConfig
from baselines.runs.run import Display, Run

# Of malloc.h: from what size on memory is fetched apart, and how much free memory is kept.
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1
_LARGEST = 2**31 - 1  # bytes; an int


@dataclass
class Progress:
    """Where a run stands; what a checkpoint keeps beside weights and optimiser."""

    steps: int = 0
    updates: int = 0
    episodes: int = 0
    seconds: float = 0.0
    best_return: float | None = None  # of the evaluations so far
    evaluations: list[float] = field(default_factory=list)
    best_training_return: float | None = None
    iterations_since_better: int = 0
    is_late: bool = False  # PPO's late phase has begun


class Iteration(NamedTuple):
    """What one turn of the training loop did."""

    metrics: dict[str, float]  # to log
    returns: list[float]  # raw, of the episodes that ended


Config = TypeVar("Config", bound=TrainConfig)
Agent = TypeVar("Agent", bound=nn.Module)


class Learner(ABC, Generic[Config, Agent]):
    """One run of something that learns: its agent, evaluations, checkpoints, log."""

    config_type: ClassVar[type[TrainConfig]]
    agent: Agent

    def __init__(self, config: Config) -> None:
        self.config = config
        self.progress = Progress()
        seed_everything(config.seed)
        keep_freed_memory()
        torch.set_num_threads(config.torch_threads)

    @staticmethod
    @abstractmethod
    def build_agent(
        config: Any, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> Any:
        """The networks that the config describes, freshly initialised, on its device."""

    @staticmethod
    @abstractmethod
    def make_policy(agent: Any, config: Any, sampled: bool = False) -> Policy:
        """How ``agent`` acts once trained: greedily, or sampling if asked to."""

    @abstractmethod
    def train(self, run: Run) -> None:
        """Train to the end of the config's steps, or until its stop rule holds."""

    @abstractmethod
    def resume(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Continue from the checkpoint "latest" of a run with the same config."""

    @abstractmethod
    def _state_to_resume(self) -> dict[str, Tensor]:
        """What the checkpoint "latest" holds beside the weights."""

    def _finished(self) -> bool:
        return self.progress.steps >= self.config.total_steps or self._stop_rule_holds()

    def _stop_rule_holds(self) -> bool:
        config, progress = self.config, self.progress
        if config.patience is not None and progress.iterations_since_better >= config.patience:
            return True
        window = progress.evaluations[-config.stop_window :]
        if config.stop_return is None or len(window) < config.stop_window:
            return False
        return bool(np.mean(window) >= config.stop_return)

    def _log(
        self, run: Run, display: Display, metrics: dict[str, float], returns: list[float]
    ) -> None:
        mean_return = float(np.mean(returns)) if returns else float("nan")
        self._count_patience(mean_return)
        values = {"episodic_return": mean_return, "episodes": self.progress.episodes, **metrics}
        run.log("training", self.progress.steps, values)
        speed = metrics["steps_per_second"]
        display.update(self.progress.steps, f"return {mean_return:.0f}, {speed:,.0f} steps/s")

    def _count_patience(self, mean_return: float) -> None:
        progress = self.progress
        progress.iterations_since_better += 1
        best = progress.best_training_return
        # A NaN, where no episode ended, is no better than anything.
        if mean_return > (-np.inf if best is None else best):
            progress.best_training_return = mean_return
            progress.iterations_since_better = 0

    def _evaluate_and_save(self, run: Run, display: Display, taken: int) -> None:
        """What is due after an iteration that took the run past an interval or to its end."""
        if self._due(self.config.eval_interval, taken):
            self._evaluate(run, display)
        if self._due(self.config.checkpoint_interval, taken):
            self._save(run, "latest")

    def _due(self, interval: int, taken: int) -> bool:
        steps = self.progress.steps
        return steps // interval > (steps - taken) // interval or self._finished()

    def _evaluate(self, run: Run, display: Display) -> None:
        config, progress = self.config, self.progress
        policy = self.make_policy(self.agent, config)
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
        if progress.best_return is None or scores["mean_return"] > progress.best_return:
            progress.best_return = float(scores["mean_return"])
            self._save(run, "best")

    def _save(self, run: Run, name: str) -> None:
        self.progress.seconds = run.seconds
        tensors = {f"agent.{key}": value for key, value in self.agent.state_dict().items()}
        if name == "latest":
            tensors |= self._state_to_resume()
        facts = {"config": self.config.model_dump(mode="json"), "progress": vars(self.progress)}
        checkpoints.save(run.checkpoints, name, tensors, facts)


class Trainer(Learner[Config, Agent]):
    """One run of our own: build it, ``resume`` it if it was killed, ``train`` it.

    An algorithm says what its agent is, how it acts, and what one iteration does.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.envs = self._make_envs()
        self.agent = self.build_agent(
            config, self.envs.single_observation_space, self.envs.single_action_space
        )
        self.optimizer = self._make_optimizer()

    # --- What an algorithm fills in -----------------------------------------------------------

    @abstractmethod
    def _make_optimizer(self) -> torch.optim.Optimizer:
        """The optimiser of the agent's parameters."""

    @abstractmethod
    def _begin(self, seed: int) -> None:
        """Reset the environments with ``seed`` and make room for what they will give."""

    @abstractmethod
    def _iterate(self) -> Iteration:
        """Act for a while and learn, counting steps, updates and episodes in ``progress``."""

    def _make_envs(self) -> VectorEnv[Any, Any, Any]:
        """The environments that the run is trained on."""
        config = self.config
        return gym.make_vec(config.env_id, num_envs=config.num_envs, **config.env_kwargs)

    # --- Training -----------------------------------------------------------------------------

    def train(self, run: Run) -> None:
        """Train to the end of the config's steps, or until its stop rule holds."""
        config, progress = self.config, self.progress
        # A resumed run starts new episodes; another seed keeps it from replaying the first ones.
        self._begin(config.seed * 10_000 + progress.updates % 5_000)
        with Display(config.total_steps, progress.steps) as display:
            while not self._finished():
                self._set_learning_rate()
                steps, seconds = progress.steps, run.seconds
                metrics, returns = self._iterate()
                taken = progress.steps - steps
                metrics["steps_per_second"] = taken / (run.seconds - seconds)
                self._log(run, display, metrics, returns)
                with run.paused():
                    self._evaluate_and_save(run, display, taken)
        self.envs.close()
        self._save(run, "final")

    def resume(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Continue from the checkpoint "latest" of a run with the same config."""
        self.progress = Progress(**facts["progress"])
        load_weights(self.agent, tensors)
        restore_optimizer(self.optimizer, tensors)
        torch.set_rng_state(tensors["rng.torch"])

    def _set_learning_rate(self) -> None:
        """Each parameter group keeps the rate that it started with as ``initial_lr``."""
        scale = self._learning_rate_scale()
        for group in self.optimizer.param_groups:
            group["lr"] = group.setdefault("initial_lr", group["lr"]) * scale

    def _learning_rate_scale(self) -> float:
        if not self.config.anneal_learning_rate:
            return 1.0
        return max(0.0, 1 - self._share_done())

    def _share_done(self) -> float:
        """How much of the run lies behind, from 0 to 1."""
        return self.progress.steps / self.config.total_steps

    def _state_to_resume(self) -> dict[str, Tensor]:
        """What the checkpoint "latest" holds beside the weights."""
        return {**optimizer_tensors(self.optimizer), "rng.torch": torch.get_rng_state()}


# --- Parts -------------------------------------------------------------------------------------


class EpisodeReturns:
    """Sums the raw rewards of environments that are being stepped, an episode each."""

    def __init__(self, num_envs: int) -> None:
        self._running = np.zeros(num_envs)
        self._finished: list[float] = []

    def add(self, raw_rewards: NDArray[np.float64], ended: NDArray[np.bool_]) -> int:
        """Count a step (num_envs,); returns how many episodes it ended."""
        self._running += raw_rewards
        self._finished += self._running[ended].tolist()
        self._running[ended] = 0.0
        return int(ended.sum())

    def take_finished(self) -> list[float]:
        """Returns of the episodes that ended since the last call."""
        taken, self._finished = self._finished, []
        return taken


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and PyTorch; the environments get theirs at reset."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # the global generator, in case a library uses it
    torch.manual_seed(seed)


def keep_freed_memory() -> None:
    """Let the C library keep what is freed, where it is glibc.

    It would give each large tensor's pages back and fetch them again, zeroed, for the next one: a
    third of the time of an update from pixels.
    """
    if sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"):
        return
    libc = ctypes.CDLL(None)
    libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST)
    libc.mallopt(_M_TRIM_THRESHOLD, _LARGEST)


def load_weights(agent: nn.Module, tensors: dict[str, Tensor], prefix: str = "agent.") -> None:
    """Put a checkpoint's weights into ``agent``; CheckpointError if they do not fit."""
    weights = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    try:
        agent.load_state_dict(weights)
    except RuntimeError as mismatch:
        raise checkpoints.CheckpointError(f"the weights fit another network: {mismatch}") from None
