"""Search spaces of studies: YAML files with the values that settings may take.

A setting has a list of choices, or a range ``{low: 1.0e-4, high: 1.0e-2, log: true}``, of integers
if both ends are. A dot leads into a mapping: ``settings.gamma``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from baselines.algorithms.registry import build_config
from baselines.runs.config import ConfigError, TrainConfig, read_yaml

SPACES = Path(__file__).parents[1] / "search_spaces"
"""Folder of the shipped search spaces, a YAML file for a config each."""

Space = dict[str, BaseDistribution]
"""Distributions by setting."""

_OWN = ("seed", "name", "algorithm")  # settings that a study sets, or that it rests on


def find_space(name: Path | str) -> dict[str, Any]:
    """Content of a search space's file, or of the shipped one of that name.

    Raises:
        ConfigError: if there is none.
    """
    path = Path(name)
    if path.is_file():
        return read_yaml(path)
    shipped = SPACES / f"{name}.yaml"
    if not shipped.is_file():
        known = ", ".join(sorted(file.stem for file in SPACES.glob("*.yaml")))
        raise ConfigError(f"space must be a YAML file or one of {known}, got {str(name)!r}")
    return read_yaml(shipped)


def parse_space(content: Mapping[str, Any]) -> Space:
    """Distributions of a search space's content.

    Raises:
        ConfigError: if a setting has neither choices nor a range, or is no study's to choose.
    """
    if not content:
        raise ConfigError("space must hold at least one setting, got none")
    for key in _OWN:
        if key in content:
            raise ConfigError(f"space must not hold {key}")
    return {key: _distribution(key, values) for key, values in content.items()}


def _distribution(key: str, values: Any) -> BaseDistribution:
    try:
        if isinstance(values, list):
            return _choices(values)
        if isinstance(values, dict):
            return _range(**values)
    except (TypeError, ValueError) as refused:
        raise ConfigError(f"space: {key}: {refused}, got {values!r}") from None
    raise ConfigError(
        f"space: {key} must be a list of choices or a range {{low: ..., high: ...}}, got {values!r}"
    )


def _choices(values: list[Any]) -> CategoricalDistribution:
    if any(
        value is not None and not isinstance(value, (bool, int, float, str)) for value in values
    ):
        raise ValueError("choices must be numbers, texts, booleans or null")
    return CategoricalDistribution(values)


def _range(*, low: float, high: float, log: bool = False) -> FloatDistribution | IntDistribution:
    if any(isinstance(end, bool) or not isinstance(end, (int, float)) for end in (low, high)):
        raise ValueError("low and high must be numbers")
    if not isinstance(log, bool):  # YAML's "false" in quotation marks is a text
        raise ValueError("log must be true or false")
    if isinstance(low, int) and isinstance(high, int):
        return IntDistribution(low, high, log=log)
    return FloatDistribution(low, high, log=log)


def with_values(settings: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a config with the values of a trial put in."""
    changed = dict(settings)
    for key, value in values.items():
        first, dot, rest = key.partition(".")
        if dot:
            inner = changed.get(first, {})
            if not isinstance(inner, Mapping):
                raise ConfigError(f"space: {key}: {first} must be a mapping, got {inner!r}")
            value = with_values(inner, {rest: value})
        changed[first] = value
    return changed


def require_fitting(space: Space, config: TrainConfig) -> None:
    """ConfigError unless the config takes each choice, and the ends of each range, by itself."""
    settings = config.model_dump(mode="json")
    for key, distribution in space.items():
        for value in _extremes(distribution):
            build_config(with_values(settings, {key: value}), f"space: {key} = {value!r}")


def _extremes(distribution: BaseDistribution) -> tuple[Any, ...]:
    if isinstance(distribution, CategoricalDistribution):
        return tuple(distribution.choices)
    assert isinstance(distribution, (FloatDistribution, IntDistribution))
    return distribution.low, distribution.high
