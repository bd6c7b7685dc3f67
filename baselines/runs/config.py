"""Configs of training runs: typed, checked, read from YAML and the command line."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

CONFIGS = Path(__file__).parents[1] / "configs"
"""Folder of the shipped settings, a YAML file each."""

Positive = Annotated[int, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0, lt=1)]
NonNegative = Annotated[float, Field(ge=0)]


def _must_be_grey(env_kwargs: dict[str, Any]) -> dict[str, Any]:
    if not env_kwargs.get("grayscale", True):
        raise ValueError("grayscale must be true, as our networks take channels for grey frames")
    return env_kwargs


GreyEnvKwargs = Annotated[dict[str, Any], AfterValidator(_must_be_grey)]


class ConfigError(ValueError):
    """A config that cannot be used; the message names every wrong key and value."""


class TrainConfig(BaseModel):
    """Settings that all algorithms share. Steps are decisions, counted over all environments."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    algorithm: str
    """Algorithm, by its name in ``algorithms/registry.py``."""
    env_id: str = "lander_envs/Lander-v0"
    """Id of the environment."""
    env_kwargs: dict[str, Any] = {}
    """Keyword arguments of the environment."""
    name: str = Field("run", pattern=r"^[A-Za-z0-9_.-]+$")
    """Name of the config, and with the seed of the run's folder."""
    seed: int = Field(1, ge=0, lt=200)
    """Seed of Python, NumPy, PyTorch and the environments; tuning takes 101 and up."""
    device: str = Field("cpu", pattern=r"^(cpu|cuda(:\d+)?)$")
    """Device of network and update: "cpu", "cuda" or "cuda:N"."""
    torch_threads: Positive = 1
    """Threads of PyTorch; small networks are fastest on one."""
    total_steps: Positive = 1_000_000
    """Length of the run."""
    num_envs: int = Field(16, gt=0, le=4096)
    """Environments stepped together."""
    learning_rate: Rate = 1e-3
    """Learning rate of Adam, at the start."""
    anneal_learning_rate: bool = True
    """Lower the learning rate linearly to 0 over the run."""
    eval_interval: Positive = 100_000
    """Steps between evaluations."""
    eval_episodes: int = Field(100, gt=0, le=10_000)
    """Greedy episodes an evaluation, on fresh seeds that neither training nor scoring uses."""
    stop_return: float | None = None
    """Stop once the evaluation return, averaged over stop_window evaluations, reaches this."""
    stop_window: Positive = 3
    """Evaluations in the stop rule's moving average."""
    patience: Positive | None = None
    """Stop after so many iterations in a row without a better mean training return."""
    tracking: Literal["tensorboard", "mlflow"] = "tensorboard"
    """Tracker beside the CSV tables; MLflow's store is mlflow.db beside the runs."""
    checkpoint_interval: Positive = 100_000
    """Steps between checkpoints: the most that a killed run loses."""


Config = TypeVar("Config", bound=TrainConfig)


def read_yaml(path: Path) -> dict[str, Any]:
    """Mapping of a YAML file; ConfigError if it holds something else."""
    try:
        content = yaml.safe_load(path.read_text())
    except OSError as missing:
        raise ConfigError(f"{path} cannot be read: {missing.strerror}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as broken:
        raise ConfigError(f"{path} is not YAML: {broken}") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{path} must hold a mapping of keys to values")
    return content


def build(kind: type[Config], content: dict[str, Any], source: str) -> Config:
    """Check ``content`` against ``kind``; ConfigError lists every problem, a line each."""
    try:
        return kind.model_validate(content)
    except ValidationError as invalid:
        lines = [_explain(kind, dict(problem)) for problem in invalid.errors()]
        raise ConfigError("\n".join(f"{source}: {line}" for line in lines)) from None


def _explain(kind: type[TrainConfig], problem: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in problem["loc"]) or "config"
    if problem["type"] != "extra_forbidden":
        return f"{key}: {problem['msg']}, got {problem['input']!r}"
    near = difflib.get_close_matches(key, kind.model_fields, n=1, cutoff=0.0)
    return f"unknown key {key!r}; the nearest is {near[0]!r}"
