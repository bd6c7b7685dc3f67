"""Arrays of NumPy and of PyTorch behind one interface."""

import numpy as np
import pytest
import torch

from baselines.runs.arrays import Arrays, to_host

BOTH = [Arrays(), Arrays("cpu")]


@pytest.mark.parametrize("arrays", BOTH)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.int32, np.uint8, np.bool_])
def test_zeros_have_the_shape_and_the_dtype(arrays, dtype) -> None:
    zeros = arrays.zeros((2, 3), dtype)
    assert isinstance(zeros, np.ndarray) == arrays.on_host
    assert to_host(zeros).dtype == dtype
    assert to_host(zeros).tolist() == np.zeros((2, 3), dtype).tolist()


@pytest.mark.parametrize("arrays", BOTH)
def test_put_sets_the_rows_of_the_mask(arrays) -> None:
    target = arrays.array(np.zeros((3, 2, 2)))
    values = arrays.array(np.array([[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]))
    arrays.put(target, arrays.array(np.array([True, False, True])), values)
    expected = [[[1.0, 2.0]] * 2, [[0.0, 0.0]] * 2, [[5.0, 6.0]] * 2]
    assert to_host(target).tolist() == expected


def test_a_networks_output_is_an_array_of_the_environments() -> None:
    output = torch.tensor([1, 2])
    assert isinstance(Arrays().from_tensor(output), np.ndarray)
    assert Arrays("cpu").from_tensor(output) is output
