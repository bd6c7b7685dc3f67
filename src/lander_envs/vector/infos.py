"""Infos of vector environments, as Gymnasium's SyncVectorEnv makes them of single infos."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lander_envs import spaces

Infos = dict[str, Any]
Columns = dict[str, NDArray[Any]]  # arrays of shape (num_envs,) by the key of the single info


def masked(columns: Columns, given: NDArray[np.bool_]) -> Infos:
    """Infos of the envs in ``given``: copies that are 0 elsewhere, each key with its mask."""
    infos: Infos = {}
    for key, column in columns.items():
        infos[key] = np.where(given, column, np.zeros_like(column))
        infos[f"_{key}"] = given.copy()
    return infos


def unmasked(columns: Columns) -> Infos:
    """Infos of all envs: the columns themselves, each key with a mask of True."""
    infos: Infos = {}
    for key, column in columns.items():
        infos[key] = column
        infos[f"_{key}"] = mask = np.empty(len(column), dtype=np.bool_)
        mask.fill(True)  # np.ones takes twice as long for a few envs
    return infos


def ending(columns: Columns, ended: NDArray[np.bool_], last_observations: list[Any]) -> Infos:
    """Infos under SAME_STEP of the episodes that ended.

    Args:
        columns: infos of the step.
        ended: envs whose episode ended, (num_envs,).
        last_observations: last observations of these envs' episodes.

    Returns:
        ``final_obs`` (an object array, None elsewhere), ``final_info`` and their masks.
    """
    final_obs = np.full(len(ended), None, dtype=object)
    for i, obs in zip(np.flatnonzero(ended).tolist(), last_observations, strict=True):
        final_obs[i] = obs
    return {
        "final_obs": final_obs,
        "_final_obs": ended.copy(),
        "final_info": masked(columns, ended),
        "_final_info": ended.copy(),
    }


def restarted(columns: Columns, ended: NDArray[np.bool_], states: NDArray[np.float32]) -> Infos:
    """Infos under SAME_STEP of all envs, those of a reset in the envs whose episode ended.

    Args:
        columns: infos of the step.
        ended: envs whose episode ended, (num_envs,).
        states: states after the resets, (num_envs, 8).
    """
    started = masked(columns, ~ended)  # outcome RUNNING, rewards 0
    started["on_pad"][ended] = spaces.on_pad(states[ended])
    return unmasked({key: started[key] for key in columns})


def single_infos(infos: Infos) -> list[dict[str, Any]]:
    """Info of each env, with a single env's types, from infos whose masks are True throughout."""
    columns = {k: value for k, value in infos.items() if not k.startswith(("_", "final_"))}
    values = (list(c) if c.dtype == np.float64 else c.tolist() for c in columns.values())
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
