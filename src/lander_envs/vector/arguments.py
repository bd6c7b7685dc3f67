"""Argument checks of vector environments.

Like :mod:`lander_envs.checks`: each returns the value in its proper type, or raises a ValueError
with the argument's name, the values allowed and the value given.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from lander_envs import checks
from lander_envs.backends import (
    ARGUMENTS,
    DEFAULTS,
    as_number,
    check_options,
    check_param,
    from_number,
    recommend,
)
from lander_envs.snapshot import MAX_STEPS
from lander_envs.spaces import NUM_ACTIONS, TIME_LIMIT

MAX_ENVS = 2**24  # 50 GB of landers
_MAX_THREADS = 1024
_MIN_ENVS_PER_THREAD = 32  # by default


class Params(NamedTuple):
    """Arguments of each env's episodes."""

    rows: NDArray[np.float64]  # of the engine, (num_envs, len(ARGUMENTS))

    def column(self, name: str) -> list[Any]:
        """One argument of all envs."""
        column: list[float] = self.rows[:, ARGUMENTS.index(name)].tolist()
        return [from_number(name, number) for number in column]

    def row(self, i: int) -> dict[str, Any]:
        """Arguments of env ``i``."""
        return {
            name: from_number(name, number)
            for name, number in zip(ARGUMENTS, self.rows[i].tolist(), strict=True)
        }

    def differ(self, other: Params) -> NDArray[np.bool_]:
        """Envs with another argument than in ``other``, (num_envs,)."""
        different: NDArray[np.bool_] = (self.rows != other.rows).any(axis=1)
        return different

    def updated(
        self, options: dict[str, Any], mask: NDArray[np.bool_], drawn: Iterable[str] = ()
    ) -> Params:
        """Replace the arguments named in ``options`` in the envs of ``mask``; returns new Params.

        Raises:
            ValueError: if ``options`` has another name, one of ``drawn``, or a value outside its
                range.
        """
        if not check_options(options, "reset_mask", drawn=drawn):
            return self
        rows = self.rows.copy()
        for name, value in options.items():
            column = _column(name, value, len(mask))
            rows[mask, ARGUMENTS.index(name)] = column[mask]
        return Params(rows)


def spread(num_envs: int, **given: Any) -> Params:
    """Check arguments of the envs, each one value or an array of shape (num_envs,).

    Those left out have their defaults.
    """
    columns = (_column(name, given.get(name, DEFAULTS[name]), num_envs) for name in ARGUMENTS)
    return Params(np.stack(list(columns), axis=1))


def _column(name: str, value: Any, num_envs: int) -> NDArray[np.float64]:
    """One argument of all envs as numbers of a row."""
    if not checks.is_array(value):
        return np.full(num_envs, _numbers(name, [value])[0])
    try:
        column = np.asarray(value)
        got = f"shape {column.shape}"
    except checks.NOT_CONVERTIBLE:  # nested lists of different lengths, a tensor on a GPU
        column, got = np.array(None), checks.shown(value)
    if column.shape != (num_envs,):
        raise ValueError(f"{name} must be one value or an array of shape ({num_envs},), got {got}")
    return np.array(_numbers(name, column.tolist()))


def _numbers(name: str, values: list[Any]) -> list[float]:
    """Numbers of one argument's values in a row, checked; each value warns once."""
    checked = [check_param(name, value) for value in values]
    for value in set(checked):
        recommend(name, value)
    return [as_number(name, value) for value in checked]


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
    if isinstance(value, (int, np.integer)) and value == -1:
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
        got = f"dtype {array.dtype}, shape {array.shape}"
    except checks.NOT_CONVERTIBLE:  # nested lists of different lengths, a tensor on a GPU
        array, got = np.array(None), checks.shown(value)
    shape = (num_envs, 2) if continuous else (num_envs,)
    if array.shape != shape or array.dtype.kind not in ("fiu" if continuous else "iu"):
        kind = "real numbers" if continuous else f"integers from 0 to {NUM_ACTIONS - 1}"
        raise ValueError(f"actions must be {kind} of shape {shape}, got {got}")
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
