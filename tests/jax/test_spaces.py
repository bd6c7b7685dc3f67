"""Spaces: those of Gymnasium, with samples that are functions of a key."""

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lander_envs.jax.spaces import Box, Dict, Discrete, from_gymnasium

KEYS = jax.random.split(jax.random.key(0), 500)


def test_samples_of_a_discrete_space_are_all_its_integers() -> None:
    samples = jax.vmap(Discrete(4).sample)(KEYS)
    assert set(samples.tolist()) == {0, 1, 2, 3}
    assert samples.dtype == jnp.int32


def test_samples_of_a_box_fill_it() -> None:
    box = Box(np.array([-1.0, 0.0], np.float32), np.array([1.0, 4.0], np.float32))
    samples = np.asarray(jax.vmap(box.sample)(KEYS))
    assert samples.dtype == np.float32
    assert (samples >= box.low).all()
    assert (samples <= box.high).all()
    assert samples.max(axis=0) == pytest.approx([1.0, 4.0], abs=0.1)
    assert samples.min(axis=0) == pytest.approx([-1.0, 0.0], abs=0.1)


def test_samples_of_bytes_include_both_bounds() -> None:
    box = Box(np.zeros(100, np.uint8), np.full(100, 3, np.uint8))
    samples = np.asarray(box.sample(jax.random.key(1)))
    assert samples.dtype == np.uint8
    assert set(samples.tolist()) == {0, 1, 2, 3}


def test_contains_tells_bounds_and_shapes() -> None:
    box = Box(np.full(2, -1.0, np.float32), np.full(2, 1.0, np.float32))
    assert bool(box.contains(jnp.array([1.0, -1.0])))
    assert not bool(box.contains(jnp.array([1.1, 0.0])))
    assert not bool(box.contains(jnp.zeros(3)))
    assert bool(Discrete(4).contains(3))
    assert not bool(Discrete(4).contains(4))


@pytest.mark.parametrize(
    "other", [1.5, [1, 2], "one", None, True, np.int64(2**32 + 1), jnp.array([1]), [[1], [2, 3]]]
)
def test_what_is_no_integer_of_the_space_is_not_contained(other) -> None:
    found = Discrete(4).contains(other)
    assert found.shape == ()
    assert not bool(found)
    assert bool(jax.jit(Discrete(4).contains)(3))


@pytest.mark.parametrize("other", [[1], None, "a", 5])
def test_what_is_no_dict_or_array_is_not_contained(other) -> None:
    box = Box(np.zeros(2, np.float32), np.ones(2, np.float32))
    assert not bool(Dict({"a": box}).contains(other))
    assert not bool(box.contains(other))


def test_a_dict_samples_and_checks_each_part() -> None:
    space = Dict({"a": Discrete(2), "b": Box(np.zeros(2, np.float32), np.ones(2, np.float32))})
    sample = space.sample(jax.random.key(0))
    assert sample["b"].shape == (2,)
    assert bool(space.contains(sample))
    assert not bool(space.contains({**sample, "a": 5}))
    assert not bool(space.contains({"a": 0}))


def test_a_space_of_gymnasium_is_converted() -> None:
    box = gym.spaces.Box(0, 255, (2, 3), np.uint8)
    found = from_gymnasium(gym.spaces.Dict({"pixels": box, "action": gym.spaces.Discrete(4)}))
    assert found.spaces["pixels"].shape == (2, 3)
    assert found.spaces["pixels"].dtype == np.uint8
    assert found.spaces["action"].n == 4
    with pytest.raises(TypeError, match="space must be a Box, Discrete or Dict"):
        from_gymnasium(gym.spaces.MultiBinary(3))
