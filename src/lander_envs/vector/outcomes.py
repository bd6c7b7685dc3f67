"""Infos of ended episodes, in the format of Gymnasium's vector environments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Indexed by the engine's number of an outcome.
_NAMES = np.array([None, "landed", "crashed", "out_of_bounds", "timeout"], dtype=object)


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
