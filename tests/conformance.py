"""The checks that every environment must pass, written once.

Each takes an id and keyword arguments; ``tests/test_conformance.py`` runs them over the registry.
"""

import copy
import pickle
import warnings
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env

from lander_envs import ENV_IDS

DISCRETE_IDS = list(ENV_IDS)  # by default
STATE_IDS = [env_id for env_id in DISCRETE_IDS if "Pixel" not in env_id]
STEPS = 60

BAD_ARGUMENTS = [
    ("gravity", 0.0),
    ("gravity", -12.0),
    ("gravity", float("nan")),
    ("gravity", "strong"),
    ("continuous", 1),
    ("enable_wind", "yes"),
    ("wind_power", float("inf")),
    ("wind_power", -1e38),
    ("turbulence_power", 1000000.5),
    ("turbulence_power", None),
    ("backend", "pymunk"),
    ("backend", None),
    ("render_mode", "ansi"),
]
BAD_VECTOR_ARGUMENTS = [
    ("num_envs", 0),
    ("num_envs", 2.5),
    ("autoreset_mode", "Sometimes"),
    ("autoreset_mode", None),
    ("copy", "yes"),
]
BAD_DISCRETE_ACTIONS = [-1, 4, 2.0, np.float32(1), "2", None, np.array([2]), [2], np.nan]
BAD_CONTINUOUS_ACTIONS = [
    0,
    [1.0],
    [1.0, 0.0, 0.0],
    [[1.0, 0.0]],
    [np.nan, 0.0],
    ["a", "b"],
    None,
    [1j, 0],
]


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


def names_a_bad_argument(env_id: str, **kwargs: Any) -> None:
    """Every wrong constructor argument raises, in a sentence with its name and value."""
    for name, value in BAD_ARGUMENTS:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*not in the possible render_modes")
            with pytest.raises(ValueError, match=name) as caught:
                gym.make(env_id, **{**kwargs, name: value})
        assert repr(value) in str(caught.value)


def needs_a_reset_first(env_id: str, **kwargs: Any) -> None:
    """Stepping, rendering or cloning before the first reset says so."""
    env = gym.make(env_id, render_mode="rgb_array", **kwargs).unwrapped
    action = env.action_space.sample()
    for call in (lambda: env.step(action), env.render, env.clone_state):
        with pytest.raises(ResetNeeded, match=r"^call reset\(\) before"):
            call()


def refuses_bad_actions(env_id: str, **kwargs: Any) -> None:
    """A bad action raises before anything moves."""
    touched, untouched = (gym.make(env_id, **kwargs).unwrapped for _ in range(2))
    touched.reset(seed=1)
    untouched.reset(seed=1)
    for action in BAD_CONTINUOUS_ACTIONS if touched.continuous else BAD_DISCRETE_ACTIONS:
        with pytest.raises(ValueError, match=r"^action must be"):
            touched.step(action)
    assert episodes(touched, 5) == episodes(untouched, 5)


def duplicates_in_mid_episode(env_id: str, **kwargs: Any) -> None:
    """Cloned, pickled and deep-copied envs go on as the original does."""
    for duplicate in (cloned, lambda env, *_: pickle.loads(pickle.dumps(env)), deep_copied):
        env = gym.make(env_id, **kwargs).unwrapped
        env.reset(seed=4)
        for moment in (3, 60):  # in flight, and on or near the ground
            episodes(env, moment)
            again = duplicate(env, env_id, kwargs)
            assert episodes(again, 150) == episodes(env, 150)


def cloned(env: gym.Env, env_id: str, kwargs: dict[str, Any]) -> gym.Env:
    """Another env in the state of ``env``."""
    other = gym.make(env_id, **kwargs).unwrapped
    other.restore_state(env.clone_state())
    return other


def deep_copied(env: gym.Env, *_: Any) -> gym.Env:
    """A deep copy of ``env``."""
    return copy.deepcopy(env)


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


def disabled_vector_equals_masked_resets(env_id: str, **kwargs: Any) -> None:
    """Without autoreset, resets of the envs that are over equal resets of single envs."""
    kwargs["max_episode_steps"] = 20 if "Pixel" in env_id else 80  # 80 base steps in both
    envs = gym.make_vec(env_id, num_envs=4, autoreset_mode="Disabled", **kwargs)
    singles = [gym.make(env_id, **kwargs) for _ in range(4)]
    envs.action_space.seed(1)
    obs = envs.reset(seed=2)[0]
    expected = [env.reset(seed=2 + i)[0] for i, env in enumerate(singles)]
    resets = 0
    for _ in range(4 * kwargs["max_episode_steps"] + 4):
        assert obs.tobytes() == np.stack(expected).tobytes()
        action = envs.action_space.sample()
        obs, rewards, terminations, truncations, _ = envs.step(action)
        for i, env in enumerate(singles):
            expected[i], *rest, _ = env.step(action[i])
            assert [rewards[i], terminations[i], truncations[i]] == rest
        over = terminations | truncations
        assert obs.tobytes() == np.stack(expected).tobytes()
        if over.any():
            resets += 1
            with pytest.raises(ResetNeeded, match="are over"):
                envs.step(action)
            obs, _ = envs.reset(options={"reset_mask": over})
            for i in np.flatnonzero(over):
                expected[i], _ = singles[i].reset()
    assert resets >= 4


def vector_names_a_bad_argument(env_id: str, **kwargs: Any) -> None:
    """Every wrong argument of ``make_vec`` raises with its name."""
    for name, value in BAD_VECTOR_ARGUMENTS:
        with pytest.raises(ValueError, match=name):
            gym.make_vec(env_id, **{"num_envs": 2, **kwargs, name: value})


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


def episodes(env: gym.Env, steps: int) -> list[tuple[Any, ...]]:
    """Results of ``steps`` fixed actions, through resets, with observations as bytes."""
    continuous = isinstance(env.action_space, gym.spaces.Box)
    seen: list[tuple[Any, ...]] = []
    for step in range(steps):
        action = [np.cos(step), np.sin(2 * step)] if continuous else [2, 2, 0, 3, 2, 1][step % 6]
        obs, reward, terminated, truncated, info = env.step(action)
        seen.append((obs.tobytes(), float(reward), terminated, truncated, info))
        if terminated or truncated:
            seen.append((env.reset()[0].tobytes(),))
    return seen


def trajectory(env: gym.Env, seed: int | None) -> list[tuple[bytes, float, bool, bool]]:
    """Results of the first episode after a seed under fixed actions, observations as bytes."""
    steps = [(env.reset(seed=seed)[0].tobytes(), 0.0, False, False)]
    for action in actions(env, STEPS):
        obs, reward, terminated, truncated, _ = env.step(action)
        steps.append((obs.tobytes(), float(reward), terminated, truncated))
        if terminated or truncated:
            break
    env.close()
    return steps
