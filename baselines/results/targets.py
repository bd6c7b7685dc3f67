"""Targets: the mean returns that ``targets.yaml`` asks of every seed of a config."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from baselines.runs.config import ConfigError, read_yaml

_FILE = Path(__file__).parents[1] / "targets.yaml"


class Target(NamedTuple):
    """Floor and aim of a config; a control or a peer has neither."""

    floor: float | None = None
    aim: float | None = None


def target_of(name: str) -> Target:
    """The targets of a config, by its name."""
    return _all().get(name, Target())


def floor_of(name: str) -> float:
    """The floor of a config whose agent is committed.

    Raises:
        ConfigError: if ``targets.yaml`` has none.
    """
    floor = target_of(name).floor
    if floor is None:
        raise ConfigError(f"{name} has no floor in {_FILE.name}, which every committed agent needs")
    return floor


@cache
def _all() -> dict[str, Target]:
    return {name: Target(**wanted) for name, wanted in read_yaml(_FILE).items()}
