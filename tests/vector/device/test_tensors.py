"""Arguments and infos of vector environments on a GPU."""

import re

import numpy as np
import pytest
import torch

from lander_envs import spaces
from lander_envs.vector.device import tensors

CPU = torch.device("cpu")


@pytest.fixture
def two_gpus(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)


@pytest.mark.parametrize(
    ("name", "index"), [("cuda", 1), ("cuda:0", 0), ("cuda:1", 1), (torch.device("cuda", 0), 0)]
)
def test_a_name_is_a_gpu(two_gpus, name, index) -> None:
    assert tensors.cuda_device(name) == torch.device("cuda", index)


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:-1", "mps", "CUDA", 3.5, None, True])
def test_another_name_is_refused(two_gpus, name) -> None:
    with pytest.raises(ValueError, match=r'^device must be "cpu", "cuda" or'):
        tensors.cuda_device(name)


def test_a_gpu_that_is_not_there_is_refused(two_gpus) -> None:
    with pytest.raises(ValueError, match=r"^device must be below cuda:2, the number of GPUs"):
        tensors.cuda_device("cuda:2")


def test_without_a_gpu_the_sentence_says_so(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(RuntimeError, match=r"^device='cuda' needs a GPU, but PyTorch .* sees"):
        tensors.cuda_device("cuda")


def test_actions_become_int64_or_float64() -> None:
    assert tensors.actions([0, 3], 2, False, CPU).dtype == torch.int64
    throttles = torch.ones(2, 2, dtype=torch.bfloat16).T
    checked = tensors.actions(throttles, 2, True, CPU)
    assert checked.dtype == torch.float64
    assert checked.is_contiguous()


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (torch.zeros(2), "dtype float32, shape (2,)"),
        (torch.zeros(3, dtype=torch.bool), "dtype bool, shape (3,)"),
        (object(), "a value of type object"),
        ([[0], [1, 2]], "a value of type list"),
    ],
)
def test_a_refusal_says_what_it_got(value, got) -> None:
    expected = f"actions must be integers from 0 to 3 of shape (3,), got {got}"
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        tensors.actions(value, 3, False, CPU)


def test_masked_infos_are_0_elsewhere() -> None:
    infos = tensors.masked({"a": torch.tensor([5, 6])}, torch.tensor([False, True]))
    assert infos["a"].tolist() == [0, 6]
    assert infos["_a"].tolist() == [False, True]


def test_positions_over_the_pad_are_numpys() -> None:
    states = np.zeros((4, 8), np.float32)
    edge = np.float32(spaces.PAD_HALF_WIDTH)
    states[:, 0] = [edge, -edge, np.nextafter(edge, np.float32(1)), np.nan]
    expected = [True, True, False, False]
    assert tensors.on_pad(torch.from_numpy(states)).tolist() == expected
    assert spaces.on_pad(states).tolist() == expected
