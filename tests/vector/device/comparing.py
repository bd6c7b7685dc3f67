"""Comparison of vector environments on a GPU with their forms on the CPU."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import torch


class Pair:
    """The same envs on the CPU and on the GPU; each call goes to both, and must return the same.

    Args:
        env_id: id of the environments.
        num_envs: number of environments.
        **kwargs: arguments of both.
    """

    def __init__(self, env_id: str, num_envs: int = 4, **kwargs: Any) -> None:
        self.cpu: Any = gym.make_vec(env_id, num_envs=num_envs, **kwargs)
        self.gpu: Any = gym.make_vec(env_id, num_envs=num_envs, device="cuda", **kwargs)
        self.num_envs, self.episodes = num_envs, 0

    def reset(self, **kwargs: Any) -> None:
        (obs, infos), (device_obs, device_infos) = (
            envs.reset(**kwargs) for envs in (self.cpu, self.gpu)
        )
        assert_same(device_obs, obs)
        assert_same(device_infos, infos)

    def step(self, actions: Any) -> tuple[Any, ...]:
        """Step both; returns the CPU's results."""
        expected, got = self.cpu.step(actions), self.gpu.step(actions)
        ended = expected[2] | expected[3]
        self.episodes += int(ended.sum())
        for on_cpu, on_gpu in zip(expected[:4], got[:4], strict=True):
            assert_same(on_gpu, on_cpu)
        assert_same_infos(got[4], expected[4], ended)
        return tuple(expected)

    def fly(self, steps: int, seed: int = 0) -> None:
        """Steps under random actions."""
        dice = np.random.default_rng(seed)
        continuous = len(self.cpu.action_space.shape) == 2
        for _ in range(steps):
            if continuous:
                self.step(dice.uniform(-1.5, 1.5, (self.num_envs, 2)))
            else:
                self.step(dice.integers(0, 4, self.num_envs))


def assert_same(got: Any, expected: Any) -> None:
    """Tensors, and dicts of them, must have the arrays' dtypes, shapes and bytes."""
    if isinstance(expected, dict):
        assert list(got) == list(expected)
        for key, value in expected.items():
            assert_same(got[key], value)
        return
    assert isinstance(got, torch.Tensor)
    array = got.numpy()
    assert (array.dtype, array.shape) == (expected.dtype, expected.shape)
    assert array.tobytes() == expected.tobytes()


def assert_same_infos(got: dict[str, Any], expected: dict[str, Any], ended: np.ndarray) -> None:
    """Infos of a step; those of ended episodes are compared where an episode ended."""
    final = {key for key in got if key.lstrip("_").startswith("final_")}
    assert_same(
        {key: value for key, value in got.items() if key not in final},
        {key: value for key, value in expected.items() if "final_" not in key},
    )
    if not final:
        return
    assert final == {"final_obs", "_final_obs", "final_info", "_final_info"}
    for key in ("_final_obs", "_final_info"):
        assert_same(got[key], ended)
    for i in np.flatnonzero(ended).tolist():
        assert_same(row(got["final_obs"], i), expected["final_obs"][i])
    if ended.any():
        assert_same(got["final_info"], expected["final_info"])


def row(value: Any, i: int) -> Any:
    """Env i's part of a tensor or a dict of them."""
    if isinstance(value, dict):
        return {key: part[i] for key, part in value.items()}
    return value[i]
