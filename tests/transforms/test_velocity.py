"""Velocity masking."""

import numpy as np

from lander_envs.transforms.velocity import hidden_indices, mask_velocity

OBS = np.array([1, 2, 3, 4, 5, 6, 7, 8], np.float32)


def test_the_mask_zeroes_indices_2_3_and_5() -> None:
    assert mask_velocity(OBS, angular=True).tolist() == [1, 2, 0, 0, 5, 0, 7, 8]


def test_the_easier_mask_keeps_the_angular_velocity() -> None:
    assert mask_velocity(OBS, angular=False).tolist() == [1, 2, 0, 0, 5, 6, 7, 8]


def test_a_batch_is_masked_row_by_row_and_the_original_is_left_alone() -> None:
    batch = np.stack([OBS, 10 * OBS])
    assert mask_velocity(batch, angular=True)[1].tolist() == [10, 20, 0, 0, 50, 0, 70, 80]
    assert batch[1].tolist() == [10, 20, 30, 40, 50, 60, 70, 80]


def test_the_masked_indices_are_the_velocities() -> None:
    assert hidden_indices(angular=True) == [2, 3, 5]
    assert hidden_indices(angular=False) == [2, 3]
