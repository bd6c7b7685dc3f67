"""Autoreset mode and masks of resets, which vector wrappers read for themselves."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorWrapper
from numpy.typing import NDArray


def started(options: Any, num_envs: int) -> NDArray[np.bool_]:
    """Envs that a reset with ``options`` starts, a new bool array of shape (num_envs,).

    The wrapped environment checks the options; without an array in a dict, all envs start.

    Example:
        >>> import numpy as np
        >>> from lander_envs.wrappers.vector.masks import started
        >>> started(None, 2).tolist()
        [True, True]
        >>> started({"reset_mask": np.array([False, True])}, 2).tolist()
        [False, True]
    """
    mask = options.get("reset_mask") if isinstance(options, dict) else None
    return mask.copy() if isinstance(mask, np.ndarray) else np.ones(num_envs, dtype=np.bool_)


def autoreset_mode(wrapper: VectorWrapper) -> AutoresetMode:
    """Autoreset mode of the wrapped env; NEXT_STEP, as Gymnasium assumes, if its metadata has none.

    Raises:
        ValueError: if the metadata has another value.
    """
    if "autoreset_mode" not in wrapper.env.metadata:
        gym.logger.warn(
            f"{type(wrapper).__name__} assumes AutoresetMode.NEXT_STEP, because its env has no "
            "autoreset_mode in its metadata"
        )
        return AutoresetMode.NEXT_STEP
    return AutoresetMode(wrapper.env.metadata["autoreset_mode"])


def restarted(infos: dict[str, Any], ended: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Envs that SAME_STEP reset in this step: those of ``infos["final_obs"]``, (num_envs,).

    Without the mask ``infos["_final_obs"]`` they are those of ``ended``, whose episode ended.

    Example:
        >>> import numpy as np
        >>> from lander_envs.wrappers.vector.masks import restarted
        >>> ended = np.array([False, True])
        >>> restarted({}, ended).tolist(), restarted({"final_obs": [None, 1]}, ended).tolist()
        ([False, False], [False, True])
    """
    if "final_obs" not in infos:
        return np.zeros_like(ended)
    return np.array(infos.get("_final_obs", ended))
