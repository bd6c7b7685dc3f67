"""The checks that every environment must pass, written once.

Each takes an id and keyword arguments; ``tests/test_conformance.py`` runs them over the registry.
"""

import pickle
import warnings
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

import lander_envs  # noqa: F401

STEPS = 60


def satisfies_gymnasium(env_id: str, **kwargs: Any) -> None:
    """Gymnasium's own checker passes without a warning."""
    for mode in (None, "rgb_array"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            env = gym.make(env_id, render_mode=mode, disable_env_checker=True, **kwargs)
            check_env(env.unwrapped, skip_render_check=False)
            env.close()


def is_deterministic(env_id: str, **kwargs: Any) -> None:
    """The same seed and actions give the same bytes, the next seed gives others."""
    first = trajectory(gym.make(env_id, **kwargs), seed=3)
    assert first == trajectory(gym.make(env_id, **kwargs), seed=3)
    assert first != trajectory(gym.make(env_id, **kwargs), seed=4)


def survives_pickle(env_id: str, **kwargs: Any) -> None:
    """A pickled env has the same arguments, spec and random stream; it may need a reset."""
    env = gym.make(env_id, **kwargs)
    env.reset(seed=5)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*Box2D world cannot be copied")
        copy = pickle.loads(pickle.dumps(env))
    assert copy.spec == env.spec
    assert copy.observation_space == env.observation_space
    assert copy.np_random.bit_generator.state == env.np_random.bit_generator.state
    assert trajectory(copy, seed=None) == trajectory(env, seed=None)


def renders_in_every_mode(env_id: str, **kwargs: Any) -> None:
    """Arrays of the screen's size, lists of them, a window, and nothing."""
    env = gym.make(env_id, render_mode="rgb_array", **kwargs)
    env.reset(seed=0)
    env.step(env.action_space.sample())
    frame = env.render()
    assert frame.shape == (400, 600, 3)
    assert frame.dtype == np.uint8
    assert np.array_equal(frame, env.render())
    env.close()

    env = gym.make(env_id, render_mode="rgb_array_list", **kwargs)
    env.reset(seed=0)
    env.step(env.action_space.sample())
    assert [frame.shape for frame in env.render()] == [(400, 600, 3)] * 2
    env.close()

    env = gym.make(env_id, render_mode="human", **kwargs)
    env.reset(seed=0)
    env.step(env.action_space.sample())
    assert env.render() is None
    env.close()
    env.close()


def rendering_changes_nothing(env_id: str, **kwargs: Any) -> None:
    """Observations and the last picture are the same whether or not pictures were asked for."""
    seldom = gym.make(env_id, render_mode="rgb_array", **kwargs)
    often = gym.make(env_id, render_mode="rgb_array", **kwargs)
    obs = [env.reset(seed=6)[0] for env in (seldom, often)]
    for action in actions(seldom, STEPS // 2):
        assert obs[0].tobytes() == obs[1].tobytes()
        often.render()
        often.render()[:] = 0  # a caller may draw on what it got
        obs = [env.step(action)[0] for env in (seldom, often)]
    assert np.array_equal(seldom.render(), often.render())


def spec_survives_json(env_id: str, **kwargs: Any) -> None:
    """An env built again from its spec's JSON behaves the same."""
    env = gym.make(env_id, **kwargs)
    again = gym.make(EnvSpec.from_json(env.spec.to_json()))
    assert again.spec == env.spec
    assert trajectory(again, seed=7) == trajectory(env, seed=7)


def vector_equals_single(env_id: str, mode: str | None, **kwargs: Any) -> None:
    """Env i of a vector env seeded with s is the single env seeded with s + i."""
    num_envs = 3
    envs = gym.make_vec(env_id, num_envs=num_envs, vectorization_mode=mode, **kwargs)
    singles = [gym.make(env_id, **kwargs) for _ in range(num_envs)]
    envs.action_space.seed(0)
    obs, _ = envs.reset(seed=8)
    expected = np.stack([env.reset(seed=8 + i)[0] for i, env in enumerate(singles)])
    assert obs.tobytes() == expected.tobytes()
    for _ in range(10):  # no episode ends so early, a decision being 4 base steps at most
        action = envs.action_space.sample()
        obs, rewards, terminations, truncations, _ = envs.step(action)
        steps = [env.step(action[i]) for i, env in enumerate(singles)]
        assert obs.tobytes() == np.stack([step[0] for step in steps]).tobytes()
        assert rewards.dtype == np.float64
        assert rewards.tolist() == [step[1] for step in steps]
        assert not terminations.any()
        assert not truncations.any()
    envs.close()


def vector_is_built_from_a_spec(env_id: str, **kwargs: Any) -> None:
    """``make_vec(env.spec)`` gives the same environments, and its own spec builds them again."""
    env = gym.make(env_id, **kwargs)
    envs = gym.make_vec(env.spec, num_envs=2)
    assert envs.single_observation_space == env.observation_space
    assert envs.single_action_space == env.action_space
    assert envs.metadata["autoreset_mode"] == gym.vector.AutoresetMode.NEXT_STEP
    again = gym.make_vec(EnvSpec.from_json(envs.spec.to_json()))
    assert again.num_envs == 2
    assert again.reset(seed=9)[0].tobytes() == envs.reset(seed=9)[0].tobytes()


def actions(env: gym.Env, count: int) -> list[Any]:
    """A fixed sequence of random actions."""
    env.action_space.seed(1)
    return [env.action_space.sample() for _ in range(count)]


def trajectory(env: gym.Env, seed: int | None) -> list[tuple[bytes, float, bool, bool]]:
    """What an env gives for a seed and fixed actions, its observations as bytes."""
    steps = [(env.reset(seed=seed)[0].tobytes(), 0.0, False, False)]
    for action in actions(env, STEPS):
        obs, reward, terminated, truncated, _ = env.step(action)
        steps.append((obs.tobytes(), float(reward), terminated, truncated))
        if terminated or truncated:
            break
    env.close()
    return steps
