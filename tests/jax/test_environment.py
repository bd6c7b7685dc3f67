"""Environment: gymnax's conventions, infos, restarts, and refused arguments."""

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lander_envs
import lander_envs.jax
from lander_envs.jax import seed_key

# A refusal at run time: JAX raises the one or the other, as its dispatch is synchronous or not.
REFUSED = (ValueError, jax.errors.JaxRuntimeError)
INFO = {"terminated", "truncated", "outcome", "on_pad"}


def made(env_id: str = "lander_envs/Lander-v0", **kwargs: object):
    """Environment, params, and the observation and state of seed 0."""
    env, params = lander_envs.jax.make(env_id, **kwargs)
    return env, params, *env.reset(seed_key(0), params)


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_observations_infos_and_rewards_have_fixed_shapes_and_types(env_id) -> None:
    env, params, obs, state = made(env_id)
    action = env.action_space(params).sample(jax.random.key(0))
    stepped, _, reward, done, info = env.step(None, state, action, params)
    space = env.observation_space(params)
    assert obs.shape == stepped.shape == info["final_obs"].shape == space.shape
    assert obs.dtype == stepped.dtype == space.dtype
    raw = {"raw_reward"} if "Shaped" in env_id else set()
    assert info.keys() == INFO | raw | {"final_obs"}
    assert info["outcome"].dtype == jnp.int32
    assert done.dtype == info["on_pad"].dtype == jnp.bool_
    assert reward.dtype == jnp.float32
    assert all(leaf.shape == () for name, leaf in info.items() if name != "final_obs")


def test_rewards_are_float64_in_the_64_bit_mode() -> None:
    with jax.enable_x64(True):
        env, params, _, state = made("lander_envs/ShapedLander-v0")
        *_, reward, _, info = env.step(None, state, 2, params)
        assert reward.dtype == info["raw_reward"].dtype == jnp.float64


def test_the_params_default_to_those_of_make() -> None:
    env, params, obs, state = made(gravity=-5.0)
    default_obs, default_state = env.reset(seed_key(0))
    assert default_obs.tolist() == obs.tolist()
    for step in (env.step, env.step_env):
        assert step(None, default_state, 2)[0].tolist() == step(None, state, 2, params)[0].tolist()


def test_a_step_that_ends_an_episode_starts_the_next_one() -> None:
    env, params, _, state = made(max_episode_steps=3)
    for _ in range(2):
        obs, state, _, done, info = env.step(None, state, 0, params)
        assert not bool(done)
        assert obs.tolist() == info["final_obs"].tolist()
    last, _, reward, *_ = env.step_env(None, state, 0, params)
    obs, state, restarted_reward, done, info = env.step(None, state, 0, params)
    assert bool(done)
    assert bool(info["truncated"])
    assert not bool(info["terminated"])
    assert lander_envs.Outcome(int(info["outcome"])) == lander_envs.Outcome.TIMEOUT
    assert info["final_obs"].tolist() == last.tolist() != obs.tolist()
    assert float(restarted_reward) == float(reward)
    assert float(obs[1]) > 1.3  # at the top again
    assert not bool(env.step(None, state, 0, params)[3])


def test_step_env_goes_on_after_the_end() -> None:
    env, params, _, state = made(max_episode_steps=1)
    first, state, _, done, info = env.step_env(None, state, 0, params)
    second, state, _, still_done, _ = env.step_env(None, state, 0, params)
    assert bool(done)
    assert bool(still_done)
    assert float(second[1]) != float(first[1])
    assert info.keys() == INFO


def test_the_random_stream_goes_on_over_episodes_as_gymnasiums_does() -> None:
    env, params, _, state = made(max_episode_steps=5)
    single = gym.make("lander_envs/Lander-v0", max_episode_steps=5)
    single.reset(seed=0)
    for _ in range(3):
        for _ in range(5):
            obs, state, *_ = env.step(None, state, 2, params)
            single.step(2)
        assert np.asarray(obs).tobytes() == single.reset()[0].tobytes()


def test_the_key_of_a_step_does_not_matter() -> None:
    env, params, _, state = made()
    with_key = env.step(jax.random.key(1), state, 2, params)[0]
    assert with_key.tolist() == env.step(None, state, 2, params)[0].tolist()


def test_both_pixels_and_state_are_a_dict() -> None:
    env, params, obs, state = made("lander_envs/PixelLander-v0", obs="both")
    stepped, *_, info = env.step(None, state, 2, params)
    for part in (obs, stepped, info["final_obs"]):
        assert part["pixels"].shape == (4, 84, 84)
        assert part["state"].shape == (8,)
    assert bool(env.observation_space(params).contains(stepped))


@pytest.mark.parametrize("action", [-1, 4, 2**31 - 1], ids=str)
@pytest.mark.parametrize("wide", [False, True], ids=["32 bits", "64 bits"])
def test_a_discrete_action_outside_the_space_raises_when_the_call_runs(action, wide) -> None:
    with jax.enable_x64(wide):
        env, params, _, state = made()
        with pytest.raises(REFUSED, match="action must be an integer from 0 to 3"):
            jax.block_until_ready(jax.jit(env.step)(None, state, action, params))


def test_a_large_action_does_not_wrap_around_to_a_valid_one() -> None:
    with jax.enable_x64(True):
        env, params, _, state = made()
        for action in (2**32, -(2**32), np.uint64(2**32 + 1)):
            with pytest.raises(REFUSED, match="action must be an integer"):
                jax.block_until_ready(env.step(None, state, action, params))


@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.array])
def test_a_large_action_of_numpy_does_not_wrap_around_in_the_32_bit_mode(kind) -> None:
    env, params, _, state = made()
    with pytest.raises(REFUSED, match="action must be an integer from 0 to 3"):
        jax.block_until_ready(env.step(None, state, kind(2**32 + 2), params))
    env, params, _, state = made("lander_envs/LanderContinuous-v0")
    full = env.step(None, state, jnp.array([1.0, -1.0]), params)[0].tolist()
    assert env.step(None, state, np.array([2**32, -(2**32)]), params)[0].tolist() == full


@pytest.mark.parametrize("dtype", [jnp.int8, jnp.uint8, jnp.int16, jnp.uint32, jnp.int32])
def test_every_integer_type_is_an_action(dtype) -> None:
    env, params, _, state = made()
    expected = env.step(None, state, 3, params)[0].tolist()
    assert env.step(None, state, jnp.asarray(3, dtype), params)[0].tolist() == expected


@pytest.mark.parametrize("action", [1.0, True, [1, 2]], ids=str)
def test_another_kind_of_discrete_action_is_refused_when_it_is_traced(action) -> None:
    env, params, _, state = made()
    with pytest.raises(ValueError, match=r"^action must be an integer from 0 to 3, got "):
        env.step(None, state, jnp.asarray(action), params)


@pytest.mark.parametrize("action", [None, "up", 2**40, [[1], [2, 3]]], ids=str)
@pytest.mark.parametrize("env_id", ["lander_envs/Lander-v0", "lander_envs/LanderContinuous-v0"])
def test_what_jax_cannot_convert_is_refused_as_an_action(env_id, action) -> None:
    env, params, _, state = made(env_id)
    with pytest.raises(ValueError, match=r"^action must be (an integer|two real numbers).*, got "):
        env.step(None, state, action, params)


def test_throttles_are_clipped_and_nan_is_refused() -> None:
    env, params, _, state = made("lander_envs/LanderContinuous-v0")
    clipped = env.step(None, state, jnp.array([1.0, -1.0]), params)[0]
    assert env.step(None, state, jnp.array([3, -2]), params)[0].tolist() == clipped.tolist()
    with pytest.raises(REFUSED, match="action must be two real numbers, got nan"):
        jax.block_until_ready(env.step(None, state, jnp.array([jnp.nan, 0.0]), params))
    with pytest.raises(ValueError, match=r"^action must be two real numbers, got int32 of shape"):
        env.step(None, state, 1, params)


def test_a_step_without_a_state_or_with_several_is_refused() -> None:
    env, params, _, state = made()
    with pytest.raises(ValueError, match=r"^state must be a State"):
        env.step(None, None, 1, params)
    several = jax.tree.map(lambda leaf: jnp.stack([leaf, leaf]), state)
    with pytest.raises(ValueError, match=r"^state must have the shapes"):
        env.step(None, several, 1, params)
