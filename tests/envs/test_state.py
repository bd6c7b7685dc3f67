"""Cloned, pickled and copied envs go on as the original does; bad states change nothing."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest

import lander_envs
from lander_envs import snapshot

VARIANTS = [(env_id, {}) for env_id in lander_envs.ENV_IDS] + [
    ("lander_envs/Lander-v0", {"continuous": True, "enable_wind": True}),
    ("lander_envs/PixelLander-v0", {"frame_stack": 2, "obs_size": 10, "grayscale": False}),
]


def fly(env: gym.Env, steps: int) -> list[tuple]:
    """Step with engines that depend on the step only, through resets."""
    continuous = isinstance(env.action_space, gym.spaces.Box)
    seen = []
    for step in range(steps):
        action = [np.cos(step), np.sin(2 * step)] if continuous else [2, 2, 0, 3, 2, 1][step % 6]
        obs, reward, terminated, truncated, info = env.step(action)
        seen.append((obs.tobytes(), float(reward), terminated, truncated, info))
        if terminated or truncated:
            obs, _ = env.reset()
            seen.append((obs.tobytes(),))
    return seen


def clone_into_another(env: gym.Env, env_id: str, kwargs: dict) -> gym.Env:
    other = gym.make(env_id, **kwargs).unwrapped
    other.restore_state(env.clone_state())
    return other


DUPLICATES = {
    "clone": clone_into_another,
    "pickle": lambda env, *_: pickle.loads(pickle.dumps(env)),
    "deepcopy": lambda env, *_: copy.deepcopy(env),
}


@pytest.mark.parametrize(("env_id", "kwargs"), VARIANTS, ids=str)
@pytest.mark.parametrize("how", DUPLICATES)
def test_a_duplicate_goes_on_as_the_original(how, env_id, kwargs) -> None:
    env = gym.make(env_id, **kwargs).unwrapped
    env.reset(seed=4)
    for moment in (3, 60):  # in flight, and on or near the ground
        fly(env, moment)
        duplicate = DUPLICATES[how](env, env_id, kwargs)
        assert fly(duplicate, 150) == fly(env, 150)


def test_restoring_rewinds_the_same_env_and_its_generator() -> None:
    env = gym.make("lander_envs/ShapedLander-v0").unwrapped
    env.reset(seed=1)
    generator = env.np_random
    state = env.clone_state()
    first = fly(env, 100)
    env.restore_state(state)
    assert fly(env, 100) == first
    assert env.np_random is generator


def test_cloning_changes_nothing() -> None:
    env, other = (gym.make("lander_envs/Lander-v0").unwrapped for _ in range(2))
    env.reset(seed=1)
    other.reset(seed=1)
    for _ in range(20):
        env.clone_state()
        assert fly(env, 5) == fly(other, 5)


def bad_states(good: bytes) -> list[bytes]:
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    foreign = gym.make("lander_envs/ShapedLander-v0").unwrapped
    foreign.reset(seed=0)
    return [b"", good[:-1], good + b"\0", bytes(flipped), b"X" + good[1:], foreign.clone_state()]


def test_a_state_that_is_none_is_refused_and_changes_nothing() -> None:
    env, other = (gym.make("lander_envs/Lander-v0").unwrapped for _ in range(2))
    env.reset(seed=2)
    other.reset(seed=2)
    for bad in [*bad_states(env.clone_state()), None, "state", bytearray(env.clone_state())]:
        with pytest.raises(ValueError, match=r"^state must"):
            env.restore_state(bad)
    assert fly(env, 50) == fly(other, 50)


@pytest.mark.parametrize(
    ("env_id", "part", "content"),
    [
        ("lander_envs/ShapedLander-v0", "shaping", np.float64("nan").tobytes()),
        ("lander_envs/ShapedLander-v0", "shaping", b"123"),
        ("lander_envs/PixelLander-v0", "frames", b"short"),
        ("lander_envs/PixelLander-v0", "steps", b""),
        ("lander_envs/PixelLander-v0", "physics", b"nonsense"),
    ],
)
def test_every_part_is_checked_before_anything_changes(env_id, part, content) -> None:
    env, other = (gym.make(env_id).unwrapped for _ in range(2))
    env.reset(seed=2)
    other.reset(seed=2)
    with pytest.raises(ValueError, match=r"state|must"):
        env.restore_state(snapshot.pack({**env._state_parts(), part: content}))
    assert fly(env, 50) == fly(other, 50)


def test_a_generator_of_another_kind_steps_but_cannot_be_cloned() -> None:
    env = gym.make("lander_envs/Lander-v0").unwrapped
    reference = gym.make("LunarLander-v3").unwrapped
    for lander in (env, reference):
        lander.np_random = np.random.Generator(np.random.MT19937(5))
    assert env.reset()[0].tobytes() == reference.reset()[0].tobytes()
    assert env.step(2)[0].tobytes() == reference.step(2)[0].tobytes()
    with pytest.raises(ValueError, match="PCG64, got MT19937"):
        env.clone_state()


def test_box2d_says_that_it_cannot() -> None:
    env = gym.make("lander_envs/Lander-v0", backend="box2d").unwrapped
    native = gym.make("lander_envs/Lander-v0").unwrapped
    env.reset(seed=0)
    native.reset(seed=0)
    with pytest.raises(gym.error.Error, match="cannot clone or restore"):
        env.clone_state()
    with pytest.raises(gym.error.Error, match="cannot clone or restore"):
        env.restore_state(native.clone_state())


def test_frames_after_a_restore_are_those_of_the_original() -> None:
    """Flames are part of the state of an env that draws."""
    env, other = (
        gym.make("lander_envs/Lander-v0", render_mode="rgb_array").unwrapped for _ in range(2)
    )
    env.reset(seed=4)
    for step in range(60):
        env.step([2, 2, 1, 3, 0][step % 5])
    other.restore_state(env.clone_state())
    for step in range(20):
        assert np.array_equal(env.render(), other.render())
        for lander in (env, other):
            lander.step([2, 1, 0][step % 3])
