"""Configs of training runs: typed, checked, read from YAML and the command line."""

from __future__ import annotations

import difflib
import json
import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from baselines.runs.yaml_mapping import YAMLError, parse_mapping
from lander_envs.registration import is_foreign

CONFIGS = Path(__file__).parents[1] / "configs"
"""Folder of the shipped settings, a YAML file each."""

_OWN_MODULE = "lander_envs:"
# Arguments of gymnasium.make, make_vec and of vector environments that say how environments are
# run, not which they are: algorithms and scores choose them.
_RESERVED = (
    *("id", "num_envs", "render_mode", "vectorization_mode", "vector_kwargs", "wrappers"),
    *("disable_env_checker", "autoreset_mode", "copy", "num_threads", "device"),
)

# Sizes are bounded, so that no config allocates without limit: at the bounds a network has some
# hundred million weights.
Positive = Annotated[int, Field(gt=0, le=10**12)]
Units = Annotated[int, Field(gt=0, le=2048)]
"""Units of a layer."""
Layers = Annotated[tuple[Units, ...], Field(max_length=8)]
"""Units of each of several layers."""
Fraction = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0, lt=1)]
NonNegative = Annotated[float, Field(ge=0)]


def _imports_nothing(env_id: str) -> str:
    """Id without this package's own prefix; gymnasium.make would import the module of another."""
    name = env_id.removeprefix(_OWN_MODULE)
    if ":" in name:
        raise ValueError(f"only the module {_OWN_MODULE[:-1]!r} may stand before the colon")
    if is_foreign(name):
        raise ValueError("environments of other libraries' registries are not supported")
    return name


def _must_be_json(values: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(values, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as other:
        raise ValueError(f"values must be those of JSON: {other}") from None
    return values


def names_no_machinery(env_kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments of an environment; ValueError for those that say how it is run."""
    for key in _RESERVED:
        if key in env_kwargs:
            raise ValueError(f"{key} is no argument of the environment itself")
    return env_kwargs


def _must_be_grey_frames(env_kwargs: dict[str, Any]) -> dict[str, Any]:
    for key, only in (("grayscale", True), ("channels_last", False), ("dtype", "uint8")):
        if env_kwargs.get(key, only) != only:
            raise ValueError(
                f"{key} must be {json.dumps(only)}, as our networks take grey frames of uint8, "
                "channels first"
            )
    return env_kwargs


EnvId = Annotated[str, AfterValidator(_imports_nothing)]
JsonMapping = Annotated[dict[str, Any], AfterValidator(_must_be_json)]
EnvKwargs = Annotated[JsonMapping, AfterValidator(names_no_machinery)]
GreyEnvKwargs = Annotated[EnvKwargs, AfterValidator(_must_be_grey_frames)]


_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 200  # a message stays readable, whatever was given


class ConfigError(ValueError):
    """A config that cannot be used; the message names every wrong key and value."""


class TrainConfig(BaseModel):
    """Settings that all algorithms share. Steps are decisions, counted over all environments."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    algorithm: str
    """Algorithm, by its name in ``algorithms/registry.py``."""
    env_id: EnvId = "lander_envs/Lander-v0"
    """Id of the environment; a module before a colon is refused, as it would be imported."""
    env_kwargs: EnvKwargs = {}
    """Keyword arguments of the environment."""
    name: str = Field("run", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=100)
    """Name of the config, and with the seed of the run's folder."""
    seed: int = Field(1, ge=0, lt=200)
    """Seed of Python, NumPy, PyTorch and the environments; tuning takes 101 and up."""
    device: str = Field("cpu", pattern=r"^(cpu|cuda(:\d+)?)$")
    """Device of environments, network and update: "cpu", "cuda" or "cuda:N"."""
    torch_threads: int = Field(1, gt=0, le=256)
    """Threads of PyTorch; small networks are fastest on one."""
    total_steps: Positive = 1_000_000
    """Length of the run."""
    num_envs: int = Field(16, gt=0, le=65_536)
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
    tracking: Literal["tensorboard", "mlflow", "wandb"] = "tensorboard"
    """Tracker beside the CSV tables; MLflow's store is mlflow.db beside the runs."""
    checkpoint_interval: Positive = 100_000
    """Steps between checkpoints: the most that a killed run loses."""

    @model_validator(mode="after")
    def _refuse_what_has_no_effect(self) -> TrainConfig:
        for key, reason in self.without_effect().items():
            self.require_default(key, reason)
        return self

    def without_effect(self) -> dict[str, str]:
        """Settings that do nothing beside the others, with the reason; each must be the default."""
        return {"stop_window": "only with stop_return"} if self.stop_return is None else {}

    def require_default(self, key: str, reason: str) -> None:
        """ConfigError if a setting that has no effect is not the default."""
        value = getattr(self, key)
        if value != type(self).model_fields[key].get_default(call_default_factory=True):
            raise ConfigError(f"{key}: {reason}, got {value}")


Config = TypeVar("Config", bound=TrainConfig)


def read_yaml(path: Path) -> dict[str, Any]:
    """Mapping of a YAML file; ConfigError if it holds something else."""
    try:
        return parse_mapping(path.read_text(encoding="utf-8"))
    except OSError as missing:
        raise ConfigError(f"{path} cannot be read: {missing.strerror}") from None
    except (UnicodeDecodeError, YAMLError) as broken:
        raise ConfigError(f"{path} is not YAML: {broken}") from None


def build(kind: type[Config], content: dict[str, Any], source: str) -> Config:
    """Check ``content`` against ``kind``; ConfigError lists every problem, a line each."""
    try:
        return kind.model_validate(content)
    except ValidationError as invalid:
        lines = [_explain(kind, dict(problem)) for problem in invalid.errors()]
        raise ConfigError("\n".join(f"{source}: {line}" for line in lines)) from None


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Keys that two configs share, with other values, as far as a training depends on them.

    A setting that a newer version has, or has no longer, is not shared.
    """
    watching = {"tracking"}
    if not (one.get("stop_return") or other.get("stop_return")):
        watching.add("eval_episodes")
    shared = (one.keys() & other.keys()) - watching
    return sorted(key for key in shared if one[key] != other[key])


def _explain(kind: type[TrainConfig], problem: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in problem["loc"]) or "config"
    told = str(problem["msg"]).removeprefix("Value error, ")
    if not problem["loc"] and problem["type"] == "value_error":
        return told  # of settings together: a sentence that names them
    if problem["type"] != "extra_forbidden":
        return f"{key}: {told}, got {_REPR.repr(problem['input'])}"
    near = difflib.get_close_matches(key, kind.model_fields, n=1, cutoff=0.0)
    return f"unknown key {key!r}; the nearest is {near[0]!r}"
