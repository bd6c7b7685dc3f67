"""Arguments of the environments: their names, defaults and ranges, and how an episode draws them.

The engine takes an episode's arguments as a row of numbers, in the order of ``ARGUMENTS``
(``native/env/params.h``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypedDict

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from lander_envs import _native, checks, spaces

# Values of the arguments that are a choice, the default first; a row holds the place.
CHOICES = {"wind_mode": ("continuing", "per_episode"), "terrain": ("random", "flat")}
_FLAGS = ("enable_wind",)
_RECOMMENDED = {  # maxima; the minima are 0
    "wind_power": spaces.MAX_WIND_POWER,
    "turbulence_power": spaces.MAX_TURBULENCE_POWER,
}

Row = NDArray[np.float64]
Ranges = dict[str, tuple[float, float]]  # from which an episode draws its arguments


class LanderParams(NamedTuple):
    """Arguments of an episode, checked; see :class:`lander_envs.envs.LanderEnv`."""

    continuous: bool
    gravity: float = spaces.GRAVITY
    enable_wind: bool = False
    wind_power: float = spaces.WIND_POWER
    turbulence_power: float = spaces.TURBULENCE_POWER
    main_engine_power: float = spaces.MAIN_ENGINE_POWER
    side_engine_power: float = spaces.SIDE_ENGINE_POWER
    dispersion: float = spaces.DISPERSION
    initial_force: float = spaces.INITIAL_FORCE
    fuel_cost: float = spaces.FUEL_COST
    wind_mode: str = CHOICES["wind_mode"][0]
    terrain: str = CHOICES["terrain"][0]

    @property
    def row(self) -> Row:
        """Row of the engine, (len(ARGUMENTS),)."""
        return np.array([as_number(name, getattr(self, name)) for name in ARGUMENTS])

    @staticmethod
    def of_row(continuous: bool, row: Iterable[float]) -> LanderParams:
        """Arguments of a row."""
        values = (from_number(name, value) for name, value in zip(ARGUMENTS, row, strict=True))
        return LanderParams(continuous, *values)


class Dynamics(TypedDict, total=False):
    """Keyword arguments of every form that LunarLander-v3 does not have."""

    main_engine_power: float
    side_engine_power: float
    dispersion: float
    initial_force: float
    fuel_cost: float
    wind_mode: str
    terrain: str
    randomize: dict[str, Any] | None


# Arguments that a reset can change; `continuous` is not one, because it decides the action space.
ARGUMENTS: tuple[str, ...] = LanderParams._fields[1:]
DEFAULTS: dict[str, Any] = {name: LanderParams._field_defaults[name] for name in ARGUMENTS}
# Arguments that an episode can draw: the real numbers.
RANDOMIZABLE = tuple(name for name in ARGUMENTS if name not in (*CHOICES, *_FLAGS))
_LIMITS = dict(zip(ARGUMENTS, _native.PARAMS.values(), strict=True))


def check_param(name: str, value: Any) -> Any:
    """Check one of ``ARGUMENTS``; returns a bool, a float or a str.

    Raises:
        ValueError: if it has another type or is out of range.
    """
    if name in _FLAGS:
        return checks.flag(name, value)
    if name in CHOICES:
        return checks.one_of(name, value, CHOICES[name])
    return _number(name, value, name)


def check_params(continuous: Any = False, **values: Any) -> LanderParams:
    """Check the arguments of an episode; those left out have their defaults.

    Wind and turbulence outside their recommended ranges only warn, up to a limit. Far beyond it
    LunarLander-v3's velocities become NaN.

    Raises:
        ValueError: if a value has another type or is out of range.
    """
    return changed(LanderParams(checks.flag("continuous", continuous)), values)


def changed(params: LanderParams, values: dict[str, Any]) -> LanderParams:
    """Replace some arguments, checked as by :func:`check_params`; the others do not warn again."""
    checked = {name: check_param(name, value) for name, value in values.items()}
    for name in checked:
        recommend(name, checked[name])
    return params._replace(**checked)


def recommend(name: str, value: Any) -> None:
    """Warn of a checked value outside its recommended range."""
    high = _RECOMMENDED.get(name)
    if high is not None and not 0.0 <= value <= high:
        gym.logger.warn(f"{name} is recommended to be between 0.0 and {high}, got {value}")


def check_options(
    options: dict[str, Any] | None, *further: str, drawn: Iterable[str] = ()
) -> dict[str, Any]:
    """Check the names of ``reset``'s options: ``ARGUMENTS`` and those of ``further``.

    Args:
        options: the options; None for none.
        further: other names that are allowed.
        drawn: arguments that each episode draws, which cannot be set.

    Returns:
        The options, a new dict; empty for None.

    Raises:
        ValueError: if ``options`` is no dict or has another name.
    """
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise ValueError(f"options must be a dict or None, got {checks.shown(options)}")
    allowed = (*further, *(name for name in ARGUMENTS if name not in drawn))
    for name in options:
        if name not in allowed:
            hint = checks.nearest(name, allowed)
            hint = "; randomize draws it at each reset" if name in drawn else hint
            raise ValueError(
                f"options may hold {', '.join(allowed)}, got {checks.shown(name)}{hint}"
            )
    return dict(options)


def require_settable(name: str, value: Any, drawn: Iterable[str]) -> None:
    """Raise ValueError if argument ``name`` is one that each episode draws."""
    if name in drawn:
        raise ValueError(
            f"{name} cannot be set to {checks.shown(value)}, because randomize draws it at each "
            "reset"
        )


def check_ranges(randomize: Any, given: dict[str, Any]) -> Ranges:
    """Check the ranges of ``randomize``.

    Args:
        randomize: a pair ``[low, high]`` by the name of an argument, or None for no ranges.
        given: arguments of the env. One that is drawn must have its default.

    Returns:
        The ranges, in the order of ``ARGUMENTS``, in which an episode draws them.

    Raises:
        ValueError: if a name or a range is not allowed.
    """
    if randomize is None:
        return {}
    if not isinstance(randomize, dict):
        raise ValueError(f"randomize must be a dict or None, got {checks.shown(randomize)}")
    for name in randomize:
        if name not in RANDOMIZABLE:
            raise ValueError(
                f"randomize may hold {', '.join(RANDOMIZABLE)}, got {checks.shown(name)}"
                f"{checks.nearest(name, RANDOMIZABLE)}"
            )
        if np.any(np.asarray(given.get(name, DEFAULTS[name])) != DEFAULTS[name]):
            raise ValueError(
                f"{name} must be left at its default with randomize[{name!r}], got "
                f"{checks.shown(given[name])}"
            )
    return {name: _range(name, randomize[name]) for name in ARGUMENTS if name in randomize}


def draw(ranges: Ranges, np_random: np.random.Generator) -> dict[str, Any]:
    """Draw the arguments of an episode, as the engine's batches do."""
    return {name: float(np_random.uniform(*ends)) for name, ends in ranges.items()}


def range_rows(ranges: Ranges) -> NDArray[np.float64]:
    """Rows of the lows and of the highs, (2, len(ARGUMENTS)); low > high where nothing is drawn."""
    return np.array([ranges.get(name, (1.0, 0.0)) for name in ARGUMENTS]).T.copy()


def as_number(name: str, value: Any) -> float:
    """Number of a checked value in a row."""
    return float(CHOICES[name].index(value) if name in CHOICES else value)


def from_number(name: str, number: float) -> Any:
    """Value of a number in a row."""
    if name in CHOICES:
        return CHOICES[name][int(number)]
    return bool(number) if name in _FLAGS else float(number)


def _number(name: str, value: Any, told: str) -> float:
    """Check a number of an argument, which a message calls ``told``."""
    _, low, high = _LIMITS[name]
    return checks.between(told, value, low, high, closed=name != "gravity")


def _range(name: str, ends: Any) -> tuple[float, float]:
    if not isinstance(ends, (list, tuple)) or len(ends) != 2:
        raise ValueError(
            f"randomize[{name!r}] must be a pair [low, high], got {checks.shown(ends)}"
        )
    low, high = (_number(name, end, f"randomize[{name!r}]") for end in ends)
    if low > high:
        raise ValueError(f"randomize[{name!r}] must have low <= high, got {checks.shown(ends)}")
    recommend(name, low)
    recommend(name, high)
    return low, high
