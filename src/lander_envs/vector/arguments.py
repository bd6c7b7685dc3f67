"""Argument checks of vector environments.

Like :mod:`lander_envs.checks`: each returns the value in its proper type, or raises a ValueError
with the argument's name, the values allowed and the value given.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from lander_envs import checks
from lander_envs.backends import check_options, check_params
from lander_envs.snapshot import MAX_STEPS
from lander_envs.spaces import NUM_ACTIONS, TIME_LIMIT

MAX_ENVS = 2**24  # 50 GB of landers
_MAX_THREADS = 1024
_MIN_ENVS_PER_THREAD = 32  # by default


class Params(NamedTuple):
    """LunarLander-v3's arguments per env, arrays of shape (num_envs,)."""

    gravity: NDArray[np.float64]
    enable_wind: NDArray[np.bool_]
    wind_power: NDArray[np.float64]
    turbulence_power: NDArray[np.float64]

    def row(self, i: int) -> tuple[float, bool, float, float]:
        """Arguments of env ``i``."""
        return (
            float(self.gravity[i]),
            bool(self.enable_wind[i]),
            float(self.wind_power[i]),
            float(self.turbulence_power[i]),
        )

    def differ(self, other: Params) -> NDArray[np.bool_]:
        """Envs with another argument than in ``other``, (num_envs,)."""
        columns = [mine != theirs for mine, theirs in zip(self, other, strict=True)]
        different: NDArray[np.bool_] = np.any(columns, axis=0)
        return different

    def updated(self, options: dict[str, Any], mask: NDArray[np.bool_]) -> Params:
        """Replace the arguments named in ``options`` in the envs of ``mask``; returns new Params.

        Raises:
            ValueError: if ``options`` has another name or a value outside its range.
        """
        if not check_options(options, "reset_mask"):
            return self
        changed = spread(
            len(mask), *(options.get(name, getattr(self, name)) for name in self._fields)
        )
        rows = zip(changed, self, strict=True)
        return Params(*(np.where(mask, new, old) for new, old in rows))


def spread(
    num_envs: int, gravity: Any, enable_wind: Any, wind_power: Any, turbulence_power: Any
) -> Params:
    """Check LunarLander-v3's arguments, each a scalar or an array of shape (num_envs,)."""
    given = {
        "gravity": gravity,
        "enable_wind": enable_wind,
        "wind_power": wind_power,
        "turbulence_power": turbulence_power,
    }
    params = Params(*(_column(name, value, num_envs) for name, value in given.items()))
    for row in set(zip(*(column.tolist() for column in params), strict=True)):
        check_params(False, *row)
    return params


def _column(name: str, value: Any, num_envs: int) -> NDArray[Any]:
    """One argument of all envs: float64, or bool for ``enable_wind``."""
    check, dtype = (checks.flag, bool) if name == "enable_wind" else (checks.real, float)
    if not checks.is_array(value):
        return np.full(num_envs, check(name, value), dtype)
    try:
        column = np.asarray(value)
        got = f"shape {column.shape}"
    except checks.NOT_CONVERTIBLE:  # nested lists of different lengths, a tensor on a GPU
        column, got = np.array(None), checks.shown(value)
    if column.shape != (num_envs,):
        raise ValueError(f"{name} must be one value or an array of shape ({num_envs},), got {got}")
    return np.array([check(name, one) for one in column.tolist()], dtype)


def autoreset_mode(value: Any) -> AutoresetMode:
    """Check an autoreset mode: a member of the enum or its value, for example "NextStep"."""
    if isinstance(value, AutoresetMode):
        return value
    name = checks.one_of("autoreset_mode", value, [mode.value for mode in AutoresetMode])
    return AutoresetMode(name)


def max_episode_steps(value: Any) -> int:
    """Check a time limit as Gymnasium has it: None is the ids' own, -1 no limit."""
    if value is None:
        return TIME_LIMIT
    if isinstance(value, int) and value == -1:
        return MAX_STEPS  # of the engine's counter
    return checks.whole("max_episode_steps", value, 1, MAX_STEPS)


def reset_mask(value: Any, num_envs: int) -> NDArray[np.bool_]:
    """Check a reset mask, bool of shape (num_envs,) with a True; None selects all envs.

    Returns:
        A new array: the caller's can be one that the reset overwrites.
    """
    if value is None:
        return np.ones(num_envs, dtype=np.bool_)
    if not isinstance(value, np.ndarray) or value.dtype != np.bool_ or value.shape != (num_envs,):
        raise ValueError(
            f"reset_mask must be a bool array of shape ({num_envs},), got {checks.shown(value)}"
        )
    if not value.any():
        raise ValueError("reset_mask must have at least one True, got none")
    return value.copy()


def seeds(value: Any, num_envs: int) -> list[int | None]:
    """Check the seed of ``reset``; returns a seed or None per env.

    An integer gives env i the seed ``value + i``, a sequence ``value[i]``.
    """
    if value is None:
        return [None] * num_envs
    if checks.is_array(value):
        try:
            values = list(value)
        except checks.NOT_CONVERTIBLE:
            values = []
        if len(values) != num_envs:
            raise ValueError(
                f"seed must be one integer or {num_envs} of them, got {checks.shown(value)}"
            )
        return [None if one is None else checks.whole("seed", one, 0) for one in values]
    first = checks.whole("seed", value, 0)
    return [first + i for i in range(num_envs)]


def fresh_seeds(seeds: list[int | None]) -> list[int | None]:
    """Replace each None by a seed from the operating system's entropy; returns a new list."""
    missing = sum(seed is None for seed in seeds)
    fresh = iter(np.random.SeedSequence().generate_state(missing, np.uint64).tolist())
    return [next(fresh) if seed is None else seed for seed in seeds]


def actions(
    value: Any, num_envs: int, continuous: bool, ignored: NDArray[np.bool_]
) -> NDArray[Any]:
    """Check the actions of a step.

    Args:
        value: integers of shape (num_envs,), or if ``continuous`` real numbers (num_envs, 2).
        num_envs: number of environments.
        continuous: whether actions are throttles.
        ignored: envs whose action is not checked, bool of shape (num_envs,).

    Returns:
        A contiguous array, int64 or float64, not clipped.
    """
    try:
        array = np.asarray(value)
    except checks.NOT_CONVERTIBLE:  # nested lists of different lengths, a tensor on a GPU
        array = np.array(None)
    shape = (num_envs, 2) if continuous else (num_envs,)
    if array.shape != shape or array.dtype.kind not in ("fiu" if continuous else "iu"):
        kind = "real numbers" if continuous else f"integers from 0 to {NUM_ACTIONS - 1}"
        raise ValueError(
            f"actions must be {kind} of shape {shape}, got dtype {array.dtype}, shape {array.shape}"
        )
    checked = np.ascontiguousarray(array, dtype=np.float64 if continuous else np.int64)
    # Negative numbers are large as unsigned ones.
    bad = np.isnan(checked).any(-1) if continuous else checked.view(np.uint64) >= NUM_ACTIONS
    if bad.any() and (bad := bad & ~ignored).any():
        first = int(np.argmax(bad))
        wanted = "two real numbers" if continuous else f"from 0 to {NUM_ACTIONS - 1}"
        raise ValueError(f"the action of env {first} must be {wanted}, got {array[first]}")
    return checked


def num_threads(value: Any, num_envs: int) -> int:
    """Check a number of threads; None gives one per usable processor, each for 32 envs or more."""
    if value is not None:
        return min(checks.whole("num_threads", value, 1, _MAX_THREADS), num_envs)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(usable or 1, num_envs // _MIN_ENVS_PER_THREAD))
