"""Reset masks that vector wrappers read for themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
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
