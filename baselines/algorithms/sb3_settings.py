"""Settings of Stable-Baselines3's learners: their types and ranges, checked before training.

Stable-Baselines3 reads most of them in ``learn`` only, and fails there with a traceback.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from baselines.runs.config import ConfigError, Fraction, NonNegative, Positive
from lander_envs.checks import shown

_LARGEST = 10_000_000  # number in the settings: steps of a replay buffer, at most some gigabytes
_LARGEST_OF_NETWORK = 2048  # units of a layer
_LARGEST_DEPTH = 4  # layers of an LSTM
_OURS = ("tensorboard_log", "_init_setup_model")  # settings that this project makes itself

_AboveZero = Annotated[float, Field(gt=0)]
_CountOrMinusOne = Annotated[int, Field(ge=-1)]

_OF_ALL: dict[str, Any] = {
    "batch_size": Positive,
    "gamma": Fraction,
    "max_grad_norm": _AboveZero,
    "n_steps": Positive,
    "stats_window_size": Positive,
}
_OF_PPO: dict[str, Any] = _OF_ALL | {
    "n_epochs": Positive,
    "gae_lambda": Fraction,
    "clip_range": _AboveZero,
    "clip_range_vf": _AboveZero | None,
    "normalize_advantage": bool,
    "ent_coef": NonNegative,
    "vf_coef": NonNegative,
    "use_sde": bool,
    "sde_sample_freq": _CountOrMinusOne,
    "target_kl": _AboveZero | None,
}
_OF_DQN: dict[str, Any] = _OF_ALL | {
    "buffer_size": Positive,
    "learning_starts": Annotated[int, Field(ge=0)],
    "tau": Annotated[float, Field(gt=0, le=1)],
    "train_freq": Positive,
    "gradient_steps": _CountOrMinusOne,
    "optimize_memory_usage": bool,
    "target_update_interval": Positive,
    "exploration_fraction": Fraction,
    "exploration_initial_eps": Fraction,
    "exploration_final_eps": Fraction,
}
_TYPES = {
    "PPO": _OF_PPO,
    "DQN": _OF_DQN,
    "RecurrentPPO": _OF_PPO | {"batch_size": Positive | None},
}


def must_be_bounded(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings whose numbers bound a learner's memory; ValueError for others, and for our own."""
    for key in _OURS:
        if key in settings:
            raise ValueError(f"{key} cannot be set here")
    _check_numbers(settings, _LARGEST)
    return settings


def check_types(learner: str, settings: dict[str, Any]) -> None:
    """Refuse settings that a learner would fail at, or leave unread, while it trains.

    Args:
        learner: name of the class.
        settings: keyword arguments; those of no known type are left to the class.

    Raises:
        ConfigError: for the first setting of another type or range.
    """
    types = _TYPES[learner]
    for key in sorted(types.keys() & settings.keys()):
        try:
            adapter = TypeAdapter(types[key], config=ConfigDict(strict=True))
            adapter.validate_python(settings[key])
        except ValidationError as invalid:
            told, given = invalid.errors()[0]["msg"], shown(settings[key])
            raise ConfigError(f"settings: {key}: {told}, got {given}") from None
    if "sde_sample_freq" in settings and not settings.get("use_sde", False):
        given = settings["sde_sample_freq"]
        raise ConfigError(f"settings: sde_sample_freq: only with use_sde, got {given}")


def _check_numbers(value: object, largest: float) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            limit = {"policy_kwargs": _LARGEST_OF_NETWORK, "n_lstm_layers": _LARGEST_DEPTH}
            _check_numbers(inner, min(largest, limit.get(key, largest)))
    elif isinstance(value, list):
        for inner in value:
            _check_numbers(inner, largest)
    elif isinstance(value, (int, float)) and abs(value) > largest:
        raise ValueError(f"numbers must be at most {largest:,} here, got {value}")
