"""Keys: Gymnasium's seeds, and the keys of JAX."""

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lander_envs.jax
from lander_envs.jax.keys import key_words, seed_key


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 - 1, 2**32, 2**64 - 1])
def test_a_seed_key_starts_the_episode_of_gymnasiums_seed(seed) -> None:
    env, params = lander_envs.jax.make("lander_envs/Lander-v0")
    obs, _ = env.reset(seed_key(seed), params)
    expected, _ = gym.make("lander_envs/Lander-v0").reset(seed=seed)
    assert np.asarray(obs).tobytes() == expected.tobytes()


def test_the_words_of_a_seed_are_its_32_bit_digits_lowest_first() -> None:
    assert seed_key(2**32 + 7).tolist() == [7, 1]
    assert seed_key(2**32 + 7).dtype == np.uint32


def test_keys_of_the_new_and_the_old_style_have_their_words() -> None:
    assert key_words(jax.random.PRNGKey(5)).tolist() == [0, 5]
    assert key_words(jax.random.key(5)).tolist() == [0, 5]
    assert key_words(jax.random.key(5, impl="rbg")).tolist() == [0, 5, 0, 5]


def test_all_words_of_a_key_count() -> None:
    env, params = lander_envs.jax.make("lander_envs/Lander-v0")
    keys = [np.array([0, 5, 0, last], np.uint32) for last in (5, 6)]
    first, second = (env.reset(key, params)[0] for key in keys)
    assert first.tolist() != second.tolist()


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, True, "a"])
def test_another_seed_is_refused(seed) -> None:
    with pytest.raises(
        ValueError, match=r"^seed must be an integer from 0 to 18446744073709551615"
    ):
        seed_key(seed)


@pytest.mark.parametrize(
    "key",
    [5, None, jnp.zeros(2), np.zeros((3, 2), np.uint32), np.zeros(0, np.uint32)],
    ids=lambda key: str(getattr(key, "shape", key)),
)
def test_what_is_no_key_is_refused(key) -> None:
    with pytest.raises(ValueError, match=r"^key must be one key of JAX or uint32 words"):
        key_words(key)


def test_several_typed_keys_are_refused_and_vmapped() -> None:
    keys = jax.random.split(jax.random.key(0), 3)
    with pytest.raises(ValueError, match=r"jax\.vmap takes several"):
        key_words(keys)
    assert jax.vmap(key_words)(keys).shape == (3, 2)
