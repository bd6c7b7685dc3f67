"""How episodes ended, in the form in which Gymnasium's vector envs tell infos."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lander_envs._native import Outcome

_NAMES = np.array([None if o is Outcome.RUNNING else o.name.lower() for o in Outcome], dtype=object)


def end_infos(
    ended: NDArray[np.bool_], outcomes: NDArray[np.uint8], on_pad: NDArray[np.bool_]
) -> dict[str, Any]:
    """The infos of a step: empty, or outcome and on_pad of the envs in ``ended``, with masks."""
    if not ended.any():
        return {}
    return {
        "outcome": _NAMES[outcomes],
        "_outcome": ended.copy(),
        "on_pad": on_pad.copy(),
        "_on_pad": ended.copy(),
    }
