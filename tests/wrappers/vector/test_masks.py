"""Reset masks that vector wrappers read for themselves."""

import numpy as np
import pytest

from lander_envs.wrappers.vector.masks import started


@pytest.mark.parametrize("options", [None, {}, {"reset_mask": None}, {"gravity": -5.0}, 5, "mask"])
def test_without_a_mask_all_envs_start(options) -> None:
    assert started(options, 3).tolist() == [True, True, True]


def test_the_mask_is_a_copy() -> None:
    mask = np.array([True, False])
    copied = started({"reset_mask": mask}, 2)
    mask[:] = False
    assert copied.tolist() == [True, False]
