"""Infos of ended episodes, in the format of Gymnasium's vector environments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lander_envs._native import Outcome

_NAMES = np.array([None if o is Outcome.RUNNING else o.name.lower() for o in Outcome], dtype=object)


def end_infos(
    ended: NDArray[np.bool_], outcomes: NDArray[np.uint8], on_pad: NDArray[np.bool_]
) -> dict[str, Any]:
    """Infos of a step.

    Args:
        ended: envs whose episode ended, (num_envs,).
        outcomes: the engine's numbers of the outcomes, (num_envs,).
        on_pad: envs whose lander is between the flags, (num_envs,).

    Returns:
        An empty dict if no episode ended, otherwise ``outcome`` (strings, None elsewhere),
        ``on_pad`` and their masks ``_outcome`` and ``_on_pad``.
    """
    if not ended.any():
        return {}
    return {
        "outcome": _NAMES[outcomes],
        "_outcome": ended.copy(),
        "on_pad": on_pad.copy(),
        "_on_pad": ended.copy(),
    }


def final_infos(
    infos: dict[str, Any], ended: NDArray[np.bool_], final_observation: Callable[[int], Any]
) -> dict[str, Any]:
    """Infos of a step under SAME_STEP.

    Args:
        infos: infos of the step, from :func:`end_infos`.
        ended: envs whose episode ended, (num_envs,).
        final_observation: function from the index of such an env to its last observation.

    Returns:
        ``infos`` if no episode ended, otherwise ``final_obs`` (an object array, None elsewhere),
        ``final_info`` (``infos``) and their masks.
    """
    if not ended.any():
        return infos
    final = np.full(len(ended), None, dtype=object)
    for i in np.flatnonzero(ended).tolist():
        final[i] = final_observation(i)
    return {
        "final_obs": final,
        "_final_obs": ended.copy(),
        "final_info": infos,
        "_final_info": ended.copy(),
    }
