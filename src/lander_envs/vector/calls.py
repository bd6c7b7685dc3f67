"""Calls that vector environments refuse because of their present state, in the same sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.error import ClosedEnvironmentError, ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray


def require_open(envs: VectorEnv[Any, Any, Any], call: str) -> None:
    """Raise ClosedEnvironmentError if the envs are closed."""
    if envs.closed:
        raise ClosedEnvironmentError(f"{call}() was called on a closed env")


def require_reset_where_ended(mode: Any, ended: NDArray[np.bool_]) -> None:
    """Raise ResetNeeded if, under DISABLED, an episode is over.

    Args:
        mode: autoreset mode of the vector env.
        ended: envs whose episode is over, bool of shape (num_envs,).
    """
    if mode == AutoresetMode.DISABLED and ended.any():
        raise ResetNeeded(
            f"the episodes of envs {np.flatnonzero(ended).tolist()} are over: reset them with "
            'reset(options={"reset_mask": ...}) before the next step'
        )


def require_running_state(mode: Any, ended: bool) -> None:
    """Raise ValueError for a state whose episode is over under SAME_STEP, which has none such."""
    if ended and mode == AutoresetMode.SAME_STEP:
        raise ValueError(
            "state must be of an episode that goes on under SAME_STEP, got one that is over"
        )


def resetting(mode: Any, ended: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Envs that the next step resets instead of stepping, bool of shape (num_envs,)."""
    selected: NDArray[np.bool_] = ended & (mode == AutoresetMode.NEXT_STEP)
    return selected
