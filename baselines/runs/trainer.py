"""Training loop of all algorithms: iterations, evaluations, stop rules, checkpoints, resuming."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, ClassVar, Generic, NamedTuple, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium.vector import VectorEnv
from pydantic import Field, TypeAdapter, ValidationError
from torch import Tensor, nn

from baselines.optim.flat_adam import FlatAdam
from baselines.runs import checkpoint
from baselines.runs.checkpoint import CheckpointError, load_weights, require_like
from baselines.runs.config import TrainConfig
from baselines.runs.environments import make_batch
from baselines.runs.process import prepare, random_states, restore_random_states
from baselines.runs.resources import require_device
from baselines.runs.run import Display, Run
from baselines.runs.tables import sync_tables
from lander_envs.scoring.episodes import play
from lander_envs.scoring.policy import Policy
from lander_envs.scoring.statistics import evaluation_seed, summary, training_seed

_EVALUATION_COLUMNS = ("mean_return", "std_return", "landing_rate", "timeout_rate", "mean_length")


MILESTONES = (0, 10, 25, 50)
"""Percent of a run's steps after which a checkpoint is kept; the last one is "final"."""

_LONGEST = 1e9  # seconds: thirty years, to which a step can still be added in floating point
Count = Annotated[int, Field(ge=0)]


@dataclass
class Progress:
    """State of a run that checkpoints keep beside weights and optimiser."""

    steps: Count = 0
    updates: Count = 0
    episodes: Count = 0
    seconds: Annotated[float, Field(ge=0, le=_LONGEST)] = 0.0
    best_return: float | None = None  # of the evaluations so far
    evaluations: list[float] = field(default_factory=list)
    best_training_return: float | None = None
    iterations_since_better: Count = 0


def milestone(percent: int) -> str:
    """Name of the checkpoint that is kept after a part of a run's steps."""
    return f"after-{percent}-percent"


class Iteration(NamedTuple):
    """Result of one iteration of the training loop."""

    metrics: dict[str, float]  # to log
    returns: list[float]  # raw, of the episodes that ended


Config = TypeVar("Config", bound=TrainConfig)
Agent = TypeVar("Agent", bound=nn.Module)


class Learner(ABC, Generic[Config, Agent]):
    """One run of a learning algorithm: agent, evaluations, checkpoints, log."""

    config_type: ClassVar[type[TrainConfig]]
    progress: Progress
    agent: Agent

    def __init__(self, config: Config) -> None:
        self.config = config
        self.progress = Progress()
        require_device(config.device)
        prepare(config.seed, config.torch_threads)

    @staticmethod
    @abstractmethod
    def build_agent(
        config: Any, observation_space: gym.Space[Any], action_space: gym.Space[Any]
    ) -> Any:
        """Networks of the config, freshly initialised, on its device."""

    @staticmethod
    @abstractmethod
    def make_policy(agent: Any, config: Any, sampled: bool = False) -> Policy:
        """Policy of a trained agent: greedy, or sampling if asked to."""

    @abstractmethod
    def train(self, run: Run) -> None:
        """Train to the end of the config's steps, or until its stop rule holds."""

    @abstractmethod
    def resume(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Continue from the checkpoint "latest" of a run with the same config."""

    @abstractmethod
    def _state_to_resume(self) -> dict[str, Tensor]:
        """Tensors of the checkpoint "latest" beside the weights."""

    def _finished(self) -> bool:
        return self.progress.steps >= self.config.total_steps or self.stop_rule_holds()

    def stop_rule_holds(self) -> bool:
        """Whether patience or the moving average of evaluations ends the run."""
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
        self.count_patience(mean_return)
        values = {"episodic_return": mean_return, "episodes": self.progress.episodes, **metrics}
        run.log("training", self.progress.steps, values)
        display.update(self.progress.steps, mean_return, metrics["steps_per_second"])

    def count_patience(self, mean_return: float) -> None:
        """Count an iteration, and whether its mean training return is the best so far."""
        progress = self.progress
        progress.iterations_since_better += 1
        best = progress.best_training_return
        # A NaN, where no episode ended, is no better than anything.
        if mean_return > (-np.inf if best is None else best):
            progress.best_training_return = mean_return
            progress.iterations_since_better = 0

    def _evaluate_and_save(self, run: Run, display: Display, taken: int) -> None:
        """Evaluation and checkpoints, if the last ``taken`` steps passed their intervals."""
        self._save_milestones(run, taken)  # before "latest", from which a killed run goes on
        if self._due(self.config.eval_interval, taken):
            self._evaluate(run, display)
        if self._due(self.config.checkpoint_interval, taken):
            self._save(run, "latest")

    def _save_milestones(self, run: Run, taken: int) -> None:
        """Keep a checkpoint of each milestone that the last ``taken`` steps passed."""
        steps, total = self.progress.steps, self.config.total_steps
        for percent in MILESTONES:
            if steps - taken < total * percent / 100 <= steps:
                self._save(run, milestone(percent))

    def _due(self, interval: int, taken: int) -> bool:
        steps = self.progress.steps
        return steps // interval > (steps - taken) // interval or self._finished()

    def _evaluate(self, run: Run, display: Display) -> None:
        config, progress = self.config, self.progress
        policy = self.make_policy(self.agent, config)
        episodes = config.eval_episodes
        first = evaluation_seed(len(progress.evaluations), episodes)
        scores = summary(play(policy, config.env_id, config.env_kwargs, episodes, first))
        progress.evaluations.append(float(scores["mean_return"]))
        run.log("evaluation", progress.steps, {key: scores[key] for key in _EVALUATION_COLUMNS})
        display.line(
            f"{progress.steps:>9,} steps {run.seconds:7.1f} s  evaluation return "
            f"{scores['mean_return']:7.1f} +- {scores['std_return']:5.1f}"
        )
        if progress.best_return is None or scores["mean_return"] > progress.best_return:
            progress.best_return = float(scores["mean_return"])
            self._save_best(run)

    def _save_best(self, run: Run) -> None:
        self._save(run, "best")

    def _save(self, run: Run, name: str) -> None:
        self.progress.seconds = run.seconds
        tensors = {f"agent.{key}": value for key, value in self.agent.state_dict().items()}
        if name == "latest":
            tensors |= self._state_to_resume()
            sync_tables(run.directory)
        facts = {"config": self.config.model_dump(mode="json"), "progress": vars(self.progress)}
        checkpoint.save(run.checkpoints, name, tensors, facts)


class Trainer(Learner[Config, Agent]):
    """One run of an algorithm of this project.

    An algorithm says what its networks and optimiser are, and what one iteration does.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.envs: VectorEnv[Any, Any, Any]
        self.envs, self.arrays = make_batch(config)
        self.agent = self.build_agent(
            config, self.envs.single_observation_space, self.envs.single_action_space
        )
        self.optimizer = self.make_optimizer()
        self.optimizer.checks_at_once = self.arrays.on_host

    @abstractmethod
    def make_optimizer(self) -> FlatAdam:
        """Optimiser of the agent's parameters."""

    @abstractmethod
    def start(self, seed: int) -> None:
        """Reset the environments with ``seed`` and allocate storage."""

    @abstractmethod
    def iterate(self) -> Iteration:
        """Act for a while and learn; counts steps, updates and episodes in ``progress``."""

    def warnings(self, metrics: dict[str, float]) -> list[str]:
        """Sentences to show about an iteration's metrics, none by default."""
        return []

    def train(self, run: Run) -> None:
        """Train to the end of the config's steps, or until its stop rule holds."""
        config, progress = self.config, self.progress
        # A resumed run starts new episodes; another seed keeps it from replaying the first ones.
        self.start(training_seed(config.seed, progress.updates))
        self._restore_best(run)
        if progress.steps == 0:
            self._save(run, milestone(0))
        with Display(config.total_steps, progress.steps) as display:
            while not self._finished():
                self.set_learning_rate()
                steps, seconds = progress.steps, run.seconds
                metrics, returns = self.iterate()
                taken = progress.steps - steps
                metrics["steps_per_second"] = taken / (run.seconds - seconds)
                self._log(run, display, metrics, returns)
                for sentence in self.warnings(metrics):
                    display.line(sentence)
                with run.paused():
                    self._evaluate_and_save(run, display, taken)
        self.envs.close()
        self._save(run, "final")

    def resume(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Continue from the checkpoint "latest" of a run with the same config."""
        self.progress = _read_progress(type(self.progress), facts.get("progress"))
        load_weights(self.agent, tensors)
        wanted = self._state_to_resume()
        for name in sorted(wanted.keys() - tensors.keys()):
            raise CheckpointError(f"the checkpoint lacks {name}, without which no run goes on")
        for name, tensor in wanted.items():
            require_like(name, tensors[name], tensor)
        try:
            self.optimizer.load_tensors(tensors)
            restore_random_states(tensors, self.config.device)
        except (ValueError, RuntimeError) as mismatch:
            raise CheckpointError(f"the checkpoint is damaged: {mismatch}") from None

    def _save_best(self, run: Run) -> None:
        """Save "latest" first, so that a run killed in between finds the best weights there."""
        self._save(run, "latest")
        self._save(run, "best")

    def _restore_best(self, run: Run) -> None:
        """Save "best" if the run was killed between "latest" and it."""
        progress = self.progress
        if not progress.evaluations or progress.evaluations[-1] != progress.best_return:
            return
        try:
            best = checkpoint.describe(run.checkpoints / "best.json").get("progress")
        except CheckpointError:
            best = None
        if best is None or best.get("best_return") != progress.best_return:
            with run.paused():
                self._save(run, "best")

    def set_learning_rate(self) -> None:
        """Scale each group's learning rate; ``initial_lr`` keeps the rate that it started with."""
        scale = self._learning_rate_scale()
        for group in self.optimizer.param_groups:
            group["lr"] = group.setdefault("initial_lr", group["lr"]) * scale

    def _learning_rate_scale(self) -> float:
        return max(0.0, 1 - self._share_done()) if self.config.anneal_learning_rate else 1.0

    def _share_done(self) -> float:
        """Share of the run that is done, from 0 to 1."""
        return self.progress.steps / self.config.total_steps

    def _state_to_resume(self) -> dict[str, Tensor]:
        return {**self.optimizer.tensors(), **random_states(self.config.device)}


def _read_progress(kind: type[Progress], content: Any) -> Any:
    """Progress of a checkpoint, of every key that ``kind`` has; CheckpointError for another."""
    keys = set(content) if isinstance(content, dict) else set()
    for key in sorted(keys ^ {known.name for known in fields(kind)}):
        found = "has the unknown" if key in keys else "lacks"
        raise CheckpointError(f"the checkpoint is damaged: progress {found} {key}")
    try:
        # JSON, since strict validation of Python objects wants an instance of the class.
        return TypeAdapter(kind).validate_json(json.dumps(content), strict=True)
    except ValidationError as invalid:
        problem = invalid.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        raise CheckpointError(
            f"the checkpoint is damaged: progress {key}: {problem['msg']}"
        ) from None
